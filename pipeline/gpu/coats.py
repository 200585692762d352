"""Coats of paint: each goes over what the one before it left.

A picture that is completed has one coat. Crossed legs have two, the back one first; partial
re-noising is a coat over a completed picture.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from PIL import Image

from pipeline.canvas import Canvas, Painted, compose, paste_masked
from pipeline.geometry import Box
from pipeline.gpu.paint import Brush, People
from pipeline.jobs import Settings, Version
from pipeline.masks import FEATHER, Pass, feathered
from pipeline.sheet import Composed, Outpainting, Retouching, Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Coat:
    """One painting, over a picture or over nothing yet.

    Attributes:
        sheet: Makes what is to be painted from the picture that there is.
        people: Whom it shall show.
        brush: How, with the seed of the first try.
        finish: Makes the next picture from that one and from what was painted; puts back what may
            not change.
    """

    sheet: Callable[[Image.Image | None], Sheet]
    people: People
    brush: Brush
    finish: Callable[[Image.Image | None, Painted], Image.Image]


def outpainting(
    photo: Image.Image, canvas: Canvas, people: People, brush: Brush, settings: Settings
) -> Coat:
    """Paint all that lies round a photo."""
    return Coat(
        sheet=lambda _: Outpainting(photo, canvas, settings.band, settings.fill),
        people=people,
        brush=brush,
        finish=lambda _, painted: compose(
            painted, photo, canvas, band=settings.band, seed=brush.seed
        ),
    )


def renoising(
    photo: Image.Image,
    canvas: Canvas,
    people: People,
    brush: Brush,
    settings: Settings,
    *,
    strength: float,
) -> Coat:
    """Put noise on all that lies round a photo, up to a level, and take it off again.

    The known pixels are put back at each step and pasted at the end, byte for byte. The pose has a
    say where it has its share of so low levels: without it, a model that needs it loses the legs.
    """
    sheet = Outpainting(photo, canvas, settings.band, settings.fill)

    def composed(picture: Image.Image | None) -> Sheet:
        return Composed(sheet, Painted(_given(picture), Box.of(canvas.size)))

    return Coat(
        sheet=composed,
        people=people,
        brush=replace(brush, strength=strength, put_back=True),
        finish=lambda _, painted: compose(
            painted, photo, canvas, band=settings.band, seed=brush.seed
        ),
    )


def refining(version: Version, part: Pass, brush: Brush) -> Coat:
    """Paint a part of a picture anew; it runs softly into the rest, on its own side."""
    torso = max((person.torso or 0.0 for person in part.skeletons), default=0.0)
    soft = feathered(part.mask, radius=FEATHER * torso)
    return Coat(
        sheet=lambda picture: Retouching(picture or version.picture, part.mask),
        people=part.skeletons,
        brush=brush,
        finish=lambda picture, painted: paste_masked(picture or version.picture, painted, soft),
    )


def _given(picture: Image.Image | None) -> Image.Image:
    if picture is None:
        raise ValueError("there is nothing yet to be painted over")
    return picture
