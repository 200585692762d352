"""Print what the judge found: figures with their intervals, or JSON, and the sheet."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image
from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Column, Table

from pipeline.bundle.evaluate import Trial, evaluate, sheet, summary
from pipeline.bundle.judge import load_judge
from pipeline.bundle.methods import method_named
from pipeline.bundle.photos import Sight, look, photos_in
from pipeline.bundle.planning import plans
from pipeline.errors import ModelError
from pipeline.gpu.engine import Engine
from pipeline.gpu.models import Models, load_models
from pipeline.gpu.pose import MediaPipeDetector
from pipeline.profiles import TINY_FOLDER, find_weights

Item = TypeVar("Item")

TILE = 256  # pixels; the longer side of a photo on the sheet
COLUMNS = 8

# What each figure must reach and aims at. An overlap must also be 0.20 above the flat fill's, and
# joints aim at 0.90 of what the true picture gives.
WANTED: Mapping[str, tuple[str, str]] = {
    "leg_iou": (">= .55", ">= .75"),
    "pck_0.1": ("", ""),
    "pck_0.2": (">= .70", "90 %"),
    "toe_pck_0.1": ("", ""),
    "toe_pck_0.2": (">= .60", "90 %"),
    "obey_gain": (">= .6", ">= .9"),
    "obey_drift": ("<= .08", "<= .03"),
    "garment_de": ("<= 15", "<= 8"),
    "shoe_de": ("<= 22", "<= 12"),
    "seam_ratio": ("<= 1.5", "<= 1.1"),
    "clone_rate": ("<= .02", "<= .005"),
    "third_leg_rate": ("<= .05", "<= .01"),
    "caption_words": (">= .80", ">= .95"),
    "plan_toes_in_frame": (">= .85", ""),
    "plan_toes_upright": (">= .95", ""),
    "plan_excess": ("<= .15", ""),
    "plan_leg_ratio": ("", ""),
    "plan_ankle_error": ("", ""),
    "seconds_per_picture": ("<= 4", ""),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What `evaluate` was asked for.

    Attributes:
        seed: Of the held-out scenes.
        count: How many people.
        seeds: How many paintings of each.
        method: The way to paint.
        profile: The weights.
        broad: Whether to take the scenes that show whatever people send.
        as_json: Whether to print JSON.
        sheet: Where to draw worst, median and best.
        photos: A folder of photos to judge instead.
        plan_only: Whether to judge the plans alone and paint nothing.
        larger: How many times as large as the model's window the canvas is.
    """

    seed: int
    count: int
    seeds: int
    method: str
    profile: str
    broad: bool = False
    as_json: bool = False
    sheet: Path | None = None
    photos: Path | None = None
    plan_only: bool = False
    larger: int = 1


def report(wish: Wish) -> None:
    """Evaluate and print.

    Raises:
        ModelError: There is nothing to count, or weights are missing or damaged.
    """
    if wish.count < 1 or wish.seeds < 1:
        raise ModelError("There is nothing to evaluate: give --count and --seeds of 1 or more.")
    if wish.plan_only:
        _report_plans(wish)
        return
    method = method_named(wish.method)
    files = photos_in(wish.photos) if wish.photos is not None else None
    weights = find_weights(wish.profile)
    own = Path(wish.profile) / "judge"
    judge = load_judge(own if own.is_dir() else TINY_FOLDER / "judge")
    models = load_models(weights)
    if files is not None:
        _report_photos(wish, models, files)
        return
    seeds = tuple(range(wish.seeds))
    trial = Trial(models=models, judge=judge, method=method, seeds=seeds, larger=wish.larger)
    found = evaluate(trial, wish.seed, wish.count, broad=wish.broad)
    results = list(_watched(found, wish.count))
    if wish.sheet is not None:
        sheet(results).save(wish.sheet)
    said = {"profile": models.profile.name, "method": wish.method, "seeds": wish.seeds}
    said |= {"seed": wish.seed, "broad": wish.broad, "larger": wish.larger}
    measured = summary([verdict.values for _, verdict in results])
    _tell(wish, {**said, **measured}, list(WANTED))


def _report_plans(wish: Wish) -> None:
    with MediaPipeDetector() as detector:
        found = plans(detector, wish.seed, wish.count, broad=wish.broad)
        rows = list(_watched(found, wish.count, "planning"))
    names = [name for name in WANTED if name in rows[0]]
    _tell(wish, {"seed": wish.seed, "broad": wish.broad, **summary(rows)}, names)


def _report_photos(wish: Wish, models: Models, files: Sequence[Path]) -> None:
    sights = look(Engine(models), files, range(wish.seeds))
    seen = list(_watched(sights, len(files)))
    for sight in seen:
        if sight.refusal is not None:
            Console(stderr=True).print(f"{sight.name}: {sight.refusal}", soft_wrap=True)
    completed = [sight.values for sight in seen if sight.picture is not None]
    share = summary([{"completed": sight.values["completed"]} for sight in seen])
    measured = {**(summary(completed) if completed else {}), **share}
    if wish.sheet is not None:
        photo_sheet(seen).save(wish.sheet)
    said = {"profile": models.profile.name, "seeds": wish.seeds}
    names = ["completed", *(name for name in (completed or [{}])[0] if name != "completed")]
    _tell(wish, {**said, **measured}, names)


def photo_sheet(sights: Sequence[Sight]) -> Image.Image:
    """Draw the completed pictures side by side."""
    pictures = [sight.picture for sight in sights if sight.picture is not None]
    rows = max(1, -(-len(pictures) // COLUMNS))
    drawn = Image.new("RGB", (COLUMNS * TILE, rows * TILE))
    for number, picture in enumerate(pictures):
        small = picture.copy()
        small.thumbnail((TILE, TILE))
        drawn.paste(small, (number % COLUMNS * TILE, number // COLUMNS * TILE))
    return drawn


def _watched(found: Iterable[Item], total: int, what: str = "painting") -> Iterable[Item]:
    return track(found, total=total, console=Console(stderr=True), description=what)


def _tell(wish: Wish, figures: Mapping[str, Any], names: Sequence[str]) -> None:
    if wish.as_json:
        Console().print_json(json.dumps(figures))
        return
    heads = ("figure", "painted", "95 %", "flat", "true", "must", "aim")
    columns = [Column(head, no_wrap=True) for head in heads]
    columns[0].min_width = max(map(len, names))
    table = Table(*columns, box=box.SIMPLE, padding=(0, 1), pad_edge=False, collapse_padding=True)
    for name in names:
        painted, flat, true = (_number(figures, before + name) for before in ("", "flat_", "true_"))
        interval = [_number(figures, f"{name}_{end}") for end in ("low", "high")]
        table.add_row(name, painted, " ".join(interval), flat, true, *WANTED.get(name, ("", "")))
    Console().print(table)


def _number(figures: Mapping[str, Any], name: str) -> str:
    return f"{figures[name]:.3f}" if name in figures else ""
