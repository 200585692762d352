"""Odd files, all built here: each is read right or refused with one sentence."""

import resource
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from pipeline.errors import PhotoError
from pipeline.geometry import Size
from pipeline.photo import (
    MAX_BYTES,
    encode_jpeg,
    encode_png,
    read_photo,
    write_file,
)
from tests.pipeline.odd_files import (
    BLACK,
    BLUE,
    CYAN,
    GREEN,
    GREY,
    HEIGHT,
    RED,
    WHITE,
    WIDTH,
    YELLOW,
    Colour,
    bmp_header_only,
    bomb_png,
    broken_orientation,
    chunk,
    cmyk_jpeg,
    cut,
    deep_png,
    flat,
    floats_with_holes,
    giant_tile,
    gif_with_large_frame,
    grey_profile,
    grid,
    half_clear,
    heic,
    icc,
    many_scans,
    moving,
    numbers_tiff,
    palette_with_alpha,
    png,
    quarters,
    save,
    swapped_profile,
    turned,
    xmp_turned,
)


@dataclass(frozen=True)
class Good:
    """A file that is read: its pixels at fractions of width and height, and its notes."""

    name: str
    build: Callable[[], bytes]
    pixels: dict[tuple[float, float], Colour]
    notes: str = ""
    size: tuple[int, int] = (WIDTH, HEIGHT)
    tolerance: int = 2


LEFT, RIGHT, MIDDLE = (0.25, 0.5), (0.75, 0.5), (0.5, 0.5)
UPRIGHT_QUARTERS = {
    (0.25, 0.25): RED,
    (0.75, 0.25): GREEN,
    (0.25, 0.75): BLUE,
    (0.75, 0.75): YELLOW,
}
LINEAR_GREY = (188, 188, 188)  # half the light, in sRGB

