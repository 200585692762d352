"""Postures near the floor, and others that a camera meets less often than people who stand."""

from collections.abc import Callable

import numpy as np

from pipeline.bundle.postures import Posture, Reach, Step
from pipeline.bundle.stances import (
    arm_behind,
    arm_folded,
    arms_at_the_sides,
    around,
    draw_posture,
    hand_on_thigh,
    sided,
    turns,
    vector,
)

Dice = np.random.Generator

FLAT = -np.pi / 2  # pitch of somebody who lies on the back
USUAL = 0.5  # of the broad data: the stances of people on their feet or on a chair
_TOES_UP, _TOES_BACK, _INSTEP = -1.35, 1.4, 2.7  # lift of a heel; the last lies on its top


def draw_any_posture(dice: Dice) -> Posture:
    """Draw one of the usual stances, or one of those below."""
    if dice.random() < USUAL:
        return draw_posture(dice)
    names = list(_POSTURES)
    weights = np.array([_POSTURES[name][0] for name in names])
    name = str(dice.choice(names, p=weights / weights.sum()))
    return _POSTURES[name][1](dice)


def _both(dice: Dice, arm: Callable[[Dice], Reach]) -> tuple[Reach, Reach]:
    return arm(dice), arm(dice)


def _overhead(dice: Dice) -> Reach:
    return Reach(upper=vector(dice, 0.5, -0.1, 0.8), lower=vector(dice, -0.5, 0.0, 0.7))


def _lying(dice: Dice) -> Posture:
    """On the back or the front, legs long or one knee drawn up."""
    on_front = dice.random() < 0.3
    far = float(dice.uniform(0.76, 0.84))
    # On the front the feet point down: their soles look along the floor.
    heel = _TOES_BACK if on_front else _TOES_UP
    way = 1.0 if on_front else -1.0
    steps = [
        Step(
            x=around(dice, 0.14, 0.06),
            y=way * far,
            z=0.02,
            yaw=float(dice.uniform(0, 0.3)),
            heel=heel,
            bears=False,
        )
        for _ in "LR"
    ]
    if not on_front and dice.random() < 0.45:
        steps[1] = Step(x=around(dice, 0.13, 0.04), y=-dice.uniform(0.4, 0.55), bears=False)
    pair, _ = sided(dice, steps[0], steps[1])
    arms = (arms_at_the_sides, _overhead, arms_at_the_sides)[int(dice.integers(3))]
    return Posture(
        steps=pair,
        arms=_both(dice, arms),
        pelvis=(-FLAT if on_front else FLAT, 0.0, around(dice, 0, 0.05)),
        spine=turns(dice, 0.04, 0.04, 0.06),
        head=turns(dice, 0.08, 0.1, 0.3),
        seat=0.0,
        grounded=True,
        words="lying",
    )


def _sitting_on_the_floor(dice: Dice) -> Posture:
    """Legs stretched out, drawn up, or one of each."""

    def long() -> Step:
        return Step(
            x=around(dice, 0.16, 0.07),
            y=-dice.uniform(0.74, 0.8),
            yaw=dice.uniform(0, 0.4),
            heel=_TOES_UP,
            bears=False,
        )

    def drawn_up() -> Step:
        return Step(x=around(dice, 0.14, 0.05), y=-dice.uniform(0.35, 0.55), bears=False)

    kinds = ((long, long), (drawn_up, drawn_up), (long, drawn_up))[int(dice.integers(3))]
    pair, _ = sided(dice, kinds[0](), kinds[1]())
    arms = (arm_behind, hand_on_thigh, arms_at_the_sides)[int(dice.integers(3))]
    return Posture(
        steps=pair,
        arms=_both(dice, arms),
        pelvis=(float(dice.uniform(-0.3, 0.1)), 0.0, around(dice, 0, 0.08)),
        spine=turns(dice, 0.15, 0.06, 0.1),
        head=turns(dice, 0.12, 0.06, 0.25),
        seat=0.0,
        grounded=True,
        words="sitting on the floor",
    )


def _cross_legged(dice: Dice) -> Posture:
    """On the floor, knees wide and feet under the other leg."""
    steps = [
        Step(
            x=-float(dice.uniform(0.02, 0.12)),
            y=-reach,
            z=0.02,
            yaw=float(dice.uniform(0.5, 0.9)),
            knee=float(dice.uniform(0.5, 0.8)),
            heel=0.5,
            bears=False,
        )
        for reach in (float(dice.uniform(0.24, 0.3)), float(dice.uniform(0.36, 0.42)))
    ]
    pair, _ = sided(dice, steps[0], steps[1])
    return Posture(
        steps=pair,
        arms=_both(dice, hand_on_thigh),
        pelvis=(float(dice.uniform(-0.1, 0.15)), 0.0, around(dice, 0, 0.05)),
        spine=turns(dice, 0.12, 0.05, 0.1),
        head=turns(dice, 0.12, 0.06, 0.25),
        seat=0.02,
        grounded=True,
        words="sitting cross-legged",
    )


