"""Which part to paint anew when joints were moved: where limbs were, and where they shall be.

Legs that cross are painted one after the other, because a pose in two dimensions does not say which
of them lies in front.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageChops

from pipeline.canvas import Canvas, unknown_mask
from pipeline.crossing import covering, only_covering, uncovered
from pipeline.draw import limb_mask
from pipeline.errors import EditError
from pipeline.geometry import Size
from pipeline.skeleton import LEGS, Joint, Leg, Skeleton

FEATHER = 0.06  # of the torso: how softly a repainted part runs into its surroundings
ROOM = 1.6  # limb radii round a leg that is painted over another: in less it comes out faint
_GREY = 127  # of a drawn mask: what is lighter shall be new


@dataclass(frozen=True, slots=True)
class Pass:
    """One painting of a part, over what the one before it left.

    Attributes:
        mask: `L`, canvas size, 255 where pixels shall be new and 0 elsewhere.
        skeletons: Whom to pose it with: everybody, in the usual order.
    """

    mask: Image.Image
    skeletons: tuple[Skeleton, ...]


def refine_passes(
    before: Sequence[Skeleton],
    after: Sequence[Skeleton],
    canvas: Canvas,
    *,
    drawn: Image.Image | None = None,
    anywhere: bool = False,
) -> tuple[Pass, ...]:
    """Say what to paint anew, and in which order.

    Args:
        before: The skeletons of the picture as it is, canvas pixels.
        after: The same people, edited.
        canvas: The frame.
        drawn: `L`, canvas size: a mask that the person drew, instead of the limbs' own.
        anywhere: Whether pixels of the photo itself may change too.

    Returns:
        One pass; two where a person said which leg is in front and the legs cross. The first then
        paints everything without the part of the front leg that may cover the other one, and the
        second that part. The first mask holds all of the second.

    Raises:
        EditError: Nothing may change, the drawn mask does not fit, or the legs would lie outside.
    """
    _check_inside(before, after, canvas.size)
    mask = refine_mask(before, after, canvas.size) if drawn is None else _fitting(drawn, canvas)
    if not anywhere:
        mask = within_painted(mask, canvas)
    if mask.getbbox() is None:
        raise EditError(
            "Nothing of the painted part would change. Move a leg joint first, "
            "or allow the photo itself to be painted over."
        )
    return _in_order(mask, tuple(after))


def _in_order(mask: Image.Image, people: tuple[Skeleton, ...]) -> tuple[Pass, ...]:
    """Paint the back legs first where the front ones were named, cross them and lie in the mask."""
    size = Size(*mask.size)
    crossed = [person for person in people if covering(person)]
    limbs = limb_mask([only_covering(person) for person in crossed], size, breadth=ROOM)
    over = ImageChops.darker(mask, limbs)
    if over.getbbox() is None:
        return (Pass(mask, people),)
    return Pass(mask, tuple(uncovered(person) for person in people)), Pass(over, people)


def _check_inside(before: Sequence[Skeleton], after: Sequence[Skeleton], size: Size) -> None:
    for person, moved in zip(after, moved_legs(before, after), strict=True):
        points = person.visible(joint for leg in moved for joint in leg.joints).values()
        inside = (0 <= p.x < size.width and 0 <= p.y < size.height for p in points)
        if points and not any(inside):
            raise EditError(
                "The legs would lie wholly outside the picture. Move them back into it, "
                "or extend the picture further."
            )


def _fitting(drawn: Image.Image, canvas: Canvas) -> Image.Image:
    """Refuse a drawn mask that does not fit the picture."""
    size = canvas.size
    if drawn.size != (size.width, size.height):
        raise EditError(
            f"The mask has {drawn.width} x {drawn.height} pixels, the picture "
            f"{size.width} x {size.height}. Draw the mask on the completed picture."
        )
    return black_and_white(drawn)


def black_and_white(drawn: Image.Image) -> Image.Image:
    """Make a drawn mask, of any mode, 0 or 255 everywhere, `L`.

    Raises:
        EditError: Nothing of it is white.
    """
    mask = Image.fromarray(np.where(np.asarray(drawn.convert("L")) > _GREY, 255, 0).astype("u1"))
    if mask.getbbox() is None:
        raise EditError("The mask is all black. Make white what shall be painted anew.")
    return mask


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