GOOD = [
    Good("a plain JPEG", lambda: save(quarters(), "JPEG", quality=95), UPRIGHT_QUARTERS),
    Good(
        "a progressive JPEG",
        lambda: save(quarters(), "JPEG", quality=95, progressive=True),
        UPRIGHT_QUARTERS,
    ),
    Good("a PNG", lambda: save(quarters(), "PNG"), UPRIGHT_QUARTERS, tolerance=0),
    Good("a WebP", lambda: save(quarters(), "WEBP", lossless=True), UPRIGHT_QUARTERS, tolerance=0),
    Good("an AVIF", lambda: save(quarters(), "AVIF", quality=95), UPRIGHT_QUARTERS, tolerance=9),
    Good("a GIF", lambda: save(quarters(), "GIF"), UPRIGHT_QUARTERS, tolerance=0),
    Good("a BMP", lambda: save(quarters(), "BMP"), UPRIGHT_QUARTERS, tolerance=0),
    Good("a TIFF", lambda: save(quarters(), "TIFF"), UPRIGHT_QUARTERS, tolerance=0),
    Good(
        "a packed TIFF",
        lambda: save(quarters(), "TIFF", compression="tiff_lzw"),
        UPRIGHT_QUARTERS,
        tolerance=0,
    ),
    Good("a grey JPEG", lambda: save(flat("L", 128), "JPEG"), {MIDDLE: GREY}),
    Good("a black and white PNG", lambda: save(flat("1", 1), "PNG"), {MIDDLE: WHITE}),
    Good("a moving GIF", lambda: moving("GIF"), {MIDDLE: RED}, "first frame"),
    Good("a moving WebP", lambda: moving("WEBP", lossless=True), {MIDDLE: RED}, "first frame"),
    Good("a moving PNG", lambda: moving("PNG"), {MIDDLE: RED}, "first frame"),
    Good("a moving AVIF", lambda: moving("AVIF"), {MIDDLE: RED}, "first frame", tolerance=9),
    Good("a TIFF of two pages", lambda: moving("TIFF"), {MIDDLE: RED}, "first page"),
    Good("a phone's MPO of two pictures", lambda: moving("MPO"), {MIDDLE: RED}),
    Good("Adobe's CMYK cyan", lambda: cmyk_jpeg((255, 0, 0, 0)), {MIDDLE: CYAN}, "CMYK"),
    Good("Adobe's CMYK black", lambda: cmyk_jpeg((0, 0, 0, 255)), {MIDDLE: BLACK}, "CMYK"),
    Good("Adobe's CMYK without ink", lambda: cmyk_jpeg((0, 0, 0, 0)), {MIDDLE: WHITE}, "CMYK"),
    Good(
        "a plain CMYK JPEG",
        lambda: cmyk_jpeg((255, 0, 0, 0), adobe=False),
        {MIDDLE: CYAN},
        "CMYK",
    ),
    Good(
        "a CMYK JPEG with a profile that is none",
        lambda: save(flat("CMYK", (0, 255, 255, 0)), "JPEG", quality=100, icc_profile=b"x" * 200),
        {MIDDLE: RED},
        "CMYK",
    ),
    Good(
        "a CMYK TIFF", lambda: save(flat("CMYK", (0, 255, 255, 0)), "TIFF"), {MIDDLE: RED}, "CMYK"
    ),
    Good("a Lab TIFF", lambda: save(flat("LAB", (137, 128, 128)), "TIFF"), {MIDDLE: GREY}, "Lab"),
    Good("a grey PNG of 16 bits", lambda: deep_png([32896], 0), {MIDDLE: GREY}, "8 bits"),
    Good("a dark PNG of 16 bits", lambda: deep_png([2056], 0), {MIDDLE: (8, 8, 8)}, "8 bits"),
    Good("a white PNG of 16 bits", lambda: deep_png([65535], 0), {MIDDLE: WHITE}, "8 bits"),
    Good(
        "a colour PNG of 16 bits", lambda: deep_png([65535, 32896, 0], 2), {MIDDLE: (255, 128, 0)}
    ),
    Good(
        "a PNG of 16 bits with alpha",
        lambda: deep_png([0, 0, 0, 32767], 6),
        {MIDDLE: (128, 128, 128)},
        "white",
    ),
    Good(
        "a grey PNG of 16 bits with alpha",
        lambda: deep_png([32896, 65535], 4),
        {MIDDLE: GREY},
    ),
    Good(
        "a grey TIFF of 16 bits",
        lambda: numbers_tiff(grid(32896, "<u2"), 1),
        {MIDDLE: GREY},
        "8 bits",
    ),
    Good(
        "a signed TIFF of 16 bits",
        lambda: numbers_tiff(grid(32767, "<i2"), 2),
        {MIDDLE: (127, 127, 127)},
        "8 bits",
    ),
    Good(
        "an unsigned TIFF of 32 bits",
        lambda: numbers_tiff(grid(2**31, "<u4"), 1),
        {MIDDLE: GREY},
        "8 bits",
    ),
    Good(
        "a TIFF of small whole numbers in 32 bits",
        lambda: save(flat("I", 128), "TIFF"),
        {MIDDLE: GREY},
        "8 bits",
    ),
    Good(
        "a TIFF of floats from 0 to 1",
        lambda: numbers_tiff(grid(0.5, "<f4"), 3),
        {MIDDLE: GREY},
        "8 bits",
    ),
    Good("a TIFF with NaN and infinity", floats_with_holes, {MIDDLE: GREY}, "8 bits"),
    Good(
        "a TIFF of floats up to 255",
        lambda: numbers_tiff(grid(128.0, "<f4"), 3),
        {MIDDLE: GREY},
        "8 bits",
    ),
    Good(
        "a colour TIFF of 16 bits",
        lambda: numbers_tiff(grid(32896, "<u2", 3), 1, photometric=2),
        {MIDDLE: GREY},
    ),
    Good("a palette with alpha", palette_with_alpha, {LEFT: RED, RIGHT: WHITE}, "white"),
    Good(
        "RGBA",
        lambda: save(half_clear("RGBA", (255, 0, 0, 255), (0, 0, 0, 127)), "PNG"),
        {LEFT: RED, RIGHT: GREY},
        "white",
    ),
    Good(
        "LA",
        lambda: save(half_clear("LA", (0, 255), (0, 0)), "PNG"),
        {LEFT: BLACK, RIGHT: WHITE},
        "white",
    ),
    Good(
        "RGB with one clear colour",
        lambda: save(half_clear("RGB", RED, BLUE), "PNG", transparency=BLUE),
        {LEFT: RED, RIGHT: WHITE},
        "white",
    ),
    Good(
        "RGBA without a hole",
        lambda: save(flat("RGBA", (9, 9, 9, 255)), "PNG"),
        {MIDDLE: (9, 9, 9)},
    ),
    Good(
        "a GIF with a clear colour",
        lambda: save(half_clear("P", 1, 0), "GIF", transparency=0),
        {RIGHT: WHITE},
        "white",
    ),
    Good("an sRGB profile", lambda: save(quarters(), "PNG", icc_profile=icc()), UPRIGHT_QUARTERS),
    Good(
        "a profile with red and blue exchanged",
        lambda: save(flat("RGB", RED), "PNG", icc_profile=swapped_profile()),
        {MIDDLE: BLUE},
        "by the profile in the file",
    ),
    Good(
        "the same profile and alpha",
        lambda: save(
            half_clear("RGBA", (255, 0, 0, 255), (0, 0, 0, 0)),
            "PNG",
            icc_profile=swapped_profile(),
        ),
        {LEFT: BLUE, RIGHT: WHITE},
        "by the profile in the file",
    ),
    Good(
        "grey with a linear profile",
        lambda: save(flat("L", 128), "PNG", icc_profile=grey_profile()),
        {MIDDLE: LINEAR_GREY},
        "by the profile in the file",
    ),
    Good(
        "a profile cut short",
        lambda: save(quarters(), "PNG", icc_profile=swapped_profile()[:300]),
        UPRIGHT_QUARTERS,
    ),
    Good(
        "a grey profile on colours",
        lambda: save(quarters(), "PNG", icc_profile=grey_profile()),
        UPRIGHT_QUARTERS,
    ),
    Good("EXIF that is broken", broken_orientation, UPRIGHT_QUARTERS, tolerance=9),
    Good("a turn that only XMP tells", xmp_turned, UPRIGHT_QUARTERS),
    Good("orientation 0", lambda: turned("JPEG", 0), UPRIGHT_QUARTERS),
    Good("orientation 9", lambda: turned("JPEG", 9), UPRIGHT_QUARTERS),
    Good("64 x 64", lambda: save(flat("RGB", RED, (64, 64)), "PNG"), {MIDDLE: RED}, size=(64, 64)),
    Good(
        "a broken APNG with a whole first picture",
        lambda: png(
            WIDTH,
            HEIGHT,
            (b"\0" + bytes(RED) * WIDTH) * HEIGHT,
            extra=chunk(b"acTL", struct.pack(">II", 0, 0)),
        ),
        {MIDDLE: RED},
    ),
    *(
        Good(f"{kind} of orientation {turn}", lambda k=kind, t=turn: turned(k, t), UPRIGHT_QUARTERS)
        for kind in ("JPEG", "PNG", "WEBP", "TIFF")
        for turn in range(1, 9)
    ),
]


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_an_odd_photo_is_read_right(case: Good):
    photo = read_photo(case.build())

    assert photo.image.mode == "RGB"
    assert photo.size == Size(*case.size)
    for (x, y), colour in case.pixels.items():
        seen: Any = photo.image.getpixel((int(x * case.size[0]), int(y * case.size[1])))
        off = max(abs(a - b) for a, b in zip(seen, colour, strict=True))
        assert off <= case.tolerance, (x, y, seen, colour)
    assert case.notes in " ".join(photo.notes)
    assert bool(case.notes) == bool(photo.notes)
    assert photo.image.info == {}


