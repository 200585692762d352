"""What `make demo` shows: the sample photos, completed, nudged and repainted."""

from pathlib import Path

from pipeline.edits import parse_edit
from pipeline.wish import Wish

SAMPLES = Path(__file__).parent / "samples"
NUDGES = {"astronaut": ("right_ankle left 40",)}
DEFAULT_NUDGES = ("right_ankle left 30",)


def demo_photos() -> list[Path]:
    """List the shipped sample photos."""
    return sorted(file for file in SAMPLES.iterdir() if file.suffix in {".png", ".jpg"})


def demo_wish(photo: Path) -> Wish:
    """Ask for everything: every stage's picture, and a nudge with a repaint."""
    edits = tuple(parse_edit(text) for text in NUDGES.get(photo.stem, DEFAULT_NUDGES))
    return Wish(edits=edits, refine=True, stages=True)
