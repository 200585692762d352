"""How far apart two colours look: CIEDE2000."""

from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt

import cv2
import numpy as np
from numpy.typing import ArrayLike

Lab = tuple[float, float, float]

_FAR = 25.0**7


def lab_of(colour: ArrayLike) -> Lab:
    """Turn an sRGB colour, (3,) in 0..255, into CIE L*a*b* under daylight (D65)."""
    pixel = np.asarray(colour, np.float32).reshape(1, 1, 3) / 255
    lightness, a, b = cv2.cvtColor(pixel, cv2.COLOR_RGB2LAB).ravel().tolist()
    return lightness, a, b


def difference(one: Lab, other: Lab) -> float:
    """Return the colour difference: about 1 can just be seen, 100 is black against white.

    Source: Sharma, Wu and Dalal 2005, The CIEDE2000 color-difference formula, equations 2 to 22.
    """
    (l1, a1, b1), (l2, a2, b2) = one, other
    chroma = (hypot(a1, b1) + hypot(a2, b2)) / 2
    stretch = 1 + (1 - sqrt(chroma**7 / (chroma**7 + _FAR))) / 2
    c1, h1 = _polar(a1 * stretch, b1)
    c2, h2 = _polar(a2 * stretch, b2)
    grey = c1 * c2 == 0
    turn = 0.0 if grey else (h2 - h1 + 180) % 360 - 180
    hue = h1 + h2 if grey else (h1 + turn / 2) % 360
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    dl = (l2 - l1) / (1 + 0.015 * (lightness - 50) ** 2 / sqrt(20 + (lightness - 50) ** 2))
    dc = (c2 - c1) / (1 + 0.045 * chroma)
    dh = 2 * sqrt(c1 * c2) * sin(radians(turn / 2)) / (1 + 0.015 * chroma * _hue_weight(hue))
    rotation = (
        -2
        * sqrt(chroma**7 / (chroma**7 + _FAR))
        * sin(radians(60 * exp(-(((hue - 275) / 25) ** 2))))
    )
    return sqrt(max(0.0, dl**2 + dc**2 + dh**2 + rotation * dc * dh))


def _polar(a: float, b: float) -> tuple[float, float]:
    return hypot(a, b), degrees(atan2(b, a)) % 360


def _hue_weight(hue: float) -> float:
    return (
        1
        - 0.17 * cos(radians(hue - 30))
        + 0.24 * cos(radians(2 * hue))
        + 0.32 * cos(radians(3 * hue + 6))
        - 0.2 * cos(radians(4 * hue - 63))
    )
