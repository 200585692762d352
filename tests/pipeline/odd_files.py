"""Builds files that strangers might send: whole, odd, hostile. Nothing here is copied."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from pipeline.photo import UPRIGHT

RED, GREEN, BLUE, YELLOW = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)
WHITE, BLACK, CYAN = (255, 255, 255), (0, 0, 0), (0, 255, 255)
GREY = (128, 128, 128)
Colour = tuple[int, int, int]

WIDTH, HEIGHT = 120, 80


def quarters() -> Image.Image:
    """A picture that looks different in each of the eight orientations."""
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    middle = WIDTH // 2, HEIGHT // 2
    pixels[: middle[1], : middle[0]] = RED
    pixels[: middle[1], middle[0] :] = GREEN
    pixels[middle[1] :, : middle[0]] = BLUE
    pixels[middle[1] :, middle[0] :] = YELLOW
    return Image.fromarray(pixels)


def save(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def flat(mode: str, colour: Any, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Image.Image:
    return Image.new(mode, size, colour)


# Files built by hand, where Pillow cannot write them.


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(
    width: int, height: int, rows: bytes, *, depth: int = 8, colour: int = 2, extra: bytes = b""
) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = zlib.compress(rows)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + extra
        + chunk(b"IDAT", body)
        + chunk(b"IEND", b"")
    )


def deep_png(samples: list[int], colour: int, *, extra: bytes = b"") -> bytes:
    """A flat PNG of 16 bits per sample."""
    row = b"\0" + np.tile(np.array(samples, ">u2"), WIDTH).tobytes()
    return png(WIDTH, HEIGHT, row * HEIGHT, depth=16, colour=colour, extra=extra)


def tiff(tags: dict[int, tuple[int, list[int]]], pixels: bytes) -> bytes:
    """A little-endian TIFF of one strip; tags are {number: (3 for short or 4 for long, values)}."""
    tags = {**tags, 273: (4, [0]), 279: (4, [len(pixels)])}
    extras = b""
    entries: list[bytes] = []
    start = 8 + 2 + 12 * len(tags) + 4
    room = sum(struct.calcsize("HI"[k - 3]) * len(v) for k, v in tags.values())
    for number, (kind, values) in sorted(tags.items()):
        code = "HI"[kind - 3]
        if number == 273:
            values = [start + room]
        packed = struct.pack(f"<{len(values)}{code}", *values)
        if len(packed) > 4:
            packed, extras = struct.pack("<I", start + len(extras)), extras + packed
        entries.append(struct.pack("<HHI", number, kind, len(values)) + packed.ljust(4, b"\0"))
    directory = struct.pack("<H", len(tags)) + b"".join(entries) + bytes(4)
    return b"II*\0" + struct.pack("<I", 8) + directory + extras.ljust(room, b"\0") + pixels


def numbers_tiff(pixels: NDArray[Any], sample_format: int, photometric: int = 1) -> bytes:
    samples = pixels.shape[2] if pixels.ndim == 3 else 1
    height, width = pixels.shape[:2]
    tags = {
        256: (4, [width]),
        257: (4, [height]),
        258: (3, [pixels.itemsize * 8] * samples),
        259: (3, [1]),
        262: (3, [photometric]),
        277: (3, [samples]),
        278: (4, [height]),
        339: (3, [sample_format] * samples),
    }
    return tiff(tags, pixels.tobytes())


def grid(value: float, kind: str, samples: int = 1) -> NDArray[Any]:
    shape = (HEIGHT, WIDTH, samples) if samples > 1 else (HEIGHT, WIDTH)
    return np.full(shape, value, kind)


def floats_with_holes() -> bytes:
    pixels = grid(0.5, "<f4")
    pixels[:2, :2] = np.nan
    pixels[2:4, :2] = np.inf
    return numbers_tiff(pixels, 3)


def cmyk_jpeg(ink: tuple[int, int, int, int], *, adobe: bool = True) -> bytes:
    """Adobe writes inks upside down and says so in a marker; without it they stand as they are."""
    data = save(flat("CMYK", ink), "JPEG", quality=100)
    if adobe:
        return data
    start = data.index(b"\xff\xee\x00\x0eAdobe")
    plain = save(flat("CMYK", tuple(255 - level for level in ink)), "JPEG", quality=100)
    return plain[:start] + plain[start + 16 :]


def palette_with_alpha() -> bytes:
    image = flat("P", 0)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.paste(1, (WIDTH // 2, 0, WIDTH, HEIGHT))
    return save(image, "PNG", transparency=bytes([255, 0]))


def half_clear(mode: str, solid: Any, clear: Any) -> Image.Image:
    image = flat(mode, solid)
    image.paste(clear, (WIDTH // 2, 0, WIDTH, HEIGHT))
    return image


def turned(kind: str, orientation: int) -> bytes:
    """The upright quarters stored as a camera would that was held in this orientation."""
    back = {6: UPRIGHT[8], 8: UPRIGHT[6]}.get(orientation, UPRIGHT.get(orientation))
    stored = quarters().transpose(back) if back is not None else quarters()
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}}
    return save(stored, kind, exif=exif, **options.get(kind, {}))


def moving(kind: str, **options: Any) -> bytes:
    return save(flat("RGB", RED), kind, save_all=True, append_images=[flat("RGB", BLUE)], **options)


def icc(name: str = "sRGB") -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()  # pyright: ignore


def swapped_profile() -> bytes:
    """sRGB's own profile with the red and the blue primary exchanged: every colour moves."""
    data = bytearray(icc())
    count = struct.unpack_from(">I", data, 128)[0]
    entries = {bytes(data[132 + 12 * i : 136 + 12 * i]): 132 + 12 * i for i in range(count)}
    red, blue = entries[b"rXYZ"] + 4, entries[b"bXYZ"] + 4
    data[red : red + 8], data[blue : blue + 8] = data[blue : blue + 8], data[red : red + 8]
    return bytes(data)


