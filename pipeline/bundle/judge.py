"""The judge: a small segmenter of legs and shoes, trained apart from everything that paints.

It sees only true renderings, with another seed than the painter's networks, and is never used in
painting. Its classes are background and person (0), legs and skirts (1), shoes and bare feet's
ground contact (2).
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  torch's own name for it
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from pipeline.bundle.codec import to_tensor
from pipeline.bundle.labels import GARMENT_LABELS, SHOE_LABELS, Label
from pipeline.errors import ModelError

FILE = "judge.safetensors"
CLASSES = 3
WIDTHS = (24, 48, 96)


class Judge(nn.Module):
    """A U-Net of three levels, about half a million weights: (B, 3, H, W) to (B, 3, H, W)."""

    def __init__(self) -> None:
        super().__init__()
        fine, middle, coarse = WIDTHS
        self.enter = _block(3, fine)
        self.down = _block(fine, middle)
        self.deep = nn.Sequential(_block(middle, coarse), _block(coarse, coarse))
        self.up = _block(coarse + middle, middle)
        self.leave = _block(middle + fine, fine)
        self.answer = nn.Conv2d(fine, CLASSES, 1)

    def forward(self, pictures: Tensor) -> Tensor:
        """Score the classes; pictures in [-1, 1], sides multiples of 4."""
        fine = self.enter(pictures)
        middle = self.down(F.avg_pool2d(fine, 2))
        deep = self.deep(F.avg_pool2d(middle, 2))
        up = self.up(torch.cat([_doubled(deep), middle], 1))
        return self.answer(self.leave(torch.cat([_doubled(up), fine], 1)))


def _block(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1),
        nn.GroupNorm(8, outputs),
        nn.SiLU(),
        nn.Conv2d(outputs, outputs, 3, padding=1),
        nn.SiLU(),
    )


def _doubled(features: Tensor) -> Tensor:
    return F.interpolate(features, scale_factor=2.0, mode="nearest")


def classes_of(labels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Turn `Label` maps into the judge's classes."""
    table = np.zeros(len(Label), np.int64)
    table[list(GARMENT_LABELS)] = 1
    table[list(SHOE_LABELS)] = 2
    return table[labels]


def train_judge(
    pictures: NDArray[np.uint8], labels: NDArray[np.uint8], *, steps: int, seed: int = 31
) -> Iterator[tuple[int, float, Judge]]:
    """Train on (N, H, W, 3) pictures with (N, H, W) labels, yielding step, loss and network.

    Pictures are blurred, tinted and speckled at random, so that the judge knows soft pictures too.
    """
    torch.manual_seed(seed)
    dice = np.random.default_rng(seed)
    judge = Judge()
    optimiser = torch.optim.AdamW(judge.parameters(), lr=2e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=steps + 1)
    for step in range(steps):
        rows = dice.integers(0, len(pictures), 8)
        seen = _roughened(to_tensor(pictures[rows]), dice)
        loss = F.cross_entropy(judge(seen), torch.from_numpy(classes_of(labels[rows])))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        yield step + 1, loss.item(), judge


def _roughened(pictures: Tensor, dice: np.random.Generator) -> Tensor:
    if dice.random() < 0.6:
        factor = float(dice.uniform(1.2, 4.0))
        small = F.interpolate(pictures, scale_factor=1 / factor, mode="bilinear", antialias=True)
        pictures = F.interpolate(small, size=pictures.shape[-2:], mode="bicubic")
    gain = torch.from_numpy(dice.uniform(0.8, 1.2, (len(pictures), 3, 1, 1)).astype(np.float32))
    return pictures * gain + float(dice.uniform(0, 0.08)) * torch.randn_like(pictures)


@torch.inference_mode()
def segment(judge: Judge, pictures: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Classify every pixel of (N, H, W, 3) pictures, (N, H, W)."""
    return judge(to_tensor(pictures)).argmax(1).numpy()


def save_judge(judge: Judge, folder: Path) -> None:
    """Write the weights in half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    halves = {name: weight.half() for name, weight in judge.state_dict().items()}
    save_file(halves, folder / FILE)


def load_judge(folder: Path) -> Judge:
    """Read the weights.

    Raises:
        ModelError: They are missing or damaged.
    """
    judge = Judge()
    try:
        weights = load_file(folder / FILE)
        judge.load_state_dict({name: weight.float() for name, weight in weights.items()})
    except Exception as error:
        raise ModelError(
            f"The judge in {folder} cannot be loaded. Train it (python -m pipeline.bundle judge) "
            "and export it."
        ) from error
    return judge.eval()
