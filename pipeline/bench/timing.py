"""Seconds that pictures take, ours and the stock pipelines' in turn: P7. It takes minutes.

Networks have half of Stable Diffusion 1.5's widths, and guidance and pose have all steps on both
sides, so that what is told is how well counted work stands for time.
"""

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PIL import Image

from pipeline.bench.counts import EVEN, metered, refine_job
from pipeline.bench.meter import WorkMeter
from pipeline.bench.networks import HALF
from pipeline.bench.rows import Row
from pipeline.bench.scenes import A, photo_file, photo_of
from pipeline.bench.stock import Stock
from pipeline.geometry import Size
from pipeline.gpu.engine import Engine
from pipeline.gpu.models import Models
from pipeline.jobs import RefineJob, Settings

STEPS = 2
ROUNDS = 2
NOISY = 1.3  # times the quickest round: a slower one says that others disturbed it
ALLOWED = 1.05  # times the ratio of work
WARM = Size(128, 128)

Way = Callable[[], Any]


def timing() -> list[Row]:
    """P7: outpainting and refining A."""
    models = A.models(HALF, profile=EVEN)
    ways = _ways(models)
    _warm_up(models)
    work = {name: _work(models, way) for name, way in ways.items()}  # a round that is not timed
    spent = _in_turn(ways)
    pairs = (("outpaint", "inpaint_full"), ("refine", "cn_full"))
    return [_row(ours, theirs, spent, work) for ours, theirs in pairs]


def _ways(models: Models) -> Mapping[str, Way]:
    engine, size = Engine(models), (A.canvas.width, A.canvas.height)
    picture, mask = photo_of(A.canvas), Image.new("L", size, 0)
    mask.paste(255, (0, A.photo.height, *size))
    job = A.job(photo_file(A.photo), steps=STEPS, settings=Settings(posed=False))
    refine = refine_job(A, steps=STEPS)
    return {
        "inpaint_full": partial(Stock(steps=STEPS).run, models, picture, mask),
        "outpaint": partial(engine.prepare, job),
        "cn_full": partial(Stock(posed=True, steps=STEPS).run, models, picture, mask, picture),
        "refine": partial(_refined, engine, refine),
    }


def _refined(engine: Engine, job: RefineJob) -> None:
    """Refine as if nobody had before: what is remembered would be skipped."""
    engine.models.forget()
    engine.refine(job)


def _warm_up(models: Models) -> None:
    picture = photo_of(WARM)
    mask = Image.new("L", picture.size, 255)
    Stock(posed=True, steps=1).run(models, picture, mask, picture)


def _work(models: Models, way: Way) -> float:
    meter: WorkMeter = metered(models)
    with meter:
        way()
    return meter.summary().gflops


def _in_turn(ways: Mapping[str, Way]) -> dict[str, list[float]]:
    """Give the processor's seconds of each way, round by round."""
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            begun = time.process_time()
            way()
            spent[name].append(time.process_time() - begun)
    return spent


def _row(
    ours: str, theirs: str, spent: Mapping[str, list[float]], work: Mapping[str, float]
) -> Row:
    spread = max(spent[theirs]) / min(spent[theirs])
    told = f"ratio of work {work[ours] / work[theirs]:.3f}, spread of rounds {spread:.2f}"
    return Row(
        name=f"P7 {ours}",
        what=f"seconds for A at half width, {STEPS} steps",
        baseline=f"{theirs}, {min(spent[theirs]):.0f} s",
        measured=min(spent[ours]) / min(spent[theirs]),
        must=0.75,
        stretch=ALLOWED * work[ours] / work[theirs],
        note=told + (": void, this machine is too busy" if spread > NOISY else ""),
    )
