"""An engine that behaves like the real one in a few milliseconds, and can be told not to."""

import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from io import BytesIO

from PIL import Image

from pipeline.canvas import Canvas, unknown_mask
from pipeline.geometry import Box, Size
from pipeline.jobs import (
    Prepared,
    PrepareJob,
    Progress,
    Refined,
    RefineJob,
    RepaintJob,
    Report,
    Settings,
    Stage,
    Version,
)
from pipeline.photo import read_photo
from pipeline.quality import Score
from tests.pipeline.people import whole_person

GROWN = 0.6  # of the photo's height: how far it is extended, whatever was asked for


def photo_bytes(width: int = 160, height: int = 200, colour: str = "teal") -> bytes:
    """A JPEG as somebody might send one."""
    buffer = BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "JPEG")
    return buffer.getvalue()


@dataclass
class FakeEngine:
    """Extends photos by a flat colour that depends on the seed; the photo stays byte for byte.

    Attributes:
        steps: Of each picture.
        pace: Seconds that a step takes.
        raises: What the next jobs raise at their first step, one each.
        dies: Whether the next job kills the process, without a word.
        hold: While it is cleared, jobs stand still before their first step.
        began: Told of each job that begins.
    """

    steps: int = 4
    pace: float = 0.0
    raises: list[Exception] = field(default_factory=list[Exception])
    dies: bool = False
    hold: threading.Event = field(default_factory=threading.Event)
    began: Callable[[object], None] = lambda _: None
    freed: int = 0

    def __post_init__(self) -> None:
        self.hold.set()

    def prepare(self, job: PrepareJob, report: Report) -> Prepared:
        self.began(job)
        report(Progress(Stage.READ, 0, 1))
        photo = read_photo(job.photo).image
        size = Size(photo.width, round(photo.height * (1 + GROWN)))
        canvas = Canvas(size, Box(0, 0, photo.width, photo.height))
        people = (whole_person(height=0.95 * size.height, middle=size.width / 2),)
        picture = self._paint(
            Stage.OUTPAINT, Image.new("RGB", (size.width, size.height)), job.settings, report
        )
        picture.paste(photo, (0, 0))
        version = Version(
            picture=picture,
            photo=photo,
            canvas=canvas,
            skeletons=people,
            caption=job.caption or "a person in a plain room",
        )
        report(Progress(Stage.DETECT, 0, 1))
        return Prepared(
            version=version,
            planned=people,
            detected=people,
            notes=(),
            windows=(),
            score=Score(oks=1.0, legs=2, planned=2, toes=1.0),
        )

    def refine(self, job: RefineJob, report: Report) -> Refined:
        self.began(job)
        return self._again(replace(job.version, skeletons=job.skeletons), job.settings, report)

    def repaint(self, job: RepaintJob, report: Report) -> Refined:
        self.began(job)
        return self._again(job.version, job.settings, report)

    def free_memory(self) -> None:
        self.freed += 1

    def _again(self, version: Version, settings: Settings, report: Report) -> Refined:
        mask = unknown_mask(version.canvas)
        painted = self._paint(Stage.REFINE, version.picture, settings, report)
        picture = Image.composite(painted, version.picture, mask)
        return Refined(version=replace(version, picture=picture), windows=())

    def _paint(
        self, stage: Stage, picture: Image.Image, settings: Settings, report: Report
    ) -> Image.Image:
        colour = tuple(settings.seed * factor % 256 for factor in (37, 101, 59))
        for step in range(self.steps):
            report(Progress(stage, step, self.steps, partial(Image.new, "RGB", (64, 96), colour)))
            while not self.hold.wait(0.01):
                report(Progress(stage, step, self.steps))
            self._misbehave()
            time.sleep(self.pace)
        report(Progress(stage, self.steps, self.steps))
        return Image.new("RGB", picture.size, colour)

    def _misbehave(self) -> None:
        if self.dies:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.raises:
            raise self.raises.pop(0)
