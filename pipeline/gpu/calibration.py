"""What this device is good at, measured when models are loaded: precision and batches."""

import time
from collections.abc import Callable
from typing import Any

import torch

from pipeline.geometry import Size

PROBE_SECONDS = 0.025  # for each precision
PROBE_SIDE, PROBE_CHANNELS = 16, 64  # small: in the worst case seen, bfloat16 is 320 times slower
PAYS = 1.5  # times faster: bfloat16 keeps 8 bits, which is not worth less
BATCHES = (2, 4)
GAIN = 1.15  # times the throughput: less is not worth the memory of another window
ROUNDS = 5


def cpu_dtype() -> torch.dtype:
    """Choose what heavy networks compute in on this CPU, by timing a convolution for 50 ms.

    Without the matching instructions half precision is hundreds of times slower than single
    precision, and whether a CPU has them cannot be told from its name.
    """
    single, half = conv_seconds(torch.float32), conv_seconds(torch.bfloat16)
    return torch.bfloat16 if half * PAYS < single else torch.float32


@torch.inference_mode()
def conv_seconds(dtype: torch.dtype) -> float:
    """Time one 3 x 3 convolution on the CPU: the quickest of many, for others disturb it."""
    channels = PROBE_CHANNELS
    pixels = torch.zeros(1, channels, PROBE_SIDE, PROBE_SIDE, dtype=dtype)
    kernel = torch.zeros(channels, channels, 3, 3, dtype=dtype)

    def convolved() -> None:
        torch.nn.functional.conv2d(pixels, kernel, padding=1)

    convolved()  # the first call sets things up
    spent, begun = list[float](), time.perf_counter()
    while not spent or time.perf_counter() - begun < PROBE_SECONDS:
        spent.append(_seconds(convolved))
    return min(spent)


def _seconds(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def best_batch(unet: Any, size: Size, *, device: torch.device, dtype: torch.dtype) -> int:
    """Find how many windows are best predicted in one call of the network.

    A CPU gains nothing by it, and a noisy measurement there would make the same job give another
    picture, if only in the last bit; so it is not measured there.

    Args:
        unet: UNet2DConditionModel.
        size: Of a window, in latent positions.
        device: Where it is.
        dtype: What it computes in.
    """
    best = 1
    if device.type == "cpu":
        return best
    for batch in BATCHES:
        try:
            gain = batch_gain(unet, size, device=device, dtype=dtype, fewer=best, more=batch)
        except torch.OutOfMemoryError:
            return best
        if gain < GAIN:
            return best
        best = batch
    return best


@torch.inference_mode()
def batch_gain(
    unet: Any,
    size: Size,
    *,
    device: torch.device,
    dtype: torch.dtype,
    fewer: int = 1,
    more: int = 2,
) -> float:
    """Measure how many times the throughput is if more samples go through in one call.

    Both are measured in turn, so that a device that gets slower meanwhile does not decide.
    """
    run = _caller(unet, size, device=device, dtype=dtype)
    for batch in (fewer, more):
        run(batch)
    pairs = [(run(fewer), run(more)) for _ in range(ROUNDS)]
    few, many = (min(times) for times in zip(*pairs, strict=True))
    return (more / many) / (fewer / few)


def _caller(
    unet: Any, size: Size, *, device: torch.device, dtype: torch.dtype
) -> Callable[[int], float]:
    """Return what runs the network on so many samples and returns the seconds that it took."""
    config = unet.config
    told: dict[str, Any] = {"device": device, "dtype": dtype}

    def called(batch: int) -> float:
        noisy = torch.zeros(batch, config.in_channels, size.height, size.width, **told)
        words = torch.zeros(batch, 77, config.cross_attention_dim, **told)

        def work() -> None:
            unet(noisy, torch.tensor(500, device=device), words, return_dict=False)
            if device.type == "cuda":
                torch.cuda.synchronize(device)

        return _seconds(work)

    return called
