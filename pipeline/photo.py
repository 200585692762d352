"""Bytes from a stranger become a safe upright sRGB picture, and pictures become files again.

Nothing is decoded before its size is known. Whatever a decoder raises becomes a `PhotoError` with
one sentence that says what to send instead. Colours are `colour`'s business.
"""

import os
import tempfile
import warnings
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from pipeline.colour import to_srgb
from pipeline.errors import PhotoError
from pipeline.geometry import Size

Pixels = NDArray[np.uint8]

MAX_BYTES = 64_000_000  # a 16-bit PNG of a 10-megapixel photo still passes
MAX_PIXELS = 40_000_000
MIN_SIDE = 64  # below this no detector finds a person
MAX_ASPECT = 8.0
MAX_SCANS = 100  # editors write about 10; each is another walk over the whole picture
MAX_TIFF_BLOCK = 64_000_000  # bytes of one tile, decoded as a whole whatever the picture's size

# Pillow's plugin -> the word that people use. Nothing else is even tried.
FORMATS = {
    "JPEG": "JPEG",
    "MPO": "JPEG",
    "PNG": "PNG",
    "WEBP": "WebP",
    "AVIF": "AVIF",
    "GIF": "GIF",
    "BMP": "BMP",
    "DIB": "BMP",
    "TIFF": "TIFF",
}
SEND = "send a JPEG or PNG photo instead"
DAMAGED = f"That photo is damaged or cut short; {SEND}."

ORIENTATION_TAG = 0x0112
# EXIF 2.32, 4.6.4: what undoes each orientation.
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# Warning filters belong to the whole process, and two large photos at once take twice the memory.
_ONE_AT_A_TIME = Lock()


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that is safe to work on.

    Attributes:
        image: Upright, RGB, 8 bits, sRGB, without metadata.
        format: What the file was, whatever its name said: `JPEG`, `PNG`, `WebP`, …
        notes: What was changed on the way in, a sentence each.
    """

    image: Image.Image
    format: str
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> Size:
        return Size(*self.image.size)


def read_photo(data: bytes) -> Photo:
    """Decode a photo of unknown origin.

    Raises:
        PhotoError: It is no photo, damaged, of a kind that we do not read, too small or too large.
        MemoryError: The machine has no memory left; that is nobody's photo's fault.
    """
    if not data:
        raise PhotoError(f"That file is empty; {SEND}.")
    if len(data) > MAX_BYTES:
        raise PhotoError(
            f"That file has {len(data) / 1e6:.0f} MB and I take at most {MAX_BYTES // 10**6};"
            " save it as a JPEG and send that."
        )
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return _read(data)
        except (PhotoError, MemoryError):
            raise
        except UnidentifiedImageError as error:
            raise PhotoError(_explain(data)) from error
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise PhotoError(_too_many_pixels()) from error
        except Exception as error:
            # Decoders raise whatever they like: OSError, SyntaxError, struct.error, KeyError, …
            raise PhotoError(DAMAGED) from error


def _read(data: bytes) -> Photo:
    photo, orientation = _decoded(data)
    if orientation not in UPRIGHT:
        return photo
    return replace(photo, image=photo.image.transpose(UPRIGHT[orientation]))


def _decoded(data: bytes) -> tuple[Photo, int]:
    """Decode a file, and let go of what it held before anything is turned; with its orientation."""
    Image.init()
    formats = [name for name in FORMATS if name in Image.OPEN]  # MPO is reached through JPEG
    with Image.open(BytesIO(data), formats=formats) as opened:
        _check_size(Size(*opened.size))
        _check_effort(opened, data)
        name = FORMATS[str(opened.format)]
        frames = _first_frame_note(opened)
        opened.load()
        _check_size(Size(*opened.size))  # a GIF's first frame may be larger than its header says
        orientation = _orientation(opened)
        raw_cmyk = name == "JPEG" and "adobe" not in opened.info
        image, notes = to_srgb(opened, raw_cmyk=raw_cmyk)
    return Photo(image, name, (*frames, *notes)), orientation


def _check_size(size: Size) -> None:
    if size.area > MAX_PIXELS:
        raise PhotoError(_too_many_pixels(size))
    if min(size.width, size.height) < MIN_SIDE:
        raise PhotoError(
            f"That picture is only {size.width} x {size.height} pixels;"
            f" send one whose shorter side has at least {MIN_SIDE}."
        )
    if max(size.width, size.height) > MAX_ASPECT * min(size.width, size.height):
        raise PhotoError(
            f"That picture is a strip of {size.width} x {size.height} pixels;"
            f" send one that is at most {MAX_ASPECT:.0f} times as long as it is wide."
        )


def _check_effort(image: Image.Image, data: bytes) -> None:
    """Refuse files of modest size that would take minutes or gigabytes to decode."""
    if image.format in ("JPEG", "MPO") and data.count(b"\xff\xda") > MAX_SCANS:
        raise PhotoError(f"That JPEG is built too intricately to open; {SEND}.")
    tags: Any = getattr(image, "tag_v2", {})
    width, height = int(tags.get(322, 0)), int(tags.get(323, 0))
    sample_bytes = sum(tags.get(258, (8,))) / 8
    if width * height * sample_bytes > MAX_TIFF_BLOCK:
        raise PhotoError(f"That TIFF is built too intricately to open; {SEND}.")


def _too_many_pixels(size: Size | None = None) -> str:
    limit = MAX_PIXELS // 10**6
    if size is None:
        return f"That picture has far too many pixels; send one of at most {limit} megapixels."
    return (
        f"That picture has {size.width} x {size.height} pixels;"
        f" send one of at most {limit} megapixels, such as 5000 x 8000."
    )


def _first_frame_note(image: Image.Image) -> tuple[str, ...]:
    # A phone's MPO holds depth maps or a second eye: nobody thinks of it as moving.
    if image.format == "MPO" or not getattr(image, "is_animated", False):
        return ()
    part = "page" if image.format == "TIFF" else "frame"
    return (f"Only the photo's first {part} was used.",)


def _orientation(image: Image.Image) -> int:
    """Return EXIF's orientation, 1 where there is none to trust."""
    try:
        return int(image.getexif().get(ORIENTATION_TAG, 1))
    except Exception:  # noqa: BLE001 - a good photo with broken metadata is still a good photo
        return 1


