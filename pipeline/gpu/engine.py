"""Carries jobs out on loaded models: the whole way of a photo, of a refine and of a repaint."""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from PIL import Image

from pipeline.canvas import Canvas, Painted, compose, paste_masked, place, unknown_mask
from pipeline.errors import EditError
from pipeline.geometry import Box, Size
from pipeline.gpu.caption import caption
from pipeline.gpu.models import Models, free_memory
from pipeline.gpu.paint import Brush, Stroke, paint
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
from pipeline.masks import FEATHER, feathered, refine_mask, within_painted
from pipeline.matching import merge
from pipeline.photo import read_photo
from pipeline.plan import plan_canvas
from pipeline.profiles import Profile
from pipeline.quality import Score, score, try_seed
from pipeline.skeleton import Skeleton
from pipeline.windows import Layout
from pipeline.wording import dressed, without_framing

People = tuple[Skeleton, ...]


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
        sheet = _Sheet(
            stage=Stage.OUTPAINT,
            picture=placed,
            mask=unknown_mask(plan.canvas),
            people=plan.skeletons,
            brush=_brush(words, job.settings),
            finish=lambda painted: compose(
                _whole(painted), photo, plan.canvas, band=job.settings.band
            ),
        )
        take = self._best(sheet, job.settings.best, clock)
        version = Version(
            picture=take.picture,
            photo=photo,
            canvas=plan.canvas,
            skeletons=merge(plan.skeletons, take.detected),
            caption=words,
        )
        return Prepared(
            version=version,
            placed=placed,
            planned=plan.skeletons,
            detected=take.detected,
            notes=(*read.notes, *plan.notes),
            windows=_on_canvas(take.layout, plan.canvas),
            seconds=clock.seconds,
            score=take.score,
        )

    def refine(self, job: RefineJob, report: Report = silent) -> Refined:
        """Paint the limbs that moved anew under ControlNet; everything else stays byte for byte.

        Raises:
            EditError: There is nothing that may be painted.
        """
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
        sheet = _part_of(version, mask, job.skeletons, brush)
        return self._refined(sheet, version, job.settings.best, report)

    def repaint(self, job: RepaintJob, report: Report = silent) -> Refined:
        """Put noise on the painted part, up to a level, and take it off again, without a pose.

        The known pixels are put back at each step and pasted at the end, byte for byte.

        Raises:
            EditError: The picture is all photo.
        """
        version = job.version
        mask = unknown_mask(version.canvas)
        if mask.getbbox() is None:
            raise EditError("Nothing of this picture was painted, so there is nothing to repaint.")
        brush = replace(
            _brush(version.caption, job.settings),
            strength=job.strength,
            posed=False,
            put_back=True,
        )
        sheet = _Sheet(
            stage=Stage.REFINE,
            picture=version.picture,
            mask=mask,
            people=version.skeletons,
            brush=brush,
            finish=lambda painted: compose(
                _whole(painted), version.photo, version.canvas, band=job.settings.band
            ),
        )
        return self._refined(sheet, version, job.settings.best, report, corrects=True)

    def free_memory(self) -> None:
        """Give back what is not in use, after a job that ran out of memory."""
        free_memory()

    def _refined(
        self,
        sheet: "_Sheet",
        version: Version,
        best: int,
        report: Report,
        *,
        corrects: bool = False,
    ) -> Refined:
        clock = _Clock(report)
        take = self._best(sheet, best, clock)
        people = merge(sheet.people, take.detected) if corrects else sheet.people
        return Refined(
            version=replace(version, picture=take.picture, skeletons=people),
            mask=sheet.mask,
            windows=_on_canvas(take.layout, version.canvas),
            seconds=clock.seconds,
            score=take.score,
        )

    def _best(self, sheet: "_Sheet", tries: int, clock: "_Clock") -> "_Take":
        """Paint a number of times and keep the picture with the best score, the first of equals."""
        best = self._take(sheet, clock, 0, tries)
        for number in range(1, tries):
            take = self._take(sheet, clock, number, tries)
            best = max(best, take, key=lambda taken: taken.score.total if taken.score else 0.0)
        return best

    def _take(self, sheet: "_Sheet", clock: "_Clock", number: int, tries: int) -> "_Take":
        brush = replace(sheet.brush, seed=try_seed(sheet.brush.seed, number))
        strokes = paint(self.models, sheet.picture, sheet.mask, sheet.people, brush)
        painted, layout = clock.follow(sheet.stage, strokes, number, tries)
        picture = sheet.finish(painted)
        with clock.stage(Stage.DETECT):
            detected = tuple(self.models.detector.detect(picture))
        return _Take(picture, detected, layout, score(sheet.people, detected, Size(*picture.size)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """What is to be painted, and how a painted frame becomes a picture.

    Attributes:
        stage: As what it is reported.
        picture: RGB, the whole canvas.
        mask: `L`, white where pixels are to be new.
        people: Whom it shall show.
        brush: How, with the seed of the first try.
        finish: Puts back what may not change.
    """

    stage: Stage
    picture: Image.Image
    mask: Image.Image
    people: People
    brush: Brush
    finish: Callable[[Image.Image], Image.Image]


@dataclass(frozen=True, slots=True)
class _Take:
    """One try: the finished picture and what the detector makes of it."""

    picture: Image.Image
    detected: People
    layout: Layout
    score: Score | None


def _part_of(version: Version, mask: Image.Image, people: People, brush: Brush) -> _Sheet:
    """Paint a part of a version; it runs softly into the rest, on its own side."""
    soft = _soft(mask, people)
    return _Sheet(
        stage=Stage.REFINE,
        picture=version.picture,
        mask=mask,
        people=people,
        brush=brush,
        finish=lambda painted: paste_masked(version.picture, _whole(painted), soft),
    )


def _brush(words: str, settings: Settings) -> Brush:
    return Brush(
        caption=dressed(words, garment=settings.garment, footwear=settings.footwear),
        seed=settings.seed,
        steps=settings.steps,
        guidance=settings.guidance,
        posed=settings.posed,
        quality=settings.quality,
    )


def _whole(picture: Image.Image) -> Painted:
    return Painted(picture, Box.of(Size(*picture.size)))


def _soft(mask: Image.Image, people: People) -> Image.Image:
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
        self._add(stage, begun)
        self._report(Progress(stage, 1, 1))

    def follow(
        self, stage: Stage, strokes: Iterator[Stroke], number: int, tries: int
    ) -> tuple[Image.Image, Layout]:
        """Drive a painter to its end, reporting each step; return the picture and its layout.

        Args:
            stage: As what it is reported.
            strokes: What the painter yields.
            number: Which try this is, from 0.
            tries: Of how many; steps are counted through all of them.
        """
        begun = time.perf_counter()
        for stroke in strokes:
            done, steps = number * stroke.steps + stroke.step, tries * stroke.steps
            self._report(Progress(stage, done, steps, stroke.look))
            if stroke.picture is not None:
                self._add(stage, begun)
                return stroke.picture, stroke.layout
        raise RuntimeError("the painter ended without a picture")

    def _add(self, stage: Stage, begun: float) -> None:
        spent = self.seconds.get(stage.value, 0.0) + time.perf_counter() - begun
        self.seconds[stage.value] = round(spent, 3)
