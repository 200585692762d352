"""Random postures, as people take them in front of a camera."""

from collections.abc import Callable

import numpy as np

from pipeline.bundle.postures import Posture, Reach, Step

Dice = np.random.Generator
Vector = tuple[float, float, float]


def draw_posture(dice: Dice) -> Posture:
    """Draw one of the stances below; standing ones are the most frequent."""
    names = list(_STANCES)
    weights = np.array([_STANCES[name][0] for name in names], dtype=float)
    name = str(dice.choice(names, p=weights / weights.sum()))
    return _STANCES[name][1](dice)


def around(dice: Dice, middle: float, spread: float) -> float:
    return float(middle + spread * np.clip(dice.normal(), -2, 2))


def vector(dice: Dice, x: float, y: float, z: float, spread: float = 0.06) -> Vector:
    return around(dice, x, spread), around(dice, y, spread), around(dice, z, spread)


def turns(dice: Dice, pitch: float, roll: float, yaw: float) -> Vector:
    return around(dice, 0, pitch), around(dice, 0, roll), around(dice, 0, yaw)


def arms_at_the_sides(dice: Dice) -> Reach:
    forward = float(dice.uniform(-0.4, -0.05))
    return Reach(
        upper=vector(dice, dice.uniform(0.12, 0.35), 0.08, -1),
        lower=vector(dice, dice.uniform(-0.02, 0.2), forward, -1),
        curl=float(dice.uniform(0.2, 0.9)),
    )


def _hand_on_hip(dice: Dice) -> Reach:
    return Reach(
        upper=vector(dice, 0.75, 0.3, -0.7), lower=vector(dice, -0.8, -0.32, -0.42), curl=0.6
    )


def _hand_in_pocket(dice: Dice) -> Reach:
    return Reach(
        upper=vector(dice, 0.36, 0.3, -0.9), lower=vector(dice, -0.12, -0.5, -0.9), curl=0.2
    )


def arm_folded(dice: Dice) -> Reach:
    return Reach(
        upper=vector(dice, 0.28, -0.32, -0.9, 0.04), lower=vector(dice, -0.85, -0.5, 0.15, 0.04)
    )


def _arm_raised(dice: Dice) -> Reach:
    return Reach(upper=vector(dice, 0.85, -0.2, -0.25, 0.15), lower=vector(dice, 0.2, -0.3, 0.95))


def arm_behind(dice: Dice) -> Reach:
    return Reach(upper=vector(dice, 0.28, 0.42, -0.85), lower=vector(dice, -0.4, 0.25, -0.75))


def hand_on_thigh(dice: Dice) -> Reach:
    return Reach(upper=vector(dice, 0.22, -0.45, -0.85), lower=vector(dice, -0.12, -0.85, -0.42))


_ALONE = (arms_at_the_sides, _hand_on_hip, _hand_in_pocket, _arm_raised)
_PAIRS = (arms_at_the_sides, _hand_on_hip, _hand_in_pocket, arm_folded, arm_behind)


def _arms(dice: Dice) -> tuple[Reach, Reach]:
    if dice.random() < 0.6:
        both = _PAIRS[int(dice.choice(len(_PAIRS), p=[0.48, 0.14, 0.16, 0.1, 0.12]))]
        return both(dice), both(dice)
    left, right = (int(dice.choice(len(_ALONE), p=[0.5, 0.2, 0.2, 0.1])) for _ in "LR")
    return _ALONE[left](dice), _ALONE[right](dice)


def sided(dice: Dice, first: Step, second: Step) -> tuple[tuple[Step, Step], float]:
    """Give the first step to a random leg; also +1 when that is the left one, else -1."""
    return ((first, second), 1.0) if dice.random() < 0.5 else ((second, first), -1.0)


def _on_both_feet(dice: Dice) -> Posture:
    apart = float(dice.uniform(0.07, 0.2))
    steps = tuple(
        Step(x=around(dice, apart, 0.015), y=around(dice, 0, 0.04), yaw=dice.uniform(-0.05, 0.45))
        for _ in "LR"
    )
    return Posture(
        steps=(steps[0], steps[1]),
        arms=_arms(dice),
        pelvis=turns(dice, 0.04, 0.02, 0.08),
        spine=turns(dice, 0.05, 0.04, 0.12),
        head=turns(dice, 0.1, 0.07, 0.25),
        extension=float(dice.uniform(0.98, 0.997)),
    )


def _contrapposto(dice: Dice) -> Posture:
    lean = float(dice.uniform(0.05, 0.15))
    bearing = Step(x=around(dice, 0.03, 0.02), y=around(dice, 0.02, 0.02), yaw=dice.uniform(0, 0.3))
    free = Step(
        x=float(dice.uniform(0.12, 0.3)),
        y=float(dice.uniform(-0.22, 0.02)),
        yaw=float(dice.uniform(0.15, 0.7)),
        heel=float(dice.choice([0.0, 0.0, dice.uniform(0.1, 0.5)])),
        bears=False,
    )
    steps, side = sided(dice, bearing, free)
    return Posture(
        steps=steps,
        arms=_arms(dice),
        pelvis=(0.0, -side * lean, around(dice, 0, 0.08)),
        spine=(0.0, side * lean * 1.4, around(dice, 0, 0.1)),
        head=turns(dice, 0.08, 0.06, 0.25),
        extension=float(dice.uniform(0.985, 0.997)),
    )


