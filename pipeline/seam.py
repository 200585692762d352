"""Put a painting into a picture so that nobody sees where it begins.

The new pixels get the tone, the sharpness and the grain of the known ones beside them, and what is
left of the step between the two is carried away into them. Known pixels are never touched. All is
done in bands of rows: no second picture of the canvas's size is held.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.geometry import Box, Size
from pipeline.grain import Grain, grown, spectrum_of
from pipeline.membrane import Membrane, Rim, stretch
from pipeline.painted import Area, Painted
from pipeline.sharpness import amount_for, reach_of, sharpened
from pipeline.tone import compared, matched, truth_of

Values = NDArray[np.float32]
Kind = TypeVar("Kind", np.bool_, np.float32)

BAND = 2**18  # pixels that are worked on at a time, or as many as 16 rows have
PLACE = 64  # pixels: the side of the places where photo and painting are compared
PLACES = 96  # of them, the nearest to the new pixels
BEYOND = 1 / 16  # of the longer side: how far the membrane runs on over known pixels


@dataclass(frozen=True, slots=True)
class Rendering:
    """A painting at the canvas's scale, a part at a time.

    Attributes:
        painted: In the right tone.
        amount: How much it is sharpened.
        truth: How true it is to the photo's slopes where both are known, 0..1.
    """

    painted: Painted
    amount: float = 0.0
    truth: float = 0.0

    def pixels(self, part: Box) -> Values:
        """Return a part of the canvas that the painting shows, (H, W, 3) of 255."""
        enlargement = self.painted.enlargement
        around = part.grown(reach_of(enlargement) if self.amount else 0).within(self.painted.box)
        pixels = np.asarray(self.painted.seen(around), np.float32)
        sharp = sharpened(pixels, self.amount, enlargement)
        top, left = part.top - around.top, part.left - around.left
        return sharp[top : top + part.height, left : left + part.width]


@dataclass(frozen=True, slots=True)
class _Field:
    """The correction of a box of the canvas."""

    box: Box
    membrane: Membrane

    def over(self, part: Box) -> Values:
        inner = part.moved(-self.box.left, -self.box.top)
        return self.membrane.rows(inner.top, inner.bottom)[:, inner.left : inner.right]


def blend(
    frame: Image.Image,
    painted: Painted,
    area: Area,
    *,
    reach: float,
    largest: float = 255.0,
    seed: int = 0,
) -> None:
    """Put a painting into a picture, in place; where the area is 0, not a byte changes.

    Args:
        frame: RGB, canvas size; its known pixels are in it already.
        painted: Shows all of the area's box.
        area: Where pixels are new.
        reach: Pixels after which an even step of colour has faded to 1 / e.
        largest: Steps of colour above this, of 255, are not carried: other things meet there.
        seed: Of the grain.
    """
    if not painted.box.holds(area.box):
        raise ValueError(f"a picture of {painted.box} does not show {area.box}")
    toned = matched(painted, frame, area)
    rendering, grain = _finished(frame, toned, area, seed)
    steps = _all_steps(frame, rendering, area, calm=grain is not None)
    field = _field(steps.up_to(largest), area, reach)
    for part in bands(area.box):
        pixels = rendering.pixels(part)
        if field is not None:
            pixels = pixels + field.over(part)
        if grain is not None:
            pixels = grain.on(pixels, part.left, part.top)
        new = Image.fromarray(pixels.round().clip(0, 255).astype(np.uint8))
        frame.paste(new, part.edges, area.new(part))


def bands(box: Box) -> Iterator[Box]:
    """Cut a box into bands of rows."""
    rows = max(16, BAND // box.width)
    for top in range(box.top, box.bottom, rows):
        yield Box.from_edges(box.left, top, box.right, min(top + rows, box.bottom))


def _finished(
    frame: Image.Image, painted: Painted, area: Area, seed: int
) -> tuple[Rendering, Grain | None]:
    """Compare painting and photo where both are known; choose sharpness and grain by that."""
    places = _places(painted.box, area)
    known = [np.asarray(frame.crop(place.edges), np.float32) for place in places]
    plain = [Rendering(painted).pixels(place) for place in places]
    amount = amount_for(plain, known, painted.enlargement)
    rendering = Rendering(painted, amount, truth_of(compared(painted, frame, area)))
    sharp = [rendering.pixels(place) for place in places]
    missing = spectrum_of(known).missing_in(spectrum_of(sharp))
    return rendering, grown(missing, seed)


def _places(box: Box, area: Area) -> list[Box]:
    """List square places without a new pixel, those nearest to new pixels first."""
    grid = Size(box.width // PLACE, box.height // PLACE)
    if grid.area == 0:
        return []
    whole = Box(box.left, box.top, grid.width * PLACE, grid.height * PLACE)
    old = (np.asarray(area.new(whole, grid)) == 0).astype(np.uint8)
    distance = np.array(cv2.distanceTransform(old, cv2.DIST_L1, 3), np.float32)
    rows, columns = np.nonzero(old)
    nearest = np.argsort(distance[rows, columns], kind="stable")[:PLACES]
    return [
        Box(box.left + column * PLACE, box.top + row * PLACE, PLACE, PLACE)
        for row, column in zip(rows[nearest].tolist(), columns[nearest].tolist(), strict=True)
    ]


def _around_all(area: Area) -> Box:
    """Return what a membrane is stretched over: the new pixels, and some known ones beside them."""
    box = area.box
    beyond = max(8, round(BEYOND * max(box.width, box.height)))
    return box.grown(beyond).within(Box.of(area.frame))


def _all_steps(frame: Image.Image, rendering: Rendering, area: Area, *, calm: bool) -> Rim:
    """Find the step all along the area's rim, canvas pixels; see `_steps`."""
    found = [_steps(frame, rendering, area, part, calm=calm) for part in bands(_around_all(area))]
    rims = [rim for rim in found if rim is not None]
    if not rims:
        return Rim(np.zeros((0, 2), np.int64), np.zeros((0, 3), np.float32))
    return Rim(
        np.concatenate([rim.places for rim in rims]), np.concatenate([rim.values for rim in rims])
    )