def _kneeling(dice: Dice) -> Posture:
    """On both knees, upright or on the heels, or on one knee."""

    def back(y: float) -> Step:
        return Step(x=around(dice, 0.12, 0.03), y=y, z=0.03, yaw=0.05, heel=_INSTEP, bears=False)

    kind = float(dice.random())
    if kind < 0.4:
        pair, seat = (back(0.62), back(0.62)), float(dice.uniform(0.32, 0.38))
    elif kind < 0.65:
        pair, seat = (back(0.34), back(0.34)), float(dice.uniform(0.14, 0.19))
    else:
        front = Step(x=around(dice, 0.12, 0.03), y=-dice.uniform(0.25, 0.38), bears=False)
        pair, _ = sided(dice, front, back(0.6))
        seat = float(dice.uniform(0.34, 0.4))
    arms = (arms_at_the_sides, hand_on_thigh, arm_folded)[int(dice.integers(3))]
    return Posture(
        steps=pair,
        arms=_both(dice, arms),
        pelvis=(float(dice.uniform(-0.05, 0.1)), 0.0, around(dice, 0, 0.05)),
        spine=turns(dice, 0.1, 0.05, 0.1),
        head=turns(dice, 0.12, 0.06, 0.25),
        seat=seat,
        grounded=True,
        words="kneeling",
    )


def _squatting(dice: Dice) -> Posture:
    steps = [
        Step(
            x=around(dice, 0.16, 0.04),
            y=-dice.uniform(0.12, 0.2),
            yaw=float(dice.uniform(0.2, 0.6)),
            heel=float(dice.uniform(0, 0.3)),
            knee=0.15,
        )
        for _ in "LR"
    ]
    return Posture(
        steps=(steps[0], steps[1]),
        arms=_both(dice, hand_on_thigh),
        pelvis=(float(dice.uniform(0.1, 0.4)), 0.0, around(dice, 0, 0.05)),
        spine=turns(dice, 0.15, 0.05, 0.1),
        head=turns(dice, 0.12, 0.06, 0.2),
        extension=float(dice.uniform(0.42, 0.6)),
        words="squatting",
    )


def _legs_crossed_on_a_seat(dice: Dice) -> Posture:
    """One knee over the other."""
    seat = float(dice.uniform(0.42, 0.56))
    under = Step(x=float(dice.uniform(0.02, 0.1)), y=-dice.uniform(0.36, 0.48), bears=False)
    over = Step(
        x=-float(dice.uniform(0.08, 0.16)),
        y=-float(dice.uniform(0.5, 0.62)),
        z=float(dice.uniform(0.18, 0.3)),
        yaw=-0.1,
        heel=-float(dice.uniform(0.0, 0.3)),
        knee=-0.1,
        bears=False,
    )
    pair, _ = sided(dice, under, over)
    arms = (hand_on_thigh, arm_folded)[int(dice.integers(2))]
    return Posture(
        steps=pair,
        arms=_both(dice, arms),
        pelvis=(float(dice.uniform(-0.1, 0.15)), 0.0, 0.0),
        spine=turns(dice, 0.1, 0.05, 0.1),
        head=turns(dice, 0.1, 0.06, 0.25),
        seat=seat,
        words="sitting",
    )


def _wide_stride(dice: Dice) -> Posture:
    """Legs far apart to the sides, or a long lunge."""
    if dice.random() < 0.5:
        step = Step(x=float(dice.uniform(0.25, 0.45)), y=0.0, yaw=float(dice.uniform(0.1, 0.5)))
        pair, deep = (step, step), float(dice.uniform(0.96, 0.995))
    else:
        front = Step(x=0.09, y=-float(dice.uniform(0.3, 0.45)), yaw=0.05)
        rear = Step(x=0.09, y=float(dice.uniform(0.3, 0.45)), yaw=0.1, heel=0.6)
        pair, _ = sided(dice, front, rear)
        deep = float(dice.uniform(0.85, 0.97))
    return Posture(
        steps=pair,
        arms=_both(dice, arms_at_the_sides),
        pelvis=turns(dice, 0.05, 0.02, 0.08),
        spine=turns(dice, 0.06, 0.04, 0.12),
        head=turns(dice, 0.1, 0.07, 0.25),
        extension=deep,
    )


_POSTURES: dict[str, tuple[float, Callable[[Dice], Posture]]] = {
    "lying": (0.2, _lying),
    "on the floor": (0.2, _sitting_on_the_floor),
    "cross-legged": (0.12, _cross_legged),
    "kneeling": (0.14, _kneeling),
    "squatting": (0.06, _squatting),
    "legs crossed": (0.16, _legs_crossed_on_a_seat),
    "wide": (0.12, _wide_stride),
}