def _walking(dice: Dice) -> Posture:
    stride = float(dice.uniform(0.14, 0.34))
    front = Step(x=0.07, y=-stride, yaw=0.1, heel=-float(dice.uniform(0.0, 0.35)))
    rear = Step(x=0.07, y=stride, yaw=0.12, heel=float(dice.uniform(0.35, 0.9)), bears=False)
    if dice.random() < 0.3:
        lifted = float(dice.uniform(0.06, 0.2))
        rear = Step(
            x=0.07, y=stride, z=lifted, yaw=0.1, heel=float(dice.uniform(0.5, 1.0)), bears=False
        )
    steps, side = sided(dice, front, rear)
    swing = float(dice.uniform(0.15, 0.5))
    arms = [
        Reach(
            upper=vector(dice, 0.2, 0.1 - way * swing, -1),
            lower=vector(dice, 0.1, -0.25 - way * swing, -1),
        )
        for way in (-side, side)
    ]
    return Posture(
        steps=steps,
        arms=(arms[0], arms[1]),
        pelvis=(0.03, 0.0, side * dice.uniform(0.02, 0.14)),
        spine=(-dice.uniform(0, 0.08), 0.0, -side * dice.uniform(0.05, 0.25)),
        head=turns(dice, 0.06, 0.05, 0.15),
        extension=float(dice.uniform(0.975, 0.995)),
        words="walking",
    )


def _one_leg_bent(dice: Dice) -> Posture:
    bearing = Step(x=around(dice, 0.05, 0.02), y=0.0, yaw=float(dice.uniform(0, 0.3)))
    choices = (
        Step(
            x=0.09,
            y=dice.uniform(0.25, 0.42),
            z=dice.uniform(0.12, 0.4),
            heel=dice.uniform(0.7, 1.5),
            bears=False,
        ),
        Step(
            x=0.1,
            y=dice.uniform(-0.3, -0.1),
            z=dice.uniform(0.15, 0.45),
            heel=dice.uniform(0, 0.4),
            bears=False,
        ),
        Step(
            x=-0.02,
            y=dice.uniform(-0.12, 0),
            z=dice.uniform(0.2, 0.4),
            yaw=0.5,
            knee=0.7,
            heel=0.5,
            bears=False,
        ),
    )
    steps, side = sided(dice, bearing, choices[int(dice.integers(3))])
    return Posture(
        steps=steps,
        arms=_arms(dice),
        pelvis=(0.0, -side * dice.uniform(0, 0.08), around(dice, 0, 0.06)),
        spine=(0.0, side * dice.uniform(0, 0.1), around(dice, 0, 0.1)),
        head=turns(dice, 0.08, 0.06, 0.2),
        extension=float(dice.uniform(0.985, 0.997)),
        words="standing with one leg bent",
    )


def _crossed_legs(dice: Dice) -> Posture:
    forward = float(dice.choice([-1, 1])) * dice.uniform(0.1, 0.17)
    bearing = Step(x=around(dice, 0.04, 0.015), y=0.0, yaw=float(dice.uniform(0, 0.2)))
    crossing = Step(
        x=-float(dice.uniform(0.08, 0.2)),
        y=float(forward),
        yaw=around(dice, 0.0, 0.12),
        knee=0.0,
        heel=float(dice.choice([0.0, dice.uniform(0.2, 0.9)])),
        bears=False,
    )
    steps, side = sided(dice, bearing, crossing)
    return Posture(
        steps=steps,
        arms=_arms(dice),
        pelvis=(0.0, -side * dice.uniform(0.02, 0.09), around(dice, 0, 0.06)),
        spine=(0.0, side * dice.uniform(0.02, 0.1), around(dice, 0, 0.08)),
        head=turns(dice, 0.08, 0.06, 0.2),
        words="standing with crossed legs",
    )


def _seated(dice: Dice) -> Posture:
    seat = float(dice.uniform(0.4, 0.6))
    steps = tuple(
        Step(
            x=dice.uniform(0.08, 0.22),
            y=-dice.uniform(0.3, 0.62),
            yaw=dice.uniform(0, 0.35),
            bears=False,
        )
        for _ in "LR"
    )
    first, second = steps
    if dice.random() < 0.25:  # ankles crossed
        first = Step(x=-0.06, y=-float(dice.uniform(0.55, 0.65)), yaw=0.1, heel=-0.2, bears=False)
        second = Step(x=0.03, y=-float(dice.uniform(0.42, 0.5)), yaw=0.1, bears=False)
    pair, _ = sided(dice, first, second)
    resting = (hand_on_thigh, hand_on_thigh, arms_at_the_sides, arm_folded)
    both = resting[int(dice.integers(len(resting)))]
    return Posture(
        steps=pair,
        arms=(both(dice), both(dice)),
        pelvis=(float(dice.uniform(-0.1, 0.2)), 0.0, 0.0),
        spine=turns(dice, 0.12, 0.05, 0.1),
        head=turns(dice, 0.1, 0.06, 0.25),
        seat=seat,
        words="sitting",
    )


_STANCES: dict[str, tuple[float, Callable[[Dice], Posture]]] = {
    "both feet": (0.28, _on_both_feet),
    "contrapposto": (0.22, _contrapposto),
    "walking": (0.18, _walking),
    "one leg bent": (0.1, _one_leg_bent),
    "crossed": (0.1, _crossed_legs),
    "seated": (0.12, _seated),
}
