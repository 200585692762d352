"""Who is in the picture, and where are their joints: detectors behind one seam.

All answer in pixels of the picture that they were given, with real scores. What nobody saw is
marked as guessed; correcting guesses is `anatomy`'s work.
"""

import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from PIL import Image

from pipeline import anatomy
from pipeline.errors import ModelError
from pipeline.geometry import Box, Size
from pipeline.gpu.landmarker import Landmarker, Pixels
from pipeline.gpu.openpose import OpenPoseDetector as OpenPoseDetector
from pipeline.skeleton import BODY_JOINTS, LEGS, Joint, Keypoint, Skeleton, middle

MEDIAPIPE_MODEL = Path(__file__).parent.parent / "assets" / "pose_landmarker_full.task"
LONGEST_SIDE = 1280  # the networks look at 224 and 256 pixels; larger pictures only cost time
SEEN = 0.5  # below this product of visibility and presence a landmark is imagined
SURE = 0.9  # above it, it is as good as certain
LEAST_SEEN = 6  # fewer joints than this are a cat, or a pattern in the wallpaper
SAME_PERSON = 0.06  # as a share of stature: two heads, or pairs of legs, cannot be nearer
LEAST_TRUNK = 0.12  # of a leg: somebody among others with less is a ghost on another's legs
SHARED = 4  # of hips, knees and ankles: so many are not shared by two people
PART_FROM, PART_TO, PART_STEP = 1.2, 6.0, 0.6  # which pictures are looked at in parts, how finely
LONG = 1.25  # times as wide as high: such a picture squeezes legs into what it is padded with
NARROWER = 0.125  # of a part's width: what a narrower look leaves out on each side
_HEAD_AND_SHOULDERS = (Joint.NOSE, Joint.RIGHT_SHOULDER, Joint.LEFT_SHOULDER)
_AGREED = (*_HEAD_AND_SHOULDERS, *(joint for leg in LEGS for joint in (leg.hip, leg.ankle)))


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
            everybody = self._look_around(pixels)
            looked = [self._look_again(pixels, person) for person in everybody[: self._people]]
        people = [_marked(person, size) for person in _distinct(looked)]
        people = [anatomy.with_small_toes(person) for person in people if _is_somebody(person)]
        people.sort(key=anatomy.stature, reverse=True)
        return [person.mapped(scale=image.width / size.width) for person in people]

    def _look_around(self, pixels: Pixels) -> list[Skeleton]:
        """Look at the whole and its parts; if that shows nobody, at the photo with room below.

        The lower part of a tall picture with somebody in it is their legs alone, and a detector
        that sees only legs imagines a small body on them.
        """
        whole = Box(0, 0, pixels.shape[1], pixels.shape[0])
        found = self._landmarker.look(pixels)
        if whole.width > whole.height or not found:
            found = [*found, *self._look_in_parts(pixels)]
        return _distinct(found) or self._look_at(pixels, whole, room=True)

    def _look_in_parts(self, pixels: Pixels) -> list[Skeleton]:
        """Look at overlapping squares of a long picture: of a group the whole may show but one."""
        parts = _parts(Size(pixels.shape[1], pixels.shape[0]))
        found = [person for part in parts for person in self._look_at(pixels, part)]
        return [person for person in found if _has_sure_head(person)]

    def _look_again(self, pixels: Pixels, person: Skeleton) -> Skeleton:
        """Look in other ways at somebody who may be cut off, and take what most looks agree on.

        MediaPipe fits legs into the space that it sees below a body: in a wide picture, padded to a
        square, it squeezes unseen legs into the padding and is sure of them. In a crop that ends
        where the photo ends there is no such space. Now and then it loses a body that is cut, but
        seldom in the same way twice.
        """
        if all(person.keypoints[leg.ankle].score > SURE for leg in LEGS):
            return person
        size = Size(pixels.shape[1], pixels.shape[0])
        looks = list(self._other_looks(pixels, person, size))
        if not looks or max(size.width, size.height) < LONG * min(size.width, size.height):
            looks.insert(0, person)
        sound = [look for look in looks if _hangs_together(look, size)] or looks
        return min(sound, key=lambda look: sum(_disagreement(look, other) for other in looks))

    def _other_looks(self, pixels: Pixels, person: Skeleton, size: Size) -> Generator[Skeleton]:
        """Look at somebody's surroundings, at less of them, with room below, and mirrored."""
        part = _surroundings(person, size)
        looks = [
            self._look_at(pixels, part),
            self._look_at(pixels, _narrowed(part)),
            self._look_at(pixels, part, room=True),
            self._look_mirrored(pixels, part),
        ]
        for found in looks:
            same = _same_of(found, person)
            if same is not None:
                yield same

    def _look_mirrored(self, pixels: Pixels, part: Box) -> list[Skeleton]:
        cut = pixels[part.top : part.bottom, part.left : part.right]
        found = self._landmarker.look(np.ascontiguousarray(cut[:, ::-1]))
        return [
            _mirrored(person, part.width - 1).mapped(dx=part.left, dy=part.top) for person in found
        ]

    def _look_at(self, pixels: Pixels, part: Box, *, room: bool = False) -> list[Skeleton]:
        """Look at a part, perhaps with room added below it; answer in pixels of the whole."""
        cut = pixels[part.top : part.bottom, part.left : part.right]
        below = part.height // 2 if room else 0
        found = self._landmarker.look(np.pad(cut, ((0, below), (0, 0), (0, 0)), mode="edge"))
        return [person.mapped(dx=part.left, dy=part.top) for person in found]


