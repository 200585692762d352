"""Memory that photos of four sizes take, each in a process of its own: S2."""

from pipeline.bench.memory import Taken, measured_apart
from pipeline.bench.rows import Row
from pipeline.bench.scenes import B, D, Scene
from pipeline.geometry import Size

PER_PIXEL = 8  # bytes for each pixel that a photo has more
SCENES = {
    "4 MP": Scene(photo=Size(1732, 2309), extension=1155),
    "12 MP": D,
    "40 MP": Scene(photo=Size(5000, 8000), extension=2000),
}


def peaks() -> list[Row]:
    """S2: bytes for each pixel that a photo has more than B's, at the highest."""
    base = measured_apart(B)
    return [_row(name, measured_apart(scene), base) for name, scene in SCENES.items()]


def _row(name: str, taken: Taken, base: Taken) -> Row:
    return Row(
        name=f"S2 {name}",
        what="bytes at the peak for each pixel more",
        baseline=f"768 x 1024, {base.peak / 1e6:.0f} MB",
        measured=(taken.peak - base.peak) / (taken.pixels - base.pixels),
        must=PER_PIXEL,
        note=f"{taken.peak / 1e6:.0f} MB; photo and canvas alone {_held(taken) / 1e6:.0f}",
    )


def _held(taken: Taken) -> int:
    """Pillow keeps four bytes for a pixel in RGB; what is delivered is photo and canvas."""
    return 4 * (taken.pixels + taken.canvas)
