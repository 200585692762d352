"""Who is in the picture, and where are their joints: detectors behind one seam.

Both answer in pixels of the picture that they were given, with real scores. What nobody saw is
marked as guessed; correcting guesses is `anatomy`'s work.
"""

import contextlib
import os
import sys
import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline import anatomy
from pipeline.errors import ModelError
from pipeline.geometry import Box, Size
from pipeline.gpu.openpose import OpenPoseDetector as OpenPoseDetector
from pipeline.skeleton import BODY_JOINTS, LEGS, Joint, Keypoint, Skeleton, middle

MEDIAPIPE_MODEL = Path(__file__).parent.parent / "assets" / "pose_landmarker_full.task"

# MediaPipe's numbers of our joints; the neck it does not know, nor small toes.
LANDMARKS: dict[Joint, int] = {
    Joint.NOSE: 0,
    Joint.LEFT_EYE: 2,
    Joint.RIGHT_EYE: 5,
    Joint.LEFT_EAR: 7,
    Joint.RIGHT_EAR: 8,
    Joint.LEFT_SHOULDER: 11,
    Joint.RIGHT_SHOULDER: 12,
    Joint.LEFT_ELBOW: 13,
    Joint.RIGHT_ELBOW: 14,
    Joint.LEFT_WRIST: 15,
    Joint.RIGHT_WRIST: 16,
    Joint.LEFT_HIP: 23,
    Joint.RIGHT_HIP: 24,
    Joint.LEFT_KNEE: 25,
    Joint.RIGHT_KNEE: 26,
    Joint.LEFT_ANKLE: 27,
    Joint.RIGHT_ANKLE: 28,
    Joint.LEFT_HEEL: 29,
    Joint.RIGHT_HEEL: 30,
    Joint.LEFT_BIG_TOE: 31,
    Joint.RIGHT_BIG_TOE: 32,
}
SEEN = 0.5  # below this product of visibility and presence a landmark is MediaPipe's imagination
SURE = 0.9  # above it, a landmark is as good as certain
HEAD_AND_SHOULDERS = (Joint.NOSE, Joint.RIGHT_SHOULDER, Joint.LEFT_SHOULDER)
PART_FROM, PART_TO, PART_STEP = (
    1.2,
    6.0,
    0.6,
)  # which pictures are looked at in parts, and how finely
LEAST_SCORE = 0.01  # OpenPose's JSON reads a score of 0 as "absent"
SAME_PERSON = 0.06  # as a share of stature: two heads cannot be nearer than that
LEAST_SEEN = 4  # fewer joints than this are a pattern in the wallpaper, not a person
LONGEST_SIDE = 1280  # the networks look at 224 and 256 pixels; larger pictures only cost time

