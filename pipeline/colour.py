"""From whatever a file holds (CMYK, 16 bits, palettes, alpha, profiles) to 8-bit sRGB on white.

Every step takes a decoded picture and returns a new one with a note for the person, or without one
when nothing was to be done. Reading and refusing files is `photo`'s business.
"""

import logging
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

log = logging.getLogger(__name__)

BAND_ROWS = 256  # pictures are rescaled this many rows at a time, so that copies stay small
DEEP_MODES = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")
# The full scales that files of more than 8 bits use; the smallest that holds a picture is taken.
FULL_SCALES = (255.0, 65535.0, 2.0**31 - 1, 2.0**32 - 1)
# An ICC profile names the space of its colours at bytes 16 to 19 (ICC.1:2022, 7.2).
PROFILE_SPACES = {"RGB": b"RGB ", "L": b"GRAY", "CMYK": b"CMYK"}
SAMPLE_FORMAT_TAG, UNSIGNED = 339, 1  # TIFF 6.0, section 19
SAME_COLOUR = 2  # levels out of 255; a profile that moves no colour further than this is sRGB

Notes = tuple[str, ...]


def to_srgb(image: Image.Image, *, raw_cmyk: bool = False) -> tuple[Image.Image, Notes]:
    """Return the picture as 8-bit sRGB, flattened on white, and what was done for it.

    Args:
        image: Decoded, of any mode that Pillow knows. It may be changed in place.
        raw_cmyk: Whether Pillow inverted CMYK that the file holds plainly, as it does to a JPEG
            without Adobe's mark.
    """
    profile, file = image.info.get("icc_profile"), image
    image, deep = _to_eight_bits(image)
    if raw_cmyk and image.mode == "CMYK":
        image = image.point(lambda level: 255 - level)
    image, alpha = _split_alpha(image)
    image, converted = _to_rgb(image, profile)
    image, flattened = _on_white(image, alpha)
    if image is file:
        image = image.copy()  # the file's own knows more than its pixels
    image.info = {}  # it describes the old pixels, and saving would write some of it
    return image, (*deep, *converted, *flattened)


def _to_eight_bits(image: Image.Image) -> tuple[Image.Image, Notes]:
    if image.mode not in DEEP_MODES:
        return image, ()
    low, high = _extremes(image)
    if image.mode.startswith("I;16"):
        scale = 65535.0
    elif image.mode == "F" and high <= 1.0:
        scale = 1.0
    else:
        low, scale = min(low, 0.0), next((s for s in FULL_SCALES if high <= s), high)
    floor = low if image.mode == "F" and low < 0 else 0.0
    grey = Image.new("L", image.size)
    for top, rows in _rows(image):
        levels = (np.nan_to_num(rows, nan=floor, posinf=scale, neginf=floor) - floor) * (
            255.0 / (scale - floor)
        )
        grey.paste(Image.fromarray(np.rint(levels.clip(0, 255)).astype(np.uint8)), (0, top))
    return grey, ("The photo's more than 8 bits per colour became 8.",)


def _rows(image: Image.Image) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Give the picture's true numbers, band by band, each with its first row."""
    wraps = _wraps(image)
    for top in range(0, image.height, BAND_ROWS):
        strip = image.crop((0, top, image.width, min(image.height, top + BAND_ROWS)))
        levels = np.asarray(strip)
        yield top, (levels.astype(np.uint32) if wraps else levels).astype(np.float64)


def _wraps(image: Image.Image) -> bool:
    """Tell whether Pillow shows the upper half of 32 unsigned bits as negative numbers."""
    tags: Any = getattr(image, "tag_v2", {})
    signed = tags.get(SAMPLE_FORMAT_TAG, (UNSIGNED,))[0] != UNSIGNED
    return image.mode == "I" and bool(tags) and not signed


def _extremes(image: Image.Image) -> tuple[float, float]:
    low, high = np.inf, -np.inf
    for _, rows in _rows(image):
        finite = rows[np.isfinite(rows)]
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    return (low, high) if low <= high else (0.0, 1.0)


def _split_alpha(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Part the colours from the opacity; palettes become RGB."""
    if image.has_transparency_data:
        image = image if image.mode in ("RGBA", "LA") else image.convert("RGBA")
        alpha = image.getchannel("A")
        return image.convert("L" if image.mode == "LA" else "RGB"), alpha
    if image.mode in ("L", "RGB", "CMYK", "LAB"):
        return image, None
    return image.convert("L" if image.mode == "1" else "RGB"), None


def _to_rgb(image: Image.Image, profile: Any) -> tuple[Image.Image, Notes]:
    """Follow the embedded profile if it is whole and fits, else take the numbers as they are."""
    if image.mode == "LAB":
        return _apply(_transform(_builtin("LAB"), "LAB"), image), (
            "The photo's Lab colours became sRGB.",
        )
    note = ("The photo's CMYK colours became sRGB.",) if image.mode == "CMYK" else ()
    transform = _profile_transform(image, profile)
    if transform is None:
        return image if image.mode == "RGB" else image.convert("RGB"), note
    return _apply(transform, image), note or (
        "The photo's colours became sRGB, by the profile in the file.",
    )


def _profile_transform(image: Image.Image, data: Any) -> ImageCms.ImageCmsTransform | None:
    """Return what takes the picture to sRGB; None where there is nothing to do or to trust."""
    if not isinstance(data, bytes) or data[16:20] != PROFILE_SPACES.get(image.mode):
        return None
    try:
        transform = _transform(ImageCms.ImageCmsProfile(BytesIO(data)), image.mode)
        return None if _changes_nothing(transform, image.mode) else transform
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError) as error:
        log.info("ignored a broken colour profile of %d bytes: %s", len(data), error)
        return None


def _transform(profile: ImageCms.ImageCmsProfile, mode: str) -> ImageCms.ImageCmsTransform:
    return ImageCms.ImageCmsTransform(
        profile,
        _builtin("sRGB"),
        mode,
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


def _builtin(name: Literal["LAB", "sRGB"]) -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name))  # pyright: ignore


def _apply(transform: ImageCms.ImageCmsTransform, image: Image.Image) -> Image.Image:
    """Transform in bands: a transform of the whole would hold a second full picture of its own."""
    result = Image.new("RGB", image.size)
    for top in range(0, image.height, BAND_ROWS):
        strip = image.crop((0, top, image.width, min(image.height, top + BAND_ROWS)))
        result.paste(transform.apply(strip), (0, top))
    return result


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    if mode == "CMYK":
        return False
    steps = np.linspace(0, 255, 18).astype(np.uint8)
    probe = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(18 * 18, 18, 3)
    if mode == "L":
        probe = np.repeat(probe[..., :1], 3, axis=2)
    before = Image.fromarray(probe)
    after = np.asarray(transform.apply(before.convert(mode)))
    return int(np.abs(after.astype(np.int16) - probe).max()) <= SAME_COLOUR


def _on_white(image: Image.Image, alpha: Image.Image | None) -> tuple[Image.Image, Notes]:
    if alpha is None or alpha.getextrema() == (255, 255):
        return image, ()
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=alpha)
    return white, ("The photo's see-through parts became white.",)
