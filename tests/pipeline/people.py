"""A made-up person for tests, with every joint known."""

import numpy as np

from pipeline.skeleton import Joint, Keypoint, Skeleton

# x from the body's middle and y from the top, in heights; faces the camera.
_PLACES = {
    Joint.NOSE: (0.0, 0.11),
    Joint.NECK: (0.0, 0.19),
    Joint.RIGHT_SHOULDER: (-0.1, 0.19),
    Joint.RIGHT_ELBOW: (-0.15, 0.33),
    Joint.RIGHT_WRIST: (-0.17, 0.46),
    Joint.LEFT_SHOULDER: (0.1, 0.19),
    Joint.LEFT_ELBOW: (0.15, 0.33),
    Joint.LEFT_WRIST: (0.17, 0.46),
    Joint.RIGHT_HIP: (-0.06, 0.48),
    Joint.RIGHT_KNEE: (-0.07, 0.7),
    Joint.RIGHT_ANKLE: (-0.06, 0.92),
    Joint.LEFT_HIP: (0.06, 0.48),
    Joint.LEFT_KNEE: (0.07, 0.7),
    Joint.LEFT_ANKLE: (0.075, 0.92),
    Joint.RIGHT_EYE: (-0.018, 0.095),
    Joint.LEFT_EYE: (0.018, 0.095),
    Joint.RIGHT_EAR: (-0.04, 0.105),
    Joint.LEFT_EAR: (0.04, 0.105),
    Joint.LEFT_BIG_TOE: (0.09, 0.97),
    Joint.LEFT_SMALL_TOE: (0.11, 0.96),
    Joint.LEFT_HEEL: (0.07, 0.94),
    Joint.RIGHT_BIG_TOE: (-0.07, 0.97),
    Joint.RIGHT_SMALL_TOE: (-0.09, 0.96),
    Joint.RIGHT_HEEL: (-0.055, 0.94),
}


def whole_person(
    *, height: float = 500, middle: float = 250, turned: float = 1.0, nose: float = 0.0
) -> Skeleton:
    """Stand somebody up, every joint seen with a score of 0.9.

    Args:
        height: Pixels from crown to soles.
        middle: The x of the body's axis.
        turned: What is left of the breadth: 1 faces the camera, -1 shows the back.
        nose: How far the nose points to the picture's right, in heights.
    """
    return Skeleton(
        {
            joint: Keypoint(
                middle + (x * turned + (nose if joint is Joint.NOSE else 0.0)) * height,
                y * height,
                0.9,
            )
            for joint, (x, y) in _PLACES.items()
        }
    )


def random_person(seed: int) -> Skeleton:
    """Scatter all joints over 1000 x 1000 pixels, some guessed, some hidden."""
    draw = np.random.default_rng(seed)
    points = {
        joint: Keypoint(
            float(draw.uniform(0, 1000)),
            float(draw.uniform(0, 1000)),
            0.7,
            guessed=bool(draw.random() < 0.3),
        )
        for joint in Joint
    }
    return Skeleton(
        points,
        hidden=frozenset(joint for joint in Joint if draw.random() < 0.1),
        front=[None, Joint.RIGHT_HIP, Joint.LEFT_HIP][int(draw.integers(3))],
    )
