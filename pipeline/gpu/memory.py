"""What to do when memory runs out: once more with half the window, then one sentence."""

import logging
from collections.abc import Callable
from typing import TypeVar

import torch

from pipeline.errors import ModelError
from pipeline.gpu.models import free_memory
from pipeline.windows import WindowLimits

log = logging.getLogger(__name__)

SCARCE = (
    "There is not enough memory to paint this picture, not even in windows of half the size. "
    "Close other programs, or send a smaller photo."
)
# The CPU's allocator raises a plain RuntimeError, as do backends other than CUDA: only their words
# tell them from others.
_WORDS = ("DefaultCPUAllocator", "out of memory")

T = TypeVar("T")


def sparing(work: Callable[[WindowLimits], T], limits: WindowLimits) -> T:
    """Do some work; if memory runs out, do it once more with windows of half the size.

    Args:
        work: Paints with the limits that it is given, from the beginning each time.
        limits: What windows may be while memory lasts.

    Raises:
        ModelError: Memory ran out both times.
    """
    for allowed in (limits, limits.halved()):
        try:
            return work(allowed)
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            log.warning("memory ran out with windows of %s: %s", allowed.largest, str(error))
        # Only now does nothing refer to what the work held: the error is gone, and its frames.
        free_memory()
    raise ModelError(SCARCE)


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an error says that memory ran out, on whichever device."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _WORDS)
