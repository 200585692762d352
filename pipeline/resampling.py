"""RePaint's schedule: in which order noise levels are visited. Pure arithmetic.

Source: Lugmayr et al. 2022, https://arxiv.org/abs/2201.09865, Algorithm 1 and appendix B.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """How often, and how far, denoising walks back up.

    Attributes:
        jump: How many levels each walk back up climbs ("j" in the paper).
        repeats: How often each stretch is denoised in all ("r"); 1 means never walk back.
        eta: How much of each step's noise is new: 0 is DDIM, 1 is DDPM, as in the paper.
    """

    jump: int = 10
    repeats: int = 10
    eta: float = 1.0


def resampling_times(steps: int, *, jump: int, repeats: int) -> list[int]:
    """List the noise levels in the order RePaint visits them, `steps - 1` down to 0.

    A level that is lower than the one before it is denoised; one that is higher is climbed to by
    adding noise. Each multiple of `jump` is climbed from `repeats - 1` times, except where the top
    would be passed.

    Args:
        steps: How many noise levels there are.
        jump: How many levels each walk back up climbs ("j" in the paper).
        repeats: How often each stretch is denoised in all ("r"); 1 means never walk back.
    """
    if jump < 1 or repeats < 1:
        raise ValueError("a walk climbs at least one level, and each stretch is denoised")
    climbs = dict.fromkeys(range(0, steps - jump, jump), repeats - 1)
    times: list[int] = []
    level = steps
    while level > 0:
        level -= 1
        times.append(level)
        if climbs.get(level, 0):
            climbs[level] -= 1
            times.extend(range(level + 1, level + jump + 1))
            level += jump
    return times


def denoising_steps(steps: int, walk: Walk) -> int:
    """Count how often the network is called in a run of `steps` levels."""
    stretches = len(range(0, steps - walk.jump, walk.jump))
    return steps + stretches * (walk.repeats - 1) * walk.jump