DAMAGED = "damaged or cut short"
BAD: list[tuple[str, Callable[[], bytes], str]] = [
    ("nothing", lambda: b"", "empty"),
    ("one byte", lambda: b"\xff", "not a photo"),
    ("text", "Dear bot,\nhere is my photo.\n".encode, "text"),
    ("Korean text", "발을 그려 주세요".encode, "text"),
    ("zeros", lambda: bytes(5000), "not a photo"),
    ("SVG", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
    (
        "SVG that asks for a file",
        lambda: (
            b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
            b"<svg>&x;</svg>"
        ),
        "SVG",
    ),
    ("EPS", lambda: save(quarters(), "EPS"), "EPS"),
    ("PDF", lambda: save(quarters(), "PDF"), "PDF"),
    ("ICO", lambda: save(flat("RGB", RED, (64, 64)), "ICO"), "not a photo"),
    ("PPM", lambda: save(quarters(), "PPM"), "not a photo"),
    ("JPEG 2000", lambda: save(quarters(), "JPEG2000"), "JPEG 2000"),
    ("ZIP", lambda: b"PK\x03\x04" + bytes(60), "ZIP"),
    ("Photoshop", lambda: b"8BPS" + bytes(60), "Photoshop"),
    ("HEIC", heic, "HEIC.*JPEG"),
    ("HEIC under its general name", lambda: heic(b"mif1"), "HEIC.*JPEG"),
    ("video", lambda: heic(b"isom"), "video"),
    ("1 x 1", lambda: save(flat("RGB", RED, (1, 1)), "PNG"), "only 1 x 1"),
    ("32 x 32", lambda: save(flat("RGB", RED, (32, 32)), "PNG"), "only 32 x 32"),
    ("20000 x 10", lambda: save(flat("RGB", RED, (20000, 10)), "PNG"), "only 20000 x 10"),
    ("1 x 4000", lambda: save(flat("RGB", RED, (1, 4000)), "PNG"), "only 1 x 4000"),
    ("4000 x 100", lambda: save(flat("L", 0, (4000, 100)), "PNG"), "strip of 4000 x 100"),
    ("60 megapixels", lambda: bomb_png(10000, 6000), "at most 40 megapixels"),
    ("100 megapixels", lambda: bomb_png(10000, 10000), "at most 40 megapixels"),
    ("a bomb of 30000 x 30000", lambda: bomb_png(30000, 30000), "at most 40 megapixels"),
    ("a small GIF with a large frame", gif_with_large_frame, "at most 40 megapixels"),
    ("a PNG of 16384 x 65535", lambda: png(16384, 65535, b""), "at most 40 megapixels"),
    ("a TIFF of one giant tile", giant_tile, "intricately"),
    ("a JPEG of 200 scans", many_scans, "intricately"),
    ("only a BMP's header", bmp_header_only, DAMAGED),
    (
        "a PNG with a broken checksum",
        lambda: save(quarters(), "PNG").replace(b"IDAT", b"IDAU"),
        DAMAGED,
    ),
    ("a PNG with no pixels", lambda: png(WIDTH, HEIGHT, b""), DAMAGED),
    ("a JPEG with only a start", lambda: b"\xff\xd8\xff\xe0", DAMAGED),
    ("a PNG that says 0 x 0", lambda: png(0, 0, b""), "send"),
    *(
        (f"{kind} cut at {share:.0%}", cut(kind, share), DAMAGED)
        for kind in ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF")
        for share in (0.1, 0.3, 0.6, 0.95)
    ),
]


@pytest.mark.parametrize(
    ("build", "sentence"), [(b, s) for _, b, s in BAD], ids=[n for n, *_ in BAD]
)
def test_what_cannot_be_used_is_refused_with_one_sentence(
    build: Callable[[], bytes], sentence: str
):
    with pytest.raises(PhotoError, match=sentence) as refusal:
        read_photo(build())
    said = str(refusal.value)
    assert said.endswith(".")
    assert ". " not in said
    assert any(word in said for word in ("send", "save it"))
    assert not any(word in said for word in ("Error", "Traceback", "0x", "PIL"))


def test_a_file_of_too_many_bytes_is_not_even_looked_at():
    with pytest.raises(PhotoError, match=r"65 MB and I take at most 64; .* JPEG"):
        read_photo(bytes(MAX_BYTES + 10**6))


def test_the_decoders_own_complaint_is_kept_as_the_cause():
    with pytest.raises(PhotoError) as refusal:
        read_photo(cut("JPEG", 0.5)())
    assert isinstance(refusal.value.__cause__, OSError)


def test_random_damage_never_raises_anything_but_a_photo_error():
    dice = np.random.default_rng(7)
    kinds = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF")
    for file in (save(quarters(), kind) for kind in kinds):
        for _ in range(40):
            data = bytearray(file)
            for place in dice.integers(0, min(len(data), 2000), dice.integers(1, 8)):
                data[place] = dice.integers(0, 256)
            try:
                assert read_photo(bytes(data)).image.mode == "RGB"
            except PhotoError:
                continue


def test_the_name_of_the_format_is_what_the_file_is():
    assert read_photo(save(quarters(), "WEBP")).format == "WebP"
    assert read_photo(moving("MPO")).format == "JPEG"


def test_secrets_of_the_camera_do_not_reach_our_files():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("place", "37.5665 N")
    exif = Image.Exif()
    exif[0x010E] = "my house"
    photo = read_photo(save(quarters(), "PNG", pnginfo=notes, exif=exif))
    for data in (encode_png(photo.image), encode_jpeg(photo.image)):
        assert b"37.5665" not in data
        assert b"my house" not in data


def test_png_loses_nothing_and_jpeg_little():
    pixels = np.random.default_rng(0).integers(0, 256, (50, 70, 3), np.uint8)
    image = Image.fromarray(pixels)
    assert (np.asarray(Image.open(BytesIO(encode_png(image)))) == pixels).all()
    smooth = image.resize((8, 8)).resize((64, 64), Image.Resampling.BICUBIC)
    back = np.asarray(Image.open(BytesIO(encode_jpeg(smooth))), dtype=np.int16)
    assert np.abs(back - np.asarray(smooth)).mean() < 2
    assert len(encode_jpeg(smooth, quality=50)) < len(encode_jpeg(smooth, quality=95))


def test_a_file_is_written_whole(tmp_path: Path):
    path = tmp_path / "result.png"
    write_file(path, b"old")
    write_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o644
    assert [file.name for file in tmp_path.iterdir()] == ["result.png"]


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(tmp_path: Path):
    path = tmp_path / "result.png"
    write_file(path, b"old")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limit[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            write_file(path, bytes(100_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["result.png"]


# The largest that is accepted of each kind, and the largest bombs, each in a process of its own.
READ_AND_MEASURE = """
import sys
from pathlib import Path
from pipeline.errors import PhotoError
from pipeline.photo import read_photo
try:
    print(read_photo(Path(sys.argv[1]).read_bytes()).size.area)
except PhotoError as error:
    print(error)
# Not getrusage: its peak is inherited from the process that started this one.
print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""
LARGEST = (8000, 5000)


def large(mode: str, kind: str, **options: Any) -> Callable[[], bytes]:
    return lambda: save(flat(mode, 0 if mode in ("F", "I;16") else None, LARGEST), kind, **options)


def turned_large() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return save(flat("RGB", RED, LARGEST), "JPEG", exif=exif)


@pytest.mark.parametrize(
    "build",
    [
        large("RGB", "JPEG", progressive=True, subsampling=0, icc_profile=swapped_profile()),
        large("CMYK", "JPEG", progressive=True),
        large("RGBA", "PNG", compress_level=1, icc_profile=swapped_profile()),
        large("RGBA", "WEBP", lossless=True, method=0),
        large("RGB", "AVIF", speed=10, subsampling="4:4:4"),
        large("F", "TIFF", compression="tiff_adobe_deflate"),
        large("I;16", "PNG", compress_level=1),
        turned_large,
        lambda: bomb_png(30000, 30000),
        gif_with_large_frame,
        giant_tile,
    ],
    ids=[
        "jpeg",
        "cmyk",
        "rgba",
        "webp",
        "avif",
        "floats",
        "16bit",
        "turned",
        "bomb",
        "gif",
        "tile",
    ],
)
def test_the_largest_photos_and_bombs_stay_below_the_memory_bound(
    build: Callable[[], bytes], tmp_path: Path
):
    path = tmp_path / "photo"
    path.write_bytes(build())
    done = subprocess.run(
        [sys.executable, "-c", READ_AND_MEASURE, str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    said, kilobytes = done.stdout.splitlines()
    assert said == str(LARGEST[0] * LARGEST[1]) or said.endswith(".")
    assert int(kilobytes) / 1e6 < 1.5
    assert done.stderr == ""