def grey_profile() -> bytes:
    """A grey ICC profile of gamma 1: linear light."""
    white = b"XYZ " + bytes(4) + struct.pack(">3i", 63190, 65536, 54061)
    curve = b"curv" + bytes(4) + struct.pack(">I", 0)
    start = 128 + 4 + 2 * 12
    table = struct.pack(">I", 2)
    table += b"wtpt" + struct.pack(">II", start, len(white))
    table += b"kTRC" + struct.pack(">II", start + len(white), len(curve))
    body = table + white + curve
    head = bytearray(128)
    struct.pack_into(">I", head, 0, 128 + len(body))
    head[8:24] = bytes([2, 0x40, 0, 0]) + b"mntrGRAYXYZ "
    head[36:40] = b"acsp"
    struct.pack_into(">3i", head, 68, 63190, 65536, 54061)
    return bytes(head) + body


def broken_orientation() -> bytes:
    return save(quarters(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + b"\x99" * 30)


def xmp_turned() -> bytes:
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a tiff:Orientation="3"/></x:xmpmeta>'
    return save(quarters().transpose(UPRIGHT[3]), "JPEG", xmp=xmp, quality=95, subsampling=0)


def many_scans() -> bytes:
    data = save(quarters(), "JPEG", progressive=True)
    first = data.index(b"\xff\xda")
    second = data.index(b"\xff\xc4", first)
    scan = data[first:second]
    return data[:second] + scan * 200 + data[second:]


def giant_tile() -> bytes:
    """A TIFF of 120 x 80 whose only tile would be 30000 x 30000."""
    tags = {
        256: (4, [WIDTH]),
        257: (4, [HEIGHT]),
        258: (3, [8, 8, 8]),
        259: (3, [8]),
        262: (3, [2]),
        277: (3, [3]),
        322: (4, [30000]),
        323: (4, [30000]),
        324: (4, [8]),
        325: (4, [100]),
    }
    return tiff(tags, bytes(100))


def bomb_png(width: int, height: int) -> bytes:
    """Black, about a thousandth of its size."""
    squeeze = zlib.compressobj(9)
    row = bytes(1 + width // 8 + (width % 8 > 0))
    body = b"".join(squeeze.compress(row) for _ in range(height)) + squeeze.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


def gif_with_large_frame() -> bytes:
    """A GIF whose screen is small and whose first frame is 60000 x 60000."""
    data = save(flat("P", 0), "GIF")
    start = data.index(b",\0\0\0\0")
    return data[: start + 5] + struct.pack("<HH", 60000, 60000) + data[start + 9 :]


def bmp_header_only() -> bytes:
    return save(quarters(), "BMP")[:54]


def heic(brand: bytes = b"heic") -> bytes:
    box = b"ftyp" + brand + bytes(4) + b"mif1heic"
    return struct.pack(">I", len(box) + 4) + box + bytes(200)


def cut(kind: str, share: float) -> Callable[[], bytes]:
    """The first part of a good file."""

    def build() -> bytes:
        noise = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
        data = save(Image.fromarray(noise), kind)
        return data[: int(len(data) * share)]

    return build
