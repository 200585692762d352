"""Who is in the picture, and where are their joints: detectors behind one seam.

All answer in pixels of the picture that they were given, with real scores. What nobody saw is
marked as guessed; correcting guesses is `anatomy`'s work.
"""

import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from PIL import Image

from pipeline import anatomy
from pipeline.errors import ModelError
from pipeline.geometry import Size
from pipeline.gpu import sightings, views
from pipeline.gpu.landmarker import Landmarker, Pixels
from pipeline.gpu.openpose import OpenPoseDetector as OpenPoseDetector
from pipeline.gpu.views import View
from pipeline.skeleton import Skeleton

MEDIAPIPE_MODEL = Path(__file__).parent.parent / "assets" / "pose_landmarker_full.task"
LONGEST_SIDE = 1280  # the networks look at 224 and 256 pixels; larger pictures only cost time
LONG = 1.25  # times as wide as high: such a picture squeezes legs into what it is padded with


class PoseDetector(Protocol):
    """Finds people. Safe to call from several threads."""

    def detect(self, image: Image.Image) -> list[Skeleton]:
        """Find everybody, the largest first.

        Args:
            image: RGB, any size.

        Returns:
            Joints in pixels of `image`; they may lie outside it. Scores in 0..1. Left and right are
            the person's own. Empty when there is nobody.

        Raises:
            ModelError: The detector's weights are missing or damaged.
        """
        ...


class MediaPipeDetector:
    """Google's pose landmarker, which also says where the joints below the frame must be.

    Loads on first use; close it, or use it in a `with` block.
    """

    def __init__(self, model: Path = MEDIAPIPE_MODEL, *, people: int = 4) -> None:
        """Remember what to load.

        Args:
            model: A MediaPipe Tasks bundle (`.task`).
            people: How many to find at most.
        """
        self._people = people
        self._landmarker = Landmarker(model, people=people)
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def load(self) -> None:
        """Load the weights now instead of at the first picture.

        Raises:
            ModelError: They are missing or damaged.
        """
        with self._lock:
            self._landmarker.load()

    def close(self) -> None:
        """Free the network; the next picture loads it again."""
        with self._lock:
            self._landmarker.close()

    def detect(self, image: Image.Image) -> list[Skeleton]:
        """See `PoseDetector.detect`."""
        size = Size(*image.size).scaled(min(1.0, LONGEST_SIDE / max(image.size)))
        small = image.convert("RGB").resize((size.width, size.height), Image.Resampling.BOX)
        pixels = np.asarray(small)
        with self._lock:
            everybody = self._look_around(pixels, size)
            looked = [self._look_again(pixels, size, one) for one in everybody[: self._people]]
        people = [sightings.marked(person, size) for person in sightings.distinct(looked)]
        people = [anatomy.with_small_toes(one) for one in people if sightings.is_somebody(one)]
        people.sort(key=anatomy.stature, reverse=True)
        return [person.mapped(scale=image.width / size.width) for person in people]

    def _look_around(self, pixels: Pixels, size: Size) -> list[Skeleton]:
        """Look at the whole and its parts, and as long as nobody makes sense, in other ways.

        The lower part of a tall picture with somebody in it is their legs alone, and a detector
        that sees only legs imagines a small body on them.
        """
        found = self._landmarker.look(pixels)
        if size.width > size.height or not found:
            found = [*found, *(one for part in views.parts(size) for one in self._at(pixels, part))]
        found = sightings.distinct(found)
        if any(sightings.makes_sense(person, size) for person in found):
            return found
        return self._search(pixels, size, found)

    def _search(self, pixels: Pixels, size: Size, found: list[Skeleton]) -> list[Skeleton]:
        """Look in other ways until two looks agree on somebody; ghosts on their body go."""
        sensible: list[Skeleton] = []
        for view in views.searches(size):
            seen = [one for one in self._at(pixels, view) if sightings.makes_sense(one, size)]
            known = [one for one in seen if sightings.same_of(sensible, one)]
            if known:
                return sightings.distinct([*known, *sightings.apart(found, known)])
            sensible += seen
        return found

    def _look_again(self, pixels: Pixels, size: Size, person: Skeleton) -> Skeleton:
        """Look in other ways at somebody who may be cut off, and take what most looks agree on.

        MediaPipe fits legs into the space that it sees below a body: in a wide picture, padded to a
        square, it squeezes unseen legs into the padding and is sure of them. Now and then it loses
        a body that is cut, but seldom in the same way twice.
        """
        if sightings.has_sure_feet(person):
            return person
        first, *others = views.again(person, size)
        seen = (self._look(pixels, view) for view in others)
        looks = [same for people in seen if (same := sightings.same_of(people, person))]
        if max(size.width, size.height) < LONG * min(size.width, size.height):
            looks.insert(0, person)
        elif same := sightings.same_of(self._look(pixels, first), person):
            looks.insert(0, same)
        return sightings.agreed(looks or [person], size)

    def _at(self, pixels: Pixels, view: View) -> list[Skeleton]:
        """Look at less than everything; only faces and shoulders are proof of somebody there."""
        return [person for person in self._look(pixels, view) if sightings.has_sure_head(person)]

    def _look(self, pixels: Pixels, view: View) -> list[Skeleton]:
        return [view.placed(person) for person in self._landmarker.look(view.pixels(pixels))]


@dataclass(frozen=True, slots=True)
class DetectorStatus:
    """Whether a detector works on this machine.

    Attributes:
        name: `mediapipe` or `openpose`.
        ready: Whether it was loaded just now.
        detail: One sentence: where from, or what is missing.
    """

    name: str
    ready: bool
    detail: str


def detector_statuses(openpose: Path | str | None = None) -> tuple[DetectorStatus, ...]:
    """Try to load every detector.

    Args:
        openpose: A folder with `body_pose_model.pth`, or a repository that was downloaded before.
    """
    with MediaPipeDetector() as mediapipe:
        status = _status("mediapipe", mediapipe, MEDIAPIPE_MODEL)
    if openpose is None:
        detail = "No folder with body_pose_model.pth was named; MediaPipe is used instead."
        return status, DetectorStatus("openpose", ready=False, detail=detail)
    return status, _status("openpose", OpenPoseDetector(openpose), openpose)


def _status(
    name: str, detector: MediaPipeDetector | OpenPoseDetector, source: Path | str
) -> DetectorStatus:
    try:
        detector.load()
    except ModelError as error:
        return DetectorStatus(name, ready=False, detail=str(error))
    return DetectorStatus(name, ready=True, detail=f"Loaded from {source}.")
