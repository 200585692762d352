"""A request with the pictures that it refers to, ready for an engine; and what the engine gave."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Protocol

from PIL import Image

from pipeline.canvas import count_changed
from pipeline.errors import PhotoError
from pipeline.jobs import (
    Method,
    Prepared,
    PrepareJob,
    Refined,
    RefineJob,
    RepaintJob,
    Report,
    Settings,
    Version,
)
from pipeline.photo import encode_png, read_photo
from pipeline.quality import SEEDS, Score
from pipeline.wire import Base, Kind, Painted, Painting, Stored

GONE = "That photo is not kept any more. Send it again to go on with it."


class Paints(Protocol):
    """What carries jobs out; `pipeline.gpu.engine.Engine` is one."""

    def prepare(self, job: PrepareJob, report: Report) -> Prepared: ...

    def refine(self, job: RefineJob, report: Report) -> Refined: ...

    def repaint(self, job: RepaintJob, report: Report) -> Refined: ...

    def free_memory(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One picture, finished.

    Attributes:
        file: A PNG of it.
        version: What it is.
        seed: Its own.
        changed: How many of the photo's pixels differ; counted.
        score: How well it shows whom it shall.
        notes: Sentences for the person.
    """

    file: bytes
    version: Version
    seed: int
    changed: int
    score: Score | None
    notes: tuple[str, ...]

    def painted(self, stored: Stored) -> Painted:
        """Say where it is stored."""
        return Painted(
            picture=stored,
            canvas=self.version.canvas,
            people=self.version.skeletons,
            caption=self.version.caption,
            seed=self.seed,
            changed=self.changed,
            score=self.score,
        )


@dataclass(frozen=True, slots=True)
class Commission:
    """What to paint, with the files that it takes.

    Attributes:
        painting: What was asked for.
        photo: The file as it was sent.
        base: The picture to change, a file too; None for a photo that is yet to be completed.
        mask: A PNG that was drawn, white where to paint anew; None for where the limbs are.
    """

    painting: Painting
    photo: bytes
    base: bytes | None = None
    mask: bytes | None = None

    def paint(self, engine: Paints, number: int, report: Report) -> Delivery:
        """Paint one variant, from 0. Takes long; for a thread.

        Raises:
            StudioError: It cannot be painted; the sentence says why.
        """
        settings = self.painting.settings
        settings = replace(settings, seed=(settings.seed + number) % SEEDS)
        made = self._made(engine, settings, report)
        version = made.version
        return Delivery(
            file=encode_png(version.picture),
            version=version,
            seed=settings.seed,
            changed=count_changed(
                version.picture, version.photo, version.canvas, band=settings.band
            ),
            score=made.score,
            notes=made.notes if isinstance(made, Prepared) else (),
        )

    def _made(self, engine: Paints, settings: Settings, report: Report) -> Prepared | Refined:
        asked = self.painting
        if asked.base is None or self.base is None:
            job = PrepareJob(
                photo=self.photo,
                extension=asked.extension,
                caption=asked.caption,
                settings=settings,
            )
            return engine.prepare(job, report)
        version = self._version(asked.base, self.base)
        if asked.kind is Kind.REPAINT:
            method = settings.method
            if method is Method.CONTROLNET:  # what was ordered before there were several forms
                method = Method.RENOISE
            job = RepaintJob(version=version, settings=settings, method=method)
            return engine.repaint(job, report)
        job = RefineJob(
            version=version,
            skeletons=asked.people,
            settings=settings,
            mask=_picture(self.mask).convert("L") if self.mask is not None else None,
        )
        return engine.refine(job, report)

    def _version(self, base: Base, file: bytes) -> Version:
        return Version(
            picture=_picture(file).convert("RGB"),
            photo=read_photo(self.photo).image,
            canvas=base.canvas,
            skeletons=base.people,
            caption=self.painting.caption or base.caption,
        )


async def fetched(painting: Painting, get: Callable[[str], Awaitable[bytes]]) -> Commission:
    """Fetch the files that a painting refers to.

    Raises:
        PhotoError: One of them is not kept any more.
    """
    try:
        photo = await get(painting.photo)
        base = await get(painting.base.picture) if painting.base else None
        mask = await get(painting.mask) if painting.mask else None
    except KeyError as error:
        raise PhotoError(GONE) from error
    return Commission(painting, photo, base, mask)


def _picture(file: bytes) -> Image.Image:
    """Read a PNG of our own, which may be as large as a canvas."""
    with Image.open(BytesIO(file), formats=["PNG"]) as opened:
        opened.load()
        return opened
