"""The ways to paint that the judge can compare, by name."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from pipeline.bundle.cases import Case
from pipeline.canvas import compose
from pipeline.errors import ModelError
from pipeline.gpu.models import Models
from pipeline.gpu.paint import Brush, paint
from pipeline.sheet import Outpainting
from pipeline.skeleton import Skeleton

Bytes = NDArray[np.uint8]

# Paints what lies outside a case's photo, with its person so posed, by a seed: (H, W, 3).
Method = Callable[[Models, Case, Skeleton, int], Bytes]


def by_controlnet(models: Models, case: Case, skeleton: Skeleton, seed: int) -> Bytes:
    """Outpaint at the skeleton's pose, as the product does by default."""
    brush = Brush(caption=case.scene.caption, seed=seed)
    everybody = (skeleton, *case.others)
    *_, last = paint(models, Outpainting(case.photo, case.canvas), everybody, brush)
    if last.painted is None:
        raise RuntimeError("the painter ended without a picture")
    return np.array(compose(last.painted, case.photo, case.canvas))


METHODS: Mapping[str, Method] = {"controlnet": by_controlnet}


def method_named(name: str) -> Method:
    """Return a method.

    Raises:
        ModelError: There is none of that name.
    """
    if name not in METHODS:
        raise ModelError(f"There is no method {name!r}. Use {', '.join(METHODS)}.")
    return METHODS[name]
