"""Print what the judge found: figures with their intervals, or JSON, and the sheet."""

import json
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from pipeline.bundle.evaluate import evaluate, sheet, summary
from pipeline.bundle.judge import load_judge
from pipeline.errors import ModelError
from pipeline.gpu.models import load_models
from pipeline.profiles import TINY_FOLDER, find_weights


def report(seed: int, count: int, profile: str, *, as_json: bool, sheet_file: Path | None) -> None:
    """Evaluate and print.

    Raises:
        ModelError: There is nothing to count, or weights are missing.
    """
    if count < 1:
        raise ModelError("There is nothing to evaluate: give --count 1 or more.")
    weights = find_weights(profile)
    own = Path(profile) / "judge"
    judge = load_judge(own if own.is_dir() else TINY_FOLDER / "judge")
    models = load_models(weights)
    found = evaluate(models, judge, seed, count)
    progress = track(found, total=count, console=Console(stderr=True), description="painting")
    results = list(progress)
    figures = {"profile": models.profile.name, "seed": seed}
    measured = summary([verdict for _, verdict in results])
    if sheet_file is not None:
        sheet(results).save(sheet_file)
    if as_json:
        Console().print_json(json.dumps({**figures, **measured}))
        return
    table = Table("figure", "mean", "95 % from", "to")
    for name in results[0][1].values:
        row = (measured.get(key) for key in (name, f"{name}_low", f"{name}_high"))
        table.add_row(name, *("-" if value is None else f"{value:.3f}" for value in row))
    Console().print(table)
