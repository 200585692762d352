"""A small named palette: what captions say and what gets painted."""

import numpy as np
from numpy.typing import NDArray

Colour = NDArray[np.float32]

# Display RGB in 0..255. Twelve names that nobody confuses, each jittered when used.
PALETTE: dict[str, tuple[int, int, int]] = {
    "black": (34, 34, 38),
    "white": (236, 235, 231),
    "grey": (134, 136, 139),
    "red": (190, 36, 40),
    "orange": (228, 122, 36),
    "yellow": (231, 199, 58),
    "green": (52, 122, 66),
    "blue": (44, 82, 168),
    "purple": (112, 62, 142),
    "pink": (226, 138, 166),
    "brown": (112, 74, 48),
    "beige": (206, 184, 148),
}
HAIR_COLOURS: dict[str, tuple[int, int, int]] = {
    "black": (32, 28, 28),
    "brown": (86, 56, 36),
    "blonde": (204, 168, 104),
    "red": (150, 70, 36),
    "grey": (152, 150, 148),
}
# From pale to dark.
SKIN_TONES: tuple[tuple[int, int, int], ...] = (
    (242, 208, 184),
    (229, 184, 152),
    (208, 158, 122),
    (176, 124, 88),
    (134, 90, 62),
    (92, 60, 42),
)


def jittered(
    dice: np.random.Generator, colour: tuple[int, int, int], *, amount: float = 1.0
) -> Colour:
    """Return a neighbour of a palette colour that still deserves its name, in 0..1."""
    base = np.array(colour, np.float32) / 255
    brighter = dice.normal(0, 0.045 * amount)
    tinted = dice.normal(0, 0.022 * amount, 3)
    return np.clip(base * (1 + brighter) + brighter * 0.25 + tinted, 0.02, 0.98).astype(np.float32)


def skin_tone(dice: np.random.Generator) -> Colour:
    """Mix two neighbouring tones."""
    place = dice.uniform(0, len(SKIN_TONES) - 1.001)
    low, share = int(place), place % 1
    mixed = (1 - share) * np.array(SKIN_TONES[low]) + share * np.array(SKIN_TONES[low + 1])
    return (mixed / 255 * (1 + dice.normal(0, 0.02))).astype(np.float32)
