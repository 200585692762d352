"""Memory that truly runs out: once more with half the window, then one sentence."""

import gc
import weakref
from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from pipeline.errors import ModelError
from pipeline.geometry import Size
from pipeline.gpu.memory import is_out_of_memory, sparing
from pipeline.windows import WindowLimits

TOO_MUCH = 2**60  # bytes
LIMITS = WindowLimits(
    largest=Size(512, 768),
    multiple=64,
    person_height=512,
    overlap=64,
    shortest=256,
    context=64,
    working=512,
)


class Hungry(nn.Module):
    """A network that asks for more memory than there is, for any picture above a size."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def forward(self, pixels: Tensor) -> Tensor:
        if pixels.shape[-1] * pixels.shape[-2] > self.most:
            return torch.empty(TOO_MUCH, dtype=torch.uint8)
        return pixels + 1


@dataclass
class Painter:
    """Paints one window of the largest allowed size."""

    network: nn.Module
    sizes: list[Size] = field(default_factory=list)
    first: weakref.ref[Tensor] | None = None

    def paint(self, limits: WindowLimits) -> Tensor:
        self.sizes.append(limits.largest)
        pixels = torch.zeros(1, 3, limits.largest.height, limits.largest.width)
        self.first = self.first or weakref.ref(pixels)
        return self.network(pixels)


def test_what_fits_is_painted_at_once():
    painter = Painter(Hungry(most=512 * 768))
    assert sparing(painter.paint, LIMITS).shape == (1, 3, 768, 512)
    assert painter.sizes == [LIMITS.largest]


def test_what_does_not_fit_is_painted_in_windows_of_half_the_size():
    painter = Painter(Hungry(most=512 * 384))
    painted = sparing(painter.paint, LIMITS)
    assert [size.area for size in painter.sizes] == [512 * 768, 512 * 384]
    assert painted.shape[-1] * painted.shape[-2] == 512 * 384


def test_what_does_not_fit_by_half_either_is_refused_in_one_sentence():
    painter = Painter(Hungry(most=0))
    with pytest.raises(ModelError, match="not even in windows of half the size"):
        sparing(painter.paint, LIMITS)
    assert len(painter.sizes) == 2


def test_what_the_first_try_held_is_given_back_before_the_second():
    painter = Painter(Hungry(most=512 * 384))
    gc.disable()
    try:
        sparing(painter.paint, LIMITS)
    finally:
        gc.enable()
    assert painter.first is not None
    assert painter.first() is None


def test_other_errors_are_not_taken_for_a_lack_of_memory():
    painter = Painter(nn.Conv2d(4, 4, 1))
    with pytest.raises(RuntimeError, match="channels"):
        sparing(painter.paint, LIMITS)
    assert len(painter.sizes) == 1


def test_numpy_s_and_cuda_s_errors_count_too():
    with pytest.raises(MemoryError) as raised:
        np.empty(TOO_MUCH, np.uint8)
    assert is_out_of_memory(raised.value)
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory."))
    assert not is_out_of_memory(ValueError("out of memory"))