# Loading writes to the process's standard error, which all detectors share.
_QUIET = threading.Lock()


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
            people: How many to look for at most.
        """
        self._model = model
        self._people = people
        self._lock = threading.Lock()
        self._landmarker: Any = None
        self._has_met_somebody = False

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
            self._loaded()

    def close(self) -> None:
        """Free the network; the next picture loads it again."""
        with self._lock:
            if self._landmarker is not None:
                self._landmarker.close()
                self._landmarker = None

    def detect(self, image: Image.Image) -> list[Skeleton]:
        """See `PoseDetector.detect`."""
        scale = min(1.0, LONGEST_SIDE / max(image.size))
        size = Size(*image.size).scaled(scale)
        pixels = np.asarray(
            image.convert("RGB").resize((size.width, size.height), Image.Resampling.BOX)
        )
        with self._lock:
            everybody = _distinct([*self._look(pixels), *self._look_in_parts(pixels)])
            found = [self._second_look(pixels, person) for person in everybody[: self._people]]
        people = [_checked(person, size) for person in _distinct(found)]
        people = [person for person in people if _is_somebody(person)]
        people.sort(key=anatomy.stature, reverse=True)
        return [person.mapped(scale=image.width / size.width) for person in people]

    def _look_in_parts(self, pixels: NDArray[np.uint8]) -> list[Skeleton]:
        """Look at overlapping squares of a wide picture: of a group the whole may show but one."""
        parts = _parts(Size(pixels.shape[1], pixels.shape[0]))
        found = [person for part in parts for person in self._look_at(pixels, part)]
        return [person for person in found if _has_sure_head(person)]

    def _second_look(self, pixels: NDArray[np.uint8], person: Skeleton) -> Skeleton:
        """Look again at the part of a wide picture where a cut-off person is.

        MediaPipe fits legs into the space that it sees below a body: in a wide picture, padded to a
        square, it squeezes unseen legs into the padding and is sure of it. In a crop that ends
        where the photo ends there is no such space.
        """
        height, width = pixels.shape[:2]
        crop = _crop_around(person, Size(width, height))
        if crop is None:
            return person
        same = [other for other in self._look_at(pixels, crop) if _same_person(person, other)]
        return min(same, key=lambda other: _head_distance(person, other), default=person)

    def _look_at(self, pixels: NDArray[np.uint8], part: Box) -> list[Skeleton]:
        """Look at a part; answer in pixels of the whole."""
        found = self._look(pixels[part.top : part.bottom, part.left : part.right])
        return [person.mapped(dx=part.left, dy=part.top) for person in found]

    def _look(self, pixels: NDArray[np.uint8]) -> list[Skeleton]:
        from mediapipe.tasks.python.vision.core.image import Image as TaskImage
        from mediapipe.tasks.python.vision.core.image import ImageFormat

        landmarker = self._loaded()
        square, left, top = _squared(pixels)
        # It complains once more over the first person that it finds.
        with contextlib.nullcontext() if self._has_met_somebody else _quiet_stderr():
            result = landmarker.detect(TaskImage(ImageFormat.SRGB, square))
        self._has_met_somebody = self._has_met_somebody or bool(result.pose_landmarks)
        side = square.shape[0]
        return [
            _skeleton(landmarks).mapped(scale=side, dx=-left, dy=-top)
            for landmarks in result.pose_landmarks
        ]

    def _loaded(self) -> Any:
        if self._landmarker is None:
            self._landmarker = _load_landmarker(self._model, self._people)
        return self._landmarker


def _load_landmarker(model: Path, people: int) -> Any:
    if not model.is_file():
        raise ModelError(
            f"The pose model {model.name} is missing."
            " Put MediaPipe's pose_landmarker_full.task there."
        )
    try:
        from mediapipe.tasks.python import BaseOptions, vision
    except ImportError as error:
        raise ModelError("MediaPipe is not installed. Install it: pip install mediapipe") from error
    options = vision.PoseLandmarkerOptions(
        # Bytes, not a path: its C++ cannot open every path that Python can.
        base_options=BaseOptions(model_asset_buffer=model.read_bytes()),
        num_poses=people,
    )
    try:
        with _quiet_stderr():
            return vision.PoseLandmarker.create_from_options(options)
    except (ValueError, RuntimeError) as error:
        raise ModelError(
            f"The pose model {model.name} is damaged. Fetch pose_landmarker_full.task again."
        ) from error


@contextlib.contextmanager
def _quiet_stderr() -> Generator[None]:
    """Send standard error nowhere for a moment: the C++ log has no switch that Python can reach."""
    with _QUIET:
        try:
            sys.stderr.flush()
            kept = os.dup(2)
        except (OSError, ValueError, AttributeError):  # a service may run without standard error
            yield
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)


def _squared(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], int, int]:
    """Centre the picture on a black square; return also its left and top there.

    MediaPipe would do the same inside, but its landmarks are exact only for squares.
    """
    height, width = pixels.shape[:2]
    side = max(height, width)
    left, top = (side - width) // 2, (side - height) // 2
    square = cv2.copyMakeBorder(
        pixels, top, side - height - top, left, side - width - left, cv2.BORDER_CONSTANT
    )
    return np.ascontiguousarray(square, dtype=np.uint8), left, top


def _skeleton(landmarks: Sequence[Any]) -> Skeleton:
    """Name MediaPipe's landmarks; coordinates stay shares of the picture's side."""
    points = {
        joint: Keypoint(
            landmarks[number].x,
            landmarks[number].y,
            min(1.0, max(LEAST_SCORE, landmarks[number].visibility * landmarks[number].presence)),
        )
        for joint, number in LANDMARKS.items()
    }
    points[Joint.NECK] = middle(points[Joint.RIGHT_SHOULDER], points[Joint.LEFT_SHOULDER])
    return Skeleton(points)


def _checked(person: Skeleton, size: Size) -> Skeleton:
    """Mark what was not seen, and add the small toes."""
    marked = {
        joint: Keypoint(
            point.x, point.y, point.score, guessed=point.score < SEEN or not _inside(point, size)
        )
        for joint, point in person.keypoints.items()
    }
    return anatomy.with_small_toes(Skeleton(marked))


def _inside(point: Keypoint, size: Size) -> bool:
    return 0 <= point.x < size.width and 0 <= point.y < size.height


def _is_somebody(person: Skeleton) -> bool:
    seen = [joint for joint in BODY_JOINTS if not person.keypoints[joint].guessed]
    return len(seen) >= LEAST_SEEN


def _parts(size: Size) -> list[Box]:
    """Return overlapping squares along the longer side of a picture that is not nearly square."""
    side, longest = min(size.width, size.height), max(size.width, size.height)
    if longest < PART_FROM * side or longest > PART_TO * side:
        return []
    count = ceil(longest / side / PART_STEP)
    starts = [round(index * (longest - side) / (count - 1)) for index in range(count)]
    wide = size.width > size.height
    return [Box(start, 0, side, side) if wide else Box(0, start, side, side) for start in starts]


def _has_sure_head(person: Skeleton) -> bool:
    return all(person.keypoints[joint].score > SURE for joint in HEAD_AND_SHOULDERS)


def _crop_around(person: Skeleton, size: Size) -> Box | None:
    """Return the square in which to look again; None when a second look tells nothing new."""
    points = person.keypoints
    if all(points[leg.ankle].score > SURE for leg in LEGS):
        return None
    neck = points[Joint.NECK]
    hips = middle(points[Joint.RIGHT_HIP], points[Joint.LEFT_HIP])
    upright = abs(hips.y - neck.y) >= abs(hips.x - neck.x)
    side = min(size.width, size.height)
    if (size.width if upright else size.height) <= side:
        return None
    if upright:
        return Box(_slid((neck.x + hips.x) / 2, side, size.width), 0, side, side)
    return Box(0, _slid((neck.y + hips.y) / 2, side, size.height), side, side)


def _slid(centre: float, side: int, limit: int) -> int:
    """Return where a stretch of `side` pixels begins, centred as well as the limit allows."""
    return int(min(max(centre - side / 2, 0), limit - side))


def _distinct(people: Sequence[Skeleton]) -> list[Skeleton]:
    """Drop a person that was found twice; of two, the surer one stays."""
    surest = sorted(people, key=_certainty, reverse=True)
    return [
        person
        for index, person in enumerate(surest)
        if not any(_same_person(person, other) for other in surest[:index])
    ]


def _certainty(person: Skeleton) -> float:
    return sum(point.score for point in person.keypoints.values())


def _same_person(one: Skeleton, other: Skeleton) -> bool:
    smaller = min(anatomy.stature(one), anatomy.stature(other))
    return _head_distance(one, other) < SAME_PERSON * smaller


def _head_distance(one: Skeleton, other: Skeleton) -> float:
    """Pixels between two noses or necks, whichever is less: doubtful trunks move the neck."""
    return min(one.keypoints[j].distance(other.keypoints[j]) for j in (Joint.NOSE, Joint.NECK))


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
        statuses = [_status("mediapipe", mediapipe, str(MEDIAPIPE_MODEL))]
    if openpose is None:
        missing = "No folder with body_pose_model.pth was named; MediaPipe is used instead."
        return *statuses, DetectorStatus("openpose", ready=False, detail=missing)
    return *statuses, _status("openpose", OpenPoseDetector(openpose), str(openpose))


def _status(
    name: str, detector: MediaPipeDetector | OpenPoseDetector, source: str
) -> DetectorStatus:
    try:
        detector.load()
    except ModelError as error:
        return DetectorStatus(name, ready=False, detail=str(error))
    return DetectorStatus(name, ready=True, detail=f"Loaded from {source}.")
