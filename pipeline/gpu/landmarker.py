"""MediaPipe's pose landmarker as one call: pixels in, joints out. Quiet, lazy, for one thread."""

import contextlib
import os
import sys
import threading
import weakref
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ModelError
from pipeline.skeleton import Joint, Keypoint, Skeleton, middle

Pixels = NDArray[np.uint8]  # (height, width, 3), RGB

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
LEAST_SCORE = 0.01  # OpenPose's JSON reads a score of 0 as "absent"
# Below MediaPipe's own 0.5: bodies that the frame cuts are harder to find, and in 48 pictures
# without people it finds nobody more.
CONFIDENCE = 0.3

# Silencing standard error concerns the whole process, so all landmarkers share the lock.
_STDERR = threading.Lock()


class Landmarker:
    """The network; loads at the first look, and again after it was closed."""

    def __init__(self, model: Path, *, people: int) -> None:
        """Remember what to load.

        Args:
            model: A MediaPipe Tasks bundle (`.task`).
            people: How many to find at most.
        """
        self._model = model
        self._people = people
        self._task: Any = None
        self._closing: weakref.finalize[..., Any] | None = None
        self._has_met_somebody = False

    def load(self) -> None:
        """Load the weights if they are not.

        Raises:
            ModelError: They are missing or damaged.
        """
        if self._task is None:
            self._task = _load(self._model, self._people)
            # Also runs when the program ends, before MediaPipe's modules are torn down under it.
            self._closing = weakref.finalize(self, self._task.close)

    def close(self) -> None:
        if self._closing is not None:
            self._closing()
            self._task = None

    def look(self, pixels: Pixels) -> list[Skeleton]:
        """Find people; joints in pixels of the picture, scores are visibility times presence.

        Raises:
            ModelError: The weights are missing or damaged.
        """
        from mediapipe.tasks.python.vision.core.image import Image, ImageFormat

        self.load()
        square, left, top = _squared(pixels)
        # It complains once more over the first person that it meets.
        with contextlib.nullcontext() if self._has_met_somebody else _silence():
            found = self._task.detect(Image(ImageFormat.SRGB, square)).pose_landmarks
        self._has_met_somebody = self._has_met_somebody or bool(found)
        side = square.shape[0]
        return [_skeleton(person).mapped(scale=side, dx=-left, dy=-top) for person in found]


def _load(model: Path, people: int) -> Any:
    if not model.is_file():
        raise ModelError(
            f"The pose model {model.name} is missing."
            " Put MediaPipe's pose_landmarker_full.task there."
        )
    try:
        from mediapipe.tasks.python import BaseOptions, vision
    except ImportError as error:
        raise ModelError(
            "MediaPipe is not installed. Run: pip install --no-deps mediapipe"
        ) from error
    options = vision.PoseLandmarkerOptions(
        # Bytes, not a path: its C++ cannot open every path that Python can.
        base_options=BaseOptions(model_asset_buffer=model.read_bytes()),
        num_poses=people,
        min_pose_detection_confidence=CONFIDENCE,
        min_pose_presence_confidence=CONFIDENCE,
    )
    try:
        with _silence():
            return vision.PoseLandmarker.create_from_options(options)
    except (ValueError, RuntimeError) as error:
        raise ModelError(
            f"The pose model {model.name} is damaged. Fetch pose_landmarker_full.task again."
        ) from error


@contextlib.contextmanager
def _silence() -> Generator[None]:
    """Send standard error nowhere for a moment: the C++ log has no switch that we can reach."""
    with _STDERR, contextlib.ExitStack() as stack:
        try:
            sys.stderr.flush()
            kept = os.dup(2)
        except (OSError, ValueError, AttributeError):  # a service may run without standard error
            yield
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        stack.callback(os.close, kept)
        stack.callback(os.close, nowhere)
        stack.callback(os.dup2, kept, 2)
        os.dup2(nowhere, 2)
        yield


def _squared(pixels: Pixels) -> tuple[Pixels, int, int]:
    """Centre the picture on a black square; return also its left and top there.

    MediaPipe's own projection back from a turned body is made for squares.
    """
    height, width = pixels.shape[:2]
    side = max(height, width)
    left, top = (side - width) // 2, (side - height) // 2
    square = cv2.copyMakeBorder(
        pixels, top, side - height - top, left, side - width - left, cv2.BORDER_CONSTANT
    )
    return np.ascontiguousarray(square, dtype=np.uint8), left, top


def _skeleton(landmarks: Sequence[Any]) -> Skeleton:
    """Name MediaPipe's landmarks; coordinates stay shares of the square's side."""
    points = {joint: _keypoint(landmarks[number]) for joint, number in LANDMARKS.items()}
    points[Joint.NECK] = middle(points[Joint.RIGHT_SHOULDER], points[Joint.LEFT_SHOULDER])
    return Skeleton(points)


def _keypoint(landmark: Any) -> Keypoint:
    score = landmark.visibility * landmark.presence
    return Keypoint(landmark.x, landmark.y, min(1.0, max(LEAST_SCORE, score)))
