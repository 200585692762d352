"""How much memory a photo takes, measured in a process of its own. Linux only.

`python -m pipeline.bench.memory 3072 4096 1536` completes a photo and prints what it took as JSON.
"""

import ctypes
import gc
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pipeline.bench.scenes import Scene, photo_file
from pipeline.geometry import Size
from pipeline.jobs import Progress

STATUS = Path("/proc/self/status")
CLEAR = Path("/proc/self/clear_refs")
FORGET_PEAK = "5"  # proc(5): resets the peak resident set size
# glibc keeps more of what is given back the more was asked for; then the order of things decides
# how much is resident. Fixed at its first value, and in one arena, it is what is in use.
PLAIN_ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_ARENA_MAX": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What completing one photo took.

    Attributes:
        pixels: Of the photo.
        canvas: Pixels of the canvas.
        peak: The most bytes that were resident, above what the loaded networks take.
        stages: The same within each stage.
    """

    pixels: int
    canvas: int
    peak: int
    stages: dict[str, int] = field(default_factory=dict[str, int])


def measure(scene: Scene, steps: int = 1) -> Taken:
    """Complete a photo in this process, after one small photo that warms everything up."""
    engine = scene.engine()
    small = Scene(photo=Size(256, 256), extension=128)
    engine.prepare(small.job(photo_file(small.photo), steps=steps))
    data = photo_file(scene.photo)
    _settle()
    before, stages = _forget_peak(), dict[str, int]()

    def report(progress: Progress) -> None:
        taken = _peak() - before
        stages[progress.stage.value] = max(stages.get(progress.stage.value, 0), taken)
        if progress.step == 0:
            CLEAR.write_text(FORGET_PEAK)

    result = engine.prepare(scene.job(data, steps=steps), report)
    stages["end"] = _peak() - before
    canvas = result.version.canvas.size
    return Taken(
        pixels=scene.photo.area, canvas=canvas.area, peak=max(stages.values()), stages=stages
    )


def measured_apart(scene: Scene) -> Taken:
    """Measure in a fresh process."""
    told = [str(number) for number in (scene.photo.width, scene.photo.height, scene.extension)]
    command = [sys.executable, "-m", "pipeline.bench.memory", *told]
    environment = {**os.environ, **PLAIN_ALLOCATOR, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(  # noqa: S603 - ourselves, with three numbers
        command, check=True, capture_output=True, text=True, env=environment
    )
    return Taken(**json.loads(done.stdout))


def _settle() -> None:
    """Give back what the allocator keeps for later."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)


def _forget_peak() -> int:
    """Begin anew; return the bytes that are resident now."""
    CLEAR.write_text(FORGET_PEAK)
    return _peak()


def _peak() -> int:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def main(arguments: Sequence[str]) -> None:
    """Measure one scene and print it."""
    width, height, extension = map(int, arguments)
    scene = Scene(photo=Size(width, height), extension=extension)
    sys.stdout.write(json.dumps(asdict(measure(scene))) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
