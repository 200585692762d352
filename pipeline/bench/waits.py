"""How long people wait when several share one model, on a simulated clock: P10.

No network is called: a step takes as long as its UNet calls, one unit each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from random import Random
from statistics import mean, quantiles

from pipeline.bench.rows import Row
from pipeline.turns import PATIENCE, Turns

STEPS = 20
WINDOWS = 4  # of an outpaint; a refine has one
USERS = 8
ROUNDS = 50  # of all users
LOAD = 0.8  # of the model's time


@dataclass(frozen=True, slots=True)
class Arrival:
    """A job: when it comes, and how long each of its steps takes."""

    at: float
    steps: tuple[float, ...]

    @property
    def work(self) -> float:
        return sum(self.steps)


@dataclass(frozen=True, slots=True)
class Finish:
    """When a job's first step began and its last one ended, and how long it waited to begin."""

    began: float
    ended: float
    waited: float


def in_order(jobs: Sequence[Arrival]) -> list[Finish]:
    """First come, first served."""
    ends = accumulate(jobs, lambda free, job: max(free, job.at) + job.work, initial=0.0)
    return [
        Finish(max(free, job.at), max(free, job.at) + job.work, max(free, job.at) - job.at)
        for free, job in zip(ends, jobs, strict=False)
    ]


def in_turns(jobs: Sequence[Arrival], patience: float = PATIENCE) -> list[Finish]:
    """A step at a time, as `Turns` chooses. Jobs are given in the order of their arrival."""
    turns = Turns[int, float](patience)
    began, ended = dict[int, float](), dict[int, float]()
    now, next_one = 0.0, 0
    while len(turns) or next_one < len(jobs):
        while next_one < len(jobs) and (jobs[next_one].at <= now or not len(turns)):
            job = jobs[next_one]
            now = max(now, job.at)
            turns.join(next_one, iter(job.steps), job.steps, now=now)
            next_one += 1
        taken = turns.take(now)
        if taken is not None:
            began.setdefault(taken[0], now)
            now += taken[1]
            ended[taken[0]] = now
    return [Finish(began[n], ended[n], began[n] - job.at) for n, job in enumerate(jobs)]


def busy_day(seed: int) -> list[Arrival]:
    """Half outpaints, half refines, at chance times, so many that the model is busy at `LOAD`."""
    dice = Random(seed)  # noqa: S311 - a simulation
    outpaint, refine = (float(WINDOWS),) * STEPS, (1.0,) * STEPS
    kinds = list(chain.from_iterable([(outpaint, refine) * (USERS // 2)] * ROUNDS))
    pause = mean(map(sum, kinds)) / LOAD
    times = accumulate(dice.expovariate(1 / pause) for _ in kinds)
    return [Arrival(at, steps) for at, steps in zip(times, kinds, strict=True)]


def waiting() -> list[Row]:
    """P10: how long refines and outpaints take in turns, against first come, first served."""
    jobs = busy_day(1)
    turned, ordered = in_turns(jobs), in_order(jobs)
    refines = [n for n, job in enumerate(jobs) if job.work == STEPS]
    outpaints = [n for n, job in enumerate(jobs) if job.work > STEPS]

    def took(told: Sequence[Finish], which: Sequence[int]) -> list[float]:
        return [told[n].ended - jobs[n].at for n in which]

    worst = max(
        a / b for a, b in zip(took(turned, outpaints), took(ordered, outpaints), strict=True)
    )
    return [
        Row(
            name="P10",
            what=f"refine, 95th percentile, {len(jobs)} jobs at load {LOAD}",
            baseline="first come, first served",
            measured=_p95(took(turned, refines)) / _p95(took(ordered, refines)),
            must=0.5,
        ),
        Row(
            name="P10 outpaint",
            what="outpaint, mean, the same jobs",
            baseline="first come, first served",
            measured=mean(took(turned, outpaints)) / mean(took(ordered, outpaints)),
            must=1.2,
            note=f"the worst {worst:.2f}",
        ),
        Row(
            name="P10 wait",
            what=f"a refine's longest wait behind {WINDOWS} windows with more left, in UNet calls",
            baseline="a step of all its windows",
            measured=max(_behind(at) for at in range((WINDOWS - 1) * STEPS - WINDOWS)),
            must=WINDOWS,
            stretch=1.0,
            note="turns change between steps, not between windows",
        ),
    ]


def _behind(calls: int) -> float:
    """Return how long a refine waits that comes when an outpaint is in one of its UNet calls."""
    outpaint, refine = (float(WINDOWS),) * STEPS, (1.0,) * STEPS
    return in_turns([Arrival(0, outpaint), Arrival(calls + 0.01, refine)])[1].waited


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1]
