"""People who are cut off, as the product's own detector sees them, beside the truth.

What the network of `pipeline.completion` is taught by.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.bundle.cases import HEAD
from pipeline.bundle.scenes import draw_scene
from pipeline.completion import KINDS, LEG_JOINTS
from pipeline.errors import ModelError
from pipeline.gpu.pose import PoseDetector
from pipeline.skeleton import LEGS, Joint, Keypoint, Skeleton

Values = NDArray[np.float32]
Row = tuple[Values, Values, int]  # detected, truth and kind, as `Examples` stacks them

SIZE = (288, 432)  # large enough for the detector, small enough to be drawn in a tenth of a second
CUTS_EACH = 3
LEAST_BELOW_HEAD = 8  # pixels
FAR = 5  # heights of the picture; joints further off lie behind the camera
SAME = 0.5  # trunks: a person found further from the true neck is somebody else
# Captions' words and the stances that they name; the first that is there counts.
SIGNS = {
    "walking": "walking",
    "with crossed legs": "crossed",
    "leg bent": "one leg bent",
    "on the floor": "on the floor",
    "cross-legged": "on the floor",
    "squatting": "squatting",
    "kneeling": "kneeling",
    "lying": "lying",
    "sitting": "seated",
}


@dataclass(frozen=True, slots=True)
class Examples:
    """People as a detector saw them in cut photos, and as they are.

    Attributes:
        detected: x, y, score and whether guessed of each joint, (N, 24, 4); score 0 where absent.
        truth: The true x and y, also beyond the cut, (N, 24, 2).
        kinds: The stance's number in `KINDS`, (N,).
    """

    detected: Values
    truth: Values
    kinds: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.kinds)

    def skeleton(self, row: int) -> Skeleton:
        return Skeleton(
            {
                joint: Keypoint(float(x), float(y), float(score), guessed=bool(guessed))
                for joint, (x, y, score, guessed) in zip(Joint, self.detected[row], strict=True)
                if score > 0
            }
        )


def kind_of(posture: str) -> int:
    """Return the number of the stance that a caption's words name; standing if none."""
    return KINDS.index(next((kind for sign, kind in SIGNS.items() if sign in posture), KINDS[0]))


def gather(
    detector: PoseDetector, seed: int, indices: Iterable[int], *, held_out: bool = False
) -> Iterator[Row]:
    """Draw people, half of them in any posture, and cut each photo several times.

    Photos that show no head, or on which the detector does not find the person, give nothing.
    """
    for index in indices:
        scene = draw_scene(seed, index, size=SIZE, held_out=held_out, broad=index % 2 == 1)
        places = scene.joints[:, :2]
        if (scene.joints[list(HEAD), 2] == 0).any() or not (np.abs(places) < FAR * SIZE[1]).all():
            continue
        dice = np.random.default_rng((seed, index, 77))
        for share in dice.uniform(size=CUTS_EACH):
            found = detector.detect(Image.fromarray(scene.picture[: _row(places, float(share))]))
            person = _same(found, places)
            if person is not None:
                yield _array(person), places, kind_of(scene.attributes.posture)


def _row(places: Values, share: float) -> int:
    """Return where a photo ends: 0 is the waist, 1 the lowest joint of the legs."""
    ys = places[:, 1]
    shoulders, hips = ys[[2, 5]].mean(), ys[[leg.hip for leg in LEGS]].mean()
    waist = max((shoulders + hips) / 2, ys[list(HEAD)].max() + LEAST_BELOW_HEAD)
    row = waist + share * (ys[list(LEG_JOINTS)].max() - waist)
    return int(np.clip(round(row), SIZE[1] // 5, SIZE[1]))


def _same(found: Sequence[Skeleton], places: Values) -> Skeleton | None:
    shoulders = places[[Joint.RIGHT_SHOULDER, Joint.LEFT_SHOULDER]].mean(0)
    trunk = float(np.hypot(*(shoulders - places[[Joint.RIGHT_HIP, Joint.LEFT_HIP]].mean(0))))
    neck = Keypoint(float(shoulders[0]), float(shoulders[1]))
    near = [
        person
        for person in found
        if Joint.NECK in person and person.keypoints[Joint.NECK].distance(neck) < SAME * trunk
    ]
    return min(near, key=lambda person: person.keypoints[Joint.NECK].distance(neck), default=None)


def _array(person: Skeleton) -> Values:
    rows = np.zeros((len(Joint), 4), np.float32)
    for joint, point in person.keypoints.items():
        rows[joint] = point.x, point.y, point.score, point.guessed
    return rows


def save_examples(rows: Sequence[Row], file: Path) -> None:
    """Keep rows of `gather` in a file; it is there whole or not at all."""
    detected, truth, kinds = zip(*rows, strict=True) if rows else ((), (), ())
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".part")
    with unfinished.open("wb") as out:
        np.savez(
            out,
            detected=np.array(detected, np.float32).reshape(-1, len(Joint), 4),
            truth=np.array(truth, np.float32).reshape(-1, len(Joint), 2),
            kinds=np.array(kinds, np.int64),
        )
    unfinished.replace(file)


def joined(parts: Sequence[Examples]) -> Examples:
    """Put examples together.

    Raises:
        ModelError: There are none.
    """
    if not sum(map(len, parts)):
        raise ModelError("The detector found nobody: ask for more people, such as --count 4000.")
    return Examples(
        np.concatenate([part.detected for part in parts]),
        np.concatenate([part.truth for part in parts]),
        np.concatenate([part.kinds for part in parts]),
    )


def load_examples(file: Path) -> Examples:
    """Read what `save_examples` wrote.

    Raises:
        ModelError: It is not there, or damaged.
    """
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as stored:
            return Examples(stored["detected"], stored["truth"], stored["kinds"])
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise ModelError(f"{file} is missing or damaged; delete it to draw it anew.") from error
