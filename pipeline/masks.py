"""Which part to paint anew when joints were moved: where limbs were, and where they shall be."""

from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image, ImageChops

from pipeline.canvas import Canvas, unknown_mask
from pipeline.draw import limb_mask
from pipeline.geometry import Size
from pipeline.skeleton import LEGS, Joint, Leg, Skeleton

FEATHER = 0.06  # of the torso: how softly a repainted part runs into its surroundings


def refine_mask(before: Sequence[Skeleton], after: Sequence[Skeleton], size: Size) -> Image.Image:
    """Cover the legs that differ, both as they were and as they shall be; all legs if none differs.

    Args:
        before: The skeletons of the picture as it is, canvas pixels.
        after: The same people, edited.
        size: Of the canvas.

    Returns:
        `L`, white where pixels shall be new.
    """
    mask = Image.new("L", (size.width, size.height), 0)
    moved = moved_legs(before, after)
    for index, (old, new) in enumerate(zip(before, after, strict=True)):
        legs = moved[index] if any(moved) else LEGS
        for skeleton in (old, new):
            limbs = limb_mask([skeleton], size, legs=legs)
            mask = ImageChops.lighter(mask, limbs)
    return mask


def moved_legs(before: Sequence[Skeleton], after: Sequence[Skeleton]) -> list[tuple[Leg, ...]]:
    """List for each person the legs of which a joint was moved, hidden or restored.

    A new order of front and back leg concerns both.
    """
    return [
        LEGS if old.front != new.front else tuple(leg for leg in LEGS if _differs(old, new, leg))
        for old, new in zip(before, after, strict=True)
    ]


def _differs(old: Skeleton, new: Skeleton, leg: Leg) -> bool:
    return any(_place(old, joint) != _place(new, joint) for joint in leg.joints)


def _place(skeleton: Skeleton, joint: Joint) -> tuple[float, float] | None:
    point = skeleton.get(joint)
    return (point.x, point.y) if point else None


def within_painted(mask: Image.Image, canvas: Canvas) -> Image.Image:
    """Keep a mask out of the photo: only what was painted may be painted again."""
    return ImageChops.darker(mask, unknown_mask(canvas))


def feathered(mask: Image.Image, *, radius: float) -> Image.Image:
    """Soften a mask inwards: what was black stays black, white falls off towards its rim.

    Args:
        mask: `L`.
        radius: How far from the rim, in pixels, it is fully white. The canvas's border is no rim.
    """
    white = np.asarray(mask) > 127
    padded = np.pad(white.astype(np.uint8), 1, mode="edge")
    inside = cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1]
    return Image.fromarray(
        (np.clip(inside / max(radius, 1.0), 0, 1) * 255).round().astype(np.uint8)
    )