def _same_of(people: Sequence[Skeleton], person: Skeleton) -> Skeleton | None:
    same = [other for other in people if _same_person(person, other)]
    return min(same, key=lambda other: _head_distance(person, other), default=None)


def _hangs_together(person: Skeleton, size: Size) -> bool:
    """Tell whether the legs that nobody saw at least go on where the body ends.

    At a cut MediaPipe sometimes tears legs apart, or folds them into the hands; another look helps.
    """
    return anatomy.has_sound_guesses(_marked(person, size))


def _marked(person: Skeleton, size: Size) -> Skeleton:
    """Mark what was not seen as guessed."""
    return Skeleton(
        {
            joint: replace(point, guessed=point.score < SEEN or not _is_inside(point, size))
            for joint, point in person.keypoints.items()
        }
    )


def _is_inside(point: Keypoint, size: Size) -> bool:
    return 0 <= point.x < size.width and 0 <= point.y < size.height


def _is_somebody(person: Skeleton) -> bool:
    seen = [joint for joint in BODY_JOINTS if not person.keypoints[joint].guessed]
    return len(seen) >= LEAST_SEEN


def _has_sure_head(person: Skeleton) -> bool:
    return all(person.keypoints[joint].score > SURE for joint in _HEAD_AND_SHOULDERS)


def _parts(size: Size) -> list[Box]:
    """Return overlapping squares along the longer side of a picture that is not nearly square."""
    side, longest = min(size.width, size.height), max(size.width, size.height)
    if longest < PART_FROM * side or longest > PART_TO * side:
        return []
    count = ceil(longest / side / PART_STEP)
    starts = [round(index * (longest - side) / (count - 1)) for index in range(count)]
    wide = size.width > size.height
    return [Box(start, 0, side, side) if wide else Box(0, start, side, side) for start in starts]


def _surroundings(person: Skeleton, size: Size) -> Box:
    """Return what to look at again: the picture, without much of what lies beside a long body.

    It ends where the photo ends, so that there is no space for legs that were cut off.
    """
    points = person.keypoints
    neck = points[Joint.NECK]
    hips = middle(points[Joint.RIGHT_HIP], points[Joint.LEFT_HIP])
    upright = abs(hips.y - neck.y) >= abs(hips.x - neck.x)
    side = min(size.width, size.height)
    if upright:
        return Box(_slid((neck.x + hips.x) / 2, side, size.width), 0, side, size.height)
    return Box(0, _slid((neck.y + hips.y) / 2, side, size.height), size.width, side)


def _narrowed(part: Box) -> Box:
    """Cut a little off both sides."""
    less = round(NARROWER * part.width)
    return Box(part.left + less, part.top, part.width - 2 * less, part.height)


def _mirrored(person: Skeleton, last: int) -> Skeleton:
    points = person.keypoints.items()
    return Skeleton({j.mirrored: replace(point, x=last - point.x) for j, point in points})


def _disagreement(one: Skeleton, other: Skeleton) -> float:
    return sum(one.keypoints[joint].distance(other.keypoints[joint]) for joint in _AGREED)


def _slid(centre: float, side: int, limit: int) -> int:
    """Return where a stretch of `side` pixels begins, centred as well as the limit allows."""
    return int(min(max(centre - side / 2, 0), limit - side))


def _distinct(people: Sequence[Skeleton]) -> list[Skeleton]:
    """Drop ghosts and whoever was found twice; of two, the surer one stays."""
    whole = [person for person in people if not _lacks_trunk(person)] or people
    surest = sorted(whole, key=_certainty, reverse=True)
    return [
        person
        for index, person in enumerate(surest)
        if not any(_same_person(person, other) for other in surest[:index])
    ]


def _certainty(person: Skeleton) -> float:
    return sum(point.score for point in person.keypoints.values())


def _same_person(one: Skeleton, other: Skeleton) -> bool:
    smaller, larger = sorted((anatomy.stature(one), anatomy.stature(other)))
    return (
        _head_distance(one, other) < SAME_PERSON * smaller
        or _shared_legs(one, other, SAME_PERSON * larger) >= SHARED
    )


def _lacks_trunk(person: Skeleton) -> bool:
    points = person.keypoints
    legs = [
        points[leg.hip].distance(points[leg.ankle])
        for leg in LEGS
        if leg.hip in points and leg.ankle in points
    ]
    return (person.torso or 0) < LEAST_TRUNK * max(legs, default=0)


def _shared_legs(one: Skeleton, other: Skeleton, within: float) -> int:
    """Count hips, knees and ankles that lie in one place: ghosts have a trunk on another's legs."""
    joints = [joint for leg in LEGS for joint in leg.joints[:3] if joint in one and joint in other]
    return sum(one.keypoints[j].distance(other.keypoints[j]) < within for j in joints)


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
