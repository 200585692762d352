"""The fine grain of a photo, measured near its cut, and as much of it as a painting lacks.

Enlarged paint is clean; beside the noise of a sensor it looks pasted. Grain is told from texture by
where it is weakest: noise is everywhere, so the flattest patches show it alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]
Places = NDArray[np.int_]

PATCH = 32  # pixels: the side of what is measured at once
FLATTEST = 0.06  # of the patches are taken for flat
FEWEST = 8  # flat patches; of fewer nobody can tell
SMOOTHED = 2.5  # pixels: the deviation of the blur above which detail is no grain
TILE = 512  # pixels: the side of the grain that is laid; it repeats
STRONGEST = 10.0  # of 255: the deviation of the strongest grain that is laid
FAINTEST = 0.35  # of 255: fainter, rounding hides it
CLIPPED = 6.0  # of 255: patches nearer to black or white have lost their grain
TAPER = 24.0  # of 255: so near to black and white grain fades, as a sensor's does
SEEN_FROM = (  # light, red against blue, green against both: noise is nearly independent in these
    (1 / np.sqrt(3), 1 / np.sqrt(3), 1 / np.sqrt(3)),
    (1 / np.sqrt(2), 0.0, -1 / np.sqrt(2)),
    (1 / np.sqrt(6), -2 / np.sqrt(6), 1 / np.sqrt(6)),
)
AXES = np.array(SEEN_FROM, np.float32)


@dataclass(frozen=True, slots=True)
class Grain:
    """A tile of noise that repeats without a line.

    Attributes:
        tile: What is added, of 255, (TILE, TILE, 3).
    """

    tile: Values

    @property
    def strength(self) -> float:
        """Its standard deviation, of 255."""
        return float(self.tile.std())

    def on(self, pixels: Values, left: int, top: int) -> Values:
        """Lay it over pixels, (H, W, 3) of 255, whose first lies there on the canvas."""
        height, width = pixels.shape[:2]
        rows, columns = _repeated(top, height), _repeated(left, width)
        light = pixels.mean(axis=2, keepdims=True)
        share = np.clip(np.minimum(light, 255 - light) / TAPER, 0, 1)
        return pixels + share * self.tile[rows[:, None], columns]


@dataclass(frozen=True, slots=True)
class Spectrum:
    """The power of grain by frequency, for light and two colours, (3, PATCH, PATCH)."""

    power: Values

    def missing_in(self, other: "Spectrum") -> "Spectrum":
        """Return what another has to be given to have this much, at each frequency."""
        return Spectrum(np.maximum(self.power - other.power, 0))


NONE = Spectrum(np.zeros((3, PATCH, PATCH), np.float32))


def _repeated(start: int, count: int) -> Places:
    return np.mod(np.arange(start, start + count), TILE, dtype=np.int_)


def spectrum_of(pictures: Sequence[Values]) -> Spectrum:
    """Measure the grain of the flattest patches of some pictures.

    Args:
        pictures: (H, W, 3) of 255; what is smaller than a patch is passed over.
    """
    patches = [patch for picture in pictures for patch in _patches(picture)]
    count = round(FLATTEST * len(patches))
    if count < FEWEST:
        return NONE
    busy = np.array([_busyness(patch) for patch in patches])
    order: list[int] = np.argsort(busy, kind="stable").tolist()
    flat = [patches[index] for index in order[:count]]
    window = np.outer(*[np.hanning(PATCH + 2)[1:-1]] * 2).astype(np.float32)
    power = [_power(patch, window) for patch in flat]
    middle = np.median(power, axis=0).astype(np.float32) / MEDIAN_SHARE
    return Spectrum(np.stack([_in_all_directions(channel) for channel in middle]))


# A noise's power at a frequency is spread exponentially: its median is ln 2 of its mean. A median
# passes over the patches with an edge.
MEDIAN_SHARE = float(np.log(2))


def _in_all_directions(power: Values) -> Values:
    """Give each frequency the median over its directions: threads and edges have one, noise all."""
    away = np.fft.fftfreq(PATCH) * PATCH
    radius = np.hypot(away[:, None], away).round().astype(np.intp)
    return np.array([np.median(power[radius == at]) for at in range(radius.max() + 1)], np.float32)[
        radius
    ]


def _patches(picture: Values) -> list[Values]:
    """Cut a picture into patches without its smooth part, light and colours, (PATCH, PATCH, 3)."""
    smooth = cv2.GaussianBlur(picture, (0, 0), SMOOTHED, borderType=cv2.BORDER_REFLECT)
    fine = ((picture - smooth) @ AXES.T).astype(np.float32)
    height, width = picture.shape[:2]
    places = [
        (slice(top, top + PATCH), slice(left, left + PATCH))
        for top in range(0, height - PATCH + 1, PATCH)
        for left in range(0, width - PATCH + 1, PATCH)
    ]
    return [fine[place] for place in places if CLIPPED < picture[place].mean() < 255 - CLIPPED]


def _busyness(patch: Values) -> float:
    """Return how strong a patch's strongest quarter is: an edge in a corner is no grain either."""
    half = PATCH // 2
    quarters = patch[..., 0].reshape(2, half, 2, half)
    return float(quarters.std(axis=(1, 3)).max())


def _power(patch: Values, window: Values) -> Values:
    shares = np.fft.fft2(patch * window[..., None], axes=(0, 1))
    power = np.abs(shares) ** 2 / (window**2).sum()
    return power.transpose(2, 0, 1).astype(np.float32)


def grown(spectrum: Spectrum, seed: int) -> Grain | None:
    """Make grain of a spectrum; None where there is hardly any.

    White noise gets the spectrum's amplitudes and keeps its own phases.

    Source: Galerne, Gousseau and Morel 2011, Random phase textures: theory and synthesis, for
    noise of a given spectrum.
    """
    dice = np.random.default_rng(seed)
    noise = np.stack([_noise(power, dice) for power in spectrum.power], axis=2)
    tile = (noise @ AXES).astype(np.float32)
    strength = float(tile.std())
    if strength < FAINTEST:
        return None
    return Grain(tile * min(1.0, STRONGEST / strength))


def _noise(power: Values, dice: np.random.Generator) -> Values:
    """Filter white noise to a power, (PATCH, PATCH), so that it repeats; (TILE, TILE)."""
    kernel = np.zeros((TILE, TILE), np.float32)
    start = (TILE - PATCH) // 2
    inner = slice(start, start + PATCH)
    kernel[inner, inner] = np.fft.fftshift(np.fft.ifft2(np.sqrt(power)).real)
    white = dice.standard_normal((TILE, TILE), np.float32)
    return np.fft.irfft2(np.fft.rfft2(white) * np.fft.rfft2(kernel), s=(TILE, TILE)).astype(
        np.float32
    )