def _field(steps: Rim, area: Area, reach: float) -> _Field | None:
    """Stretch a membrane from steps, canvas pixels; None where there are none."""
    if not len(steps.places):
        return None
    box = _around_all(area)
    rim = Rim(steps.places - (box.left, box.top), steps.values)
    return _Field(box, stretch(rim, box.size, reach=reach))


def _steps(
    frame: Image.Image, rendering: Rendering, area: Area, part: Box, *, calm: bool
) -> Rim | None:
    """Subtract from each known pixel beside new ones what is painted.

    Poisson image editing subtracts what is painted in the known pixel's own place, and so takes
    the painting's slope over the rim for the true one. As far as the painting is not true, what is
    painted in the new pixels beside it is taken, as if there were no slope. With the truth as
    painting the first leaves 1.0 of the true step and the second .7; with the shipped bundle on 24
    renderings the first leaves 2.1 and the second 1.0.

    Args:
        frame: RGB, canvas size.
        rendering: The painting.
        area: Where pixels are new.
        part: Where rims are looked for.
        calm: Whether known pixels are averaged with the known ones round them, so that their grain
            is not carried on: new pixels get grain of their own.

    Returns:
        In canvas pixels; None where no rim runs through the part.
    """
    new = _padded(np.asarray(area.new(_around(part, area.frame))) > 0, part, area.frame)
    beside = _beside(new)
    rim = ~new[1:-1, 1:-1] & beside.any(axis=0)
    rows, columns = np.nonzero(rim)
    if not len(rows):
        return None
    spot = Box.from_edges(
        part.left + int(columns.min()),
        part.top + int(rows.min()),
        part.left + int(columns.max()) + 1,
        part.top + int(rows.max()) + 1,
    )
    around = _around(spot, area.frame).within(rendering.painted.box)
    theirs = _framed(rendering.pixels(around), around, spot)
    local = rows - rows.min(), columns - columns.min()
    counts = beside[:, rows, columns, None]
    painted = np.sum(_beside(theirs)[:, *local] * counts, axis=0) / np.sum(counts, axis=0)
    if rendering.painted.box.holds(spot):
        painted += rendering.truth * (theirs[1:-1, 1:-1][local] - painted)
    ours = _known(frame, area, spot, calm=calm)[local]
    places = np.stack([columns + part.left, rows + part.top], axis=1)
    return Rim(places, np.asarray(ours - painted, np.float32))


def _known(frame: Image.Image, area: Area, spot: Box, *, calm: bool) -> Values:
    around = _around(spot, area.frame) if calm else spot
    pixels = np.asarray(frame.crop(around.edges), np.float32)
    if not calm:
        return pixels
    known = (np.asarray(area.new(around)) == 0).astype(np.float32)[..., None]
    counted = _framed(np.concatenate([pixels * known, known], axis=2), around, spot)
    sums = cv2.blur(counted, (3, 3))[1:-1, 1:-1]
    return np.asarray(sums[..., :3] / np.maximum(sums[..., 3:], 1e-6), np.float32)


def _framed(pixels: Values, around: Box, spot: Box) -> Values:
    """Put what lies round a spot into its box grown by one, 0 where there is nothing."""
    framed = np.zeros((spot.height + 2, spot.width + 2, pixels.shape[2]), np.float32)
    top, left = around.top - spot.top + 1, around.left - spot.left + 1
    framed[top : top + around.height, left : left + around.width] = pixels
    return framed


def _around(part: Box, frame: Size) -> Box:
    return part.grown(1).within(Box.of(frame))


def _padded(new: NDArray[np.bool_], part: Box, frame: Size) -> NDArray[np.bool_]:
    """Add the row and column that a part at the frame's border has not got around it."""
    above, below = int(part.top == 0), int(part.bottom == frame.height)
    before, behind = int(part.left == 0), int(part.right == frame.width)
    return np.pad(new, ((above, below), (before, behind)))


def _beside(field: NDArray[Kind]) -> NDArray[Kind]:
    """Stack what lies above, below, left and right of each inner cell."""
    return np.stack([field[:-2, 1:-1], field[2:, 1:-1], field[1:-1, :-2], field[1:-1, 2:]])
