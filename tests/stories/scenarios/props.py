"""What is sent in scenarios, and who paints."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial

from PIL import Image

from pipeline.jobs import Prepared, PrepareJob, Report
from tests.bot.fakes import FakeEngine, photo_bytes
from tests.pipeline import odd_files as odd
from tests.pipeline.people import whole_person
from tests.telegram.pictures import photo_sizes


@dataclass
class Painter(FakeEngine):
    """Finds one person in a portrait, two in a landscape, and nobody in a square."""

    def prepare(self, job: PrepareJob, report: Report) -> Prepared:
        found = FakeEngine.prepare(self, job, report)
        photo, size = found.version.photo, found.version.picture.size
        if photo.width < photo.height:
            return found
        middles = () if photo.width == photo.height else (0.3 * size[0], 0.7 * size[0])
        people = tuple(whole_person(height=0.9 * size[1], middle=middle) for middle in middles)
        version = replace(found.version, skeletons=people)
        return replace(found, version=version, planned=people, detected=people)


def _photo(width: int, height: int, colour: str) -> bytes:
    """A photo as Telegram keeps it, so that it is the same file at every platform."""
    return as_telegram_shows(photo_bytes(width, height, colour))


@lru_cache(maxsize=64)
def as_telegram_shows(picture: bytes) -> bytes:
    """Encode a picture as Telegram does when it is sent as a photo."""
    return photo_sizes(picture)[-1][0]


PHOTOS: Mapping[str, Callable[[], bytes]] = {
    "photo": partial(_photo, 160, 200, "teal"),
    "another photo": partial(_photo, 150, 200, "navy"),
    "photo of two": partial(_photo, 240, 200, "olive"),
    "photo of nobody": partial(_photo, 200, 200, "gray"),
}
FILES: Mapping[str, Callable[[], bytes]] = {
    "plain.png": lambda: odd.save(Image.new("RGB", (160, 200), "teal"), "PNG"),
    "turned.jpg": partial(odd.turned, "JPEG", 6),
    "palette.png": odd.palette_with_alpha,
    "ink.jpg": partial(odd.cmyk_jpeg, (10, 20, 30, 40)),
    "moving.gif": partial(odd.moving, "GIF"),
    "empty.jpg": lambda: b"",
    "words.jpg": lambda: b"this is no photo",
    "cut.jpg": odd.cut("JPEG", 0.4),
    "bomb.png": partial(odd.bomb_png, 30_000, 30_000),
    "phone.heic": odd.heic,
    "scans.jpg": odd.many_scans,
    "tiny.png": lambda: odd.save(odd.flat("RGB", odd.RED, (20, 20)), "PNG"),
    "strip.png": lambda: odd.save(odd.flat("RGB", odd.RED, (2000, 64)), "PNG"),
}


@cache
def content_of(name: str) -> bytes:
    """Make what is sent under a name, once."""
    return (PHOTOS.get(name) or FILES[name])()
