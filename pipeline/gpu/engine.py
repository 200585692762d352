"""Carries jobs out on loaded models: the whole way of a photo, of a refine and of a repaint."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PIL import Image

from pipeline.canvas import Canvas, kept_box
from pipeline.errors import EditError
from pipeline.geometry import Box, Size
from pipeline.gpu.caption import caption
from pipeline.gpu.clock import Clock, FollowPart, FollowTry, Last
from pipeline.gpu.coats import Coat, outpainting, refining, renoising
from pipeline.gpu.memory import sparing
from pipeline.gpu.models import Models, free_memory
from pipeline.gpu.paint import Brush, People
from pipeline.gpu.painters import paint_by_method
from pipeline.jobs import (
    REPAINT_STRENGTH,
    Method,
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
from pipeline.masks import refine_passes
from pipeline.matching import merge
from pipeline.photo import read_photo
from pipeline.plan import plan_canvas
from pipeline.profiles import Profile
from pipeline.quality import Score, appraise, try_seed
from pipeline.windows import Layout, WindowLimits
from pipeline.wording import dressed, without_framing


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
        clock, settings = Clock(report), job.settings
        with clock.stage(Stage.READ):
            read = read_photo(job.photo)
            photo = read.image
        with clock.stage(Stage.PLAN):
            people = self.models.planner.detect(photo)
            plan = plan_canvas(Size(*photo.size), people, job.extension)
        with clock.stage(Stage.CAPTION):
            words = (
                caption(self.models, photo) if job.caption is None else without_framing(job.caption)
            )
        brush, whom = _brush(words, settings), plan.skeletons
        coats = [outpainting(photo, plan.canvas, whom, brush, settings)]
        if settings.method is Method.RENOISE:
            coats.append(
                renoising(photo, plan.canvas, whom, brush, settings, strength=REPAINT_STRENGTH)
            )
        take = self._best(Stage.OUTPAINT, coats, settings.best, clock, plan.canvas)
        version = Version(
            picture=take.picture,
            photo=photo,
            canvas=plan.canvas,
            skeletons=merge(whom, take.detected),
            caption=words,
        )
        return Prepared(
            version=version,
            planned=whom,
            detected=take.detected,
            notes=(*read.notes, *plan.notes),
            windows=take.windows,
            passes=take.passes,
            stances=plan.likelihoods,
            seconds=clock.seconds,
            score=take.score,
        )

    def refine(self, job: RefineJob, report: Report = silent) -> Refined:
        """Paint the limbs that moved anew under ControlNet; everything else stays byte for byte.

        Where a person said which leg is in front, the back leg is painted first.

        Raises:
            EditError: There is nothing that may be painted.
        """
        version = job.version
        passes = refine_passes(
            version.skeletons,
            job.skeletons,
            version.canvas,
            drawn=job.mask,
            anywhere=job.anywhere,
        )
        brush = _brush(version.caption, job.settings)
        if brush.method is not Method.REPAINT:  # the others know no pose, or are a second coat
            brush = replace(brush, method=Method.CONTROLNET)
        coats = [refining(version, part, brush) for part in passes]
        clock = Clock(report)
        take = self._best(Stage.REFINE, coats, job.settings.best, clock, version.canvas)
        return _refined(version, take, job.skeletons, clock)

    def repaint(self, job: RepaintJob, report: Report = silent) -> Refined:
        """Paint the painted part anew by the second method.

        Raises:
            EditError: The picture is all photo.
        """
        version, settings = job.version, replace(job.settings, method=job.method)
        canvas, photo = version.canvas, version.photo
        if kept_box(canvas) == Box.of(canvas.size):
            raise EditError("Nothing of this picture was painted, so there is nothing to repaint.")
        brush, people = _brush(version.caption, settings), version.skeletons
        if job.method is Method.RENOISE:
            fresh = renoising(photo, canvas, people, brush, settings, strength=job.strength)
        else:
            fresh = outpainting(photo, canvas, people, brush, settings)
        clock = Clock(report)
        take = self._best(
            Stage.REFINE, [fresh], settings.best, clock, canvas, picture=version.picture
        )
        return _refined(version, take, merge(people, take.detected), clock)

    def free_memory(self) -> None:
        """Give back what is not in use, after a job that ran out of memory."""
        free_memory()

    def _best(
        self,
        stage: Stage,
        coats: Sequence[Coat],
        tries: int,
        clock: Clock,
        canvas: Canvas,
        *,
        picture: Image.Image | None = None,
    ) -> "_Take":
        """Paint a number of times and keep the picture with the best score, the first of equals."""
        takes = (
            self._take(coats, clock.counting(stage, number, tries), canvas, picture)
            for number in range(tries)
        )
        return max(takes, key=lambda taken: taken.score.total if taken.score else 0.0)

    def _take(
        self, coats: Sequence[Coat], follow: FollowTry, canvas: Canvas, picture: Image.Image | None
    ) -> "_Take":
        windows: list[Box] = []
        passes: list[Layout] = []
        for index, coat in enumerate(coats):
            brush = replace(coat.brush, seed=try_seed(coat.brush.seed, follow.number))
            last = self._laid(replace(coat, brush=brush), picture, follow.part(index, len(coats)))
            picture = coat.finish(picture, last.painted)
            finest = last.layouts[-1]
            windows += [finest.on_canvas(window) for window in finest.windows]
            passes += last.layouts
        if picture is None:
            raise ValueError("no coat was painted")
        with follow.clock.stage(Stage.DETECT):
            detected = tuple(self.models.detector.detect(picture))
        scored = appraise(picture, canvas, coats[-1].people, detected)
        return _Take(picture, detected, tuple(windows), tuple(passes), scored)

    def _laid(self, coat: Coat, picture: Image.Image | None, follow: FollowPart) -> Last:
        """Paint one coat; with smaller windows if memory runs out."""
        sheet, profile = coat.sheet(picture), self.profile

        def painted(limits: WindowLimits) -> Last:
            models = replace(self.models, profile=replace(profile, limits=limits))
            return follow(paint_by_method(models, sheet, coat.people, coat.brush))

        return sparing(painted, profile.limits)


@dataclass(frozen=True, slots=True)
class _Take:
    """One try: the finished picture and what the detector makes of it."""

    picture: Image.Image
    detected: People
    windows: tuple[Box, ...]
    passes: tuple[Layout, ...]
    score: Score | None


def _refined(version: Version, take: _Take, people: People, clock: Clock) -> Refined:
    return Refined(
        version=replace(version, picture=take.picture, skeletons=people),
        windows=take.windows,
        passes=take.passes,
        seconds=clock.seconds,
        score=take.score,
    )


def _brush(words: str, settings: Settings) -> Brush:
    return Brush(
        caption=dressed(
            words, garment=settings.garment, footwear=settings.footwear, floor=settings.floor
        ),
        seed=settings.seed,
        steps=settings.steps,
        guidance=settings.guidance,
        posed=settings.posed,
        quality=settings.quality,
        method=settings.method,
    )
