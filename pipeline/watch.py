"""Watches a job from within its thread: how far it is, how it looks, whether it shall end."""

import time
from collections.abc import Callable
from io import BytesIO
from typing import Protocol

from PIL import Image

from pipeline.jobs import Progress, Stage

BETWEEN_NEWS = 0.2  # seconds; a change of stage is told at once
BETWEEN_PREVIEWS = 1.0  # seconds
LARGEST_PREVIEW = 40_000  # bytes
_QUALITIES = (82, 70, 55, 40, 25)  # of JPEG, tried in turn


class Stopped(Exception):
    """The job shall not go on. No `StudioError`: there is nothing to be said about it."""


class Take(Protocol):
    """Takes progress in, with a JPEG of it at times."""

    def __call__(self, stage: Stage, step: int, steps: int, preview: bytes | None) -> None: ...


class Watch:
    """A job's `Report`: thins out its progress, and ends it when it is not wanted any more.

    Steps are counted through all variants of a job.
    """

    def __init__(self, take: Take, stopped: Callable[[], bool], number: int, count: int) -> None:
        """Watch one variant.

        Args:
            take: Told of progress.
            stopped: Tells whether the job shall end.
            number: Which variant this is, from 0.
            count: Of how many.
        """
        self._take = take
        self._stopped = stopped
        self._number = number
        self._count = count
        self._stage: Stage | None = None
        self._told_at = 0.0
        self._shown_at = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        """Tell of progress, if it is time to.

        Raises:
            Stopped: The job shall end.
        """
        if self._stopped():
            raise Stopped
        now = time.monotonic()
        if progress.stage is self._stage and now - self._told_at < BETWEEN_NEWS:
            return
        self._stage, self._told_at = progress.stage, now
        steps = progress.steps * self._count
        done = progress.steps * self._number + progress.step
        self._take(progress.stage, done, steps, self._preview(progress, now))

    def _preview(self, progress: Progress, now: float) -> bytes | None:
        if progress.look is None or now - self._shown_at < BETWEEN_PREVIEWS:
            return None
        self._shown_at = now
        return small_jpeg(progress.look())


def small_jpeg(image: Image.Image) -> bytes:
    """Write a small picture in `LARGEST_PREVIEW` bytes at most."""
    while True:
        for quality in _QUALITIES:
            buffer = BytesIO()
            image.save(buffer, "JPEG", quality=quality)
            if buffer.tell() <= LARGEST_PREVIEW:
                return buffer.getvalue()
        image = image.resize((max(1, image.width // 2), max(1, image.height // 2)))
