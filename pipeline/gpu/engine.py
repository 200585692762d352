"""Carries jobs out on loaded models: the whole way of a photo, and of a refine."""

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace

from PIL import Image

from pipeline.canvas import Canvas, compose, paste_masked, place, unknown_mask
from pipeline.errors import EditError
from pipeline.geometry import Box, Size
from pipeline.gpu.caption import caption
from pipeline.gpu.models import Models
from pipeline.gpu.paint import Brush, Stroke, paint
from pipeline.jobs import (
    Prepared,
    PrepareJob,
    Progress,
    Refined,
    RefineJob,
    Report,
    Settings,
    Stage,
    Version,
)
from pipeline.masks import FEATHER, feathered, refine_mask, within_painted
from pipeline.matching import merge
from pipeline.photo import read_photo
from pipeline.plan import plan_canvas
from pipeline.profiles import Profile
from pipeline.skeleton import Skeleton
from pipeline.windows import Layout
from pipeline.wording import without_framing


def silent(_: Progress) -> None:
    """Ignore all progress."""


class Engine:
    """One set of models that works through jobs, one at a time."""

    def __init__(self, models: Models) -> None:
        self.models = models

    @property
    def profile(self) -> Profile:
        return self.models.profile

    def prepare(self, job: PrepareJob, report: Report = silent) -> Prepared:
        """Complete a photo: plan the body, caption, outpaint, detect.

        Raises:
            PhotoError: The photo cannot be used.
            PlanError: There is nobody to complete, or nothing to add.
        """
        clock = _Clock(report)
        with clock.stage(Stage.READ):
            read = read_photo(job.photo)
            photo = read.image
        with clock.stage(Stage.PLAN):
            people = self.models.planner.detect(photo)
            plan = plan_canvas(Size(*photo.size), people, job.extension)
            placed = place(photo, plan.canvas)
        with clock.stage(Stage.CAPTION):
            words = (
                caption(self.models, photo) if job.caption is None else without_framing(job.caption)
            )
        mask = unknown_mask(plan.canvas)
        strokes = paint(self.models, placed, mask, plan.skeletons, _brush(words, job.settings))
        painted, layout = clock.follow(Stage.OUTPAINT, strokes)
        picture = compose(painted, photo, plan.canvas, band=job.settings.band)
        with clock.stage(Stage.DETECT):
            detected = tuple(self.models.detector.detect(picture))
        version = Version(
            picture=picture,
            photo=photo,
            canvas=plan.canvas,
            skeletons=merge(plan.skeletons, detected),
            caption=words,
        )
        return Prepared(
            version=version,
            placed=placed,
            planned=plan.skeletons,
            detected=detected,
            notes=(*read.notes, *plan.notes),
            windows=_on_canvas(layout, plan.canvas),
            seconds=clock.seconds,
        )

    def refine(self, job: RefineJob, report: Report = silent) -> Refined:
        """Paint the limbs that moved anew under ControlNet; everything else stays byte for byte.

        Raises:
            EditError: There is nothing that may be painted.
        """
        clock = _Clock(report)
        version = job.version
        mask = job.mask or refine_mask(version.skeletons, job.skeletons, version.canvas.size)
        if not job.anywhere:
            mask = within_painted(mask, version.canvas)
        if mask.getbbox() is None:
            raise EditError(
                "Nothing of the painted part would change. Move a leg joint first, "
                "or allow the photo itself to be painted over."
            )
        brush = _brush(version.caption, job.settings)
        strokes = paint(self.models, version.picture, mask, job.skeletons, brush)
        painted, layout = clock.follow(Stage.REFINE, strokes)
        return Refined(
            version=replace(
                version,
                picture=paste_masked(version.picture, painted, _soft(mask, job.skeletons)),
                skeletons=job.skeletons,
            ),
            mask=mask,
            windows=_on_canvas(layout, version.canvas),
            seconds=clock.seconds,
        )


def _brush(words: str, settings: Settings) -> Brush:
    return Brush(
        caption=words,
        seed=settings.seed,
        steps=settings.steps,
        guidance=settings.guidance,
        posed=settings.posed,
    )


def _soft(mask: Image.Image, people: tuple[Skeleton, ...]) -> Image.Image:
    torso = max((person.torso or 0.0 for person in people), default=0.0)
    return feathered(mask, radius=FEATHER * torso)


def _on_canvas(layout: Layout, canvas: Canvas) -> tuple[Box, ...]:
    """Tell the windows in canvas pixels, cut off where the frame was padded."""
    whole = Box.of(canvas.size)
    return tuple(
        Box.from_edges(*(round(edge / layout.scale) for edge in window.edges)).within(whole)
        for window in layout.windows
    )


class _Clock:
    """Reports the stages of one job and adds up their seconds."""

    def __init__(self, report: Report) -> None:
        self.seconds: dict[str, float] = {}
        self._report = report

    @contextmanager
    def stage(self, stage: Stage) -> Generator[None]:
        self._report(Progress(stage, 0, 1))
        begun = time.perf_counter()
        yield
        self.seconds[stage.value] = round(time.perf_counter() - begun, 3)
        self._report(Progress(stage, 1, 1))

    def follow(self, stage: Stage, strokes: Iterator[Stroke]) -> tuple[Image.Image, Layout]:
        """Drive a painter to its end, reporting each step; return the picture and its layout."""
        begun = time.perf_counter()
        for stroke in strokes:
            self._report(Progress(stage, stroke.step, stroke.steps))
            if stroke.picture is not None:
                self.seconds[stage.value] = round(time.perf_counter() - begun, 3)
                return stroke.picture, stroke.layout
        raise RuntimeError("the painter ended without a picture")