# ISO base media brands, from the `ftyp` box at byte 4.
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"%!PS", "an EPS drawing"),
    (b"\xc5\xd0\xd3\xc6", "an EPS drawing"),
    (b"8BPS", "a Photoshop file"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "a packed archive"),
    (b"\x1aE\xdf\xa3", "a video"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
)
# How the formats that we read start; one that is not recognised all the same is damaged.
OUR_STARTS = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF", b"II*\0", b"MM\0*")
TEXT_BYTES = frozenset(range(32, 127)) | {9, 10, 13} | frozenset(range(128, 256))


def _explain(data: bytes) -> str:
    """Say in one sentence what the file is instead of a photo, and what to send."""
    head = data[:4096]
    if head[4:8] == b"ftyp":
        if head[8:12] in HEIC_BRANDS:
            return "That is a HEIC photo, which I cannot open; send it as a JPEG instead."
        if head[8:12] in (b"avif", b"avis"):
            return DAMAGED
        return f"That is a video or a kind of photo that I cannot open; {SEND}."
    if head.startswith(OUR_STARTS):
        return DAMAGED
    for signature, kind in SIGNATURES:
        if head.startswith(signature):
            return f"That is {kind}; {SEND}."
    if b"<svg" in head.lower():
        return f"That is an SVG drawing; {SEND}."
    if set(head) <= TEXT_BYTES:
        return f"That is text and not a photo; {SEND}."
    return f"That is not a photo that I can open; {SEND}."


def encode_png(image: Image.Image) -> bytes:
    """Write a picture without loss."""
    buffer = BytesIO()
    # Level 2 of 9: four times as fast as Pillow's 6 on photos, for a sixth more bytes.
    image.save(buffer, "PNG", compress_level=2)
    return buffer.getvalue()


def encode_jpeg(picture: Image.Image | Pixels, quality: int = 90) -> bytes:
    """Write a picture small; from quality 90 on, colours keep their full resolution.

    Args:
        picture: An image, or RGB pixels, (H, W, 3).
        quality: 1 to 100. Below 90 colours have half the resolution across.
    """
    # OpenCV's encoder takes half of Pillow's time, and this is most of what showing a nudge takes.
    if isinstance(picture, Image.Image):
        picture = np.asarray(picture if picture.mode == "RGB" else picture.convert("RGB"))
    sampling = (
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444
        if quality >= 90
        else cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422
    )
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling]
    return cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), options)[1].tobytes()


def write_file(path: Path, data: bytes) -> None:
    """Write a whole file or nothing: readers see the old content or the new, also after a crash.

    Raises:
        OSError: It could not be written; what was there before is untouched.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)  # mkstemp's 0600 is for secrets
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
