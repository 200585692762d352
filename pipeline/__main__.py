"""The command line: `python -m pipeline fix|compare|demo|bench|doctor`."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from pipeline import options
from pipeline.compare import compare
from pipeline.console import bytes_of, photos_of, shown
from pipeline.edits import parse_edit
from pipeline.errors import ModelError, StudioError
from pipeline.fill import Fill
from pipeline.fix import Outcome, Works, fix, write
from pipeline.jobs import Method, Quality, Report, Settings
from pipeline.plan import Extension, parse_amount
from pipeline.wish import Wish, check, mask_in
from pipeline.wording import wish_of

app = typer.Typer(
    help="Put the feet back into a photo.", no_args_is_help=True, pretty_exceptions_enable=False
)
log = Console(stderr=True, highlight=False)
out = Console(highlight=False)


@app.command("fix")
def fix_command(
    photos: options.Photos,
    down: options.Down = "auto",
    left: options.Side = "0",
    right: options.Side = "0",
    up: options.Side = "0",
    caption: options.Caption = None,
    garment: options.Garment = None,
    footwear: options.Footwear = None,
    floor: options.Floor = None,
    nudge: options.Nudge = None,
    refine: options.Refine = None,
    mask: options.Mask = None,
    anywhere: options.Anywhere = False,
    posed: options.Posed = True,
    method: options.MethodOption = Method.CONTROLNET,
    quality: options.QualityOption = Quality.NORMAL,
    steps: options.Steps = None,
    guidance: options.GuidanceScale = None,
    band: options.Band = 0,
    fill: options.FillOption = Fill.INPAINT,
    seed: options.Seed = 0,
    profile: options.Profile = "auto",
    variants: options.Variants = 1,
    best: options.Best = 1,
    stages: options.Stages = False,
    folder: options.Folder = Path("out"),
) -> None:
    """Complete photos: paint the legs that were cut off."""
    try:
        amounts = {"down": down, "left": left, "right": right, "up": up}
        edits = tuple(parse_edit(text) for text in nudge or ())
        wish = Wish(
            extension=Extension(**{side: parse_amount(text) for side, text in amounts.items()}),
            caption=caption,
            settings=Settings(
                seed=seed,
                steps=steps,
                guidance=guidance,
                posed=posed,
                band=band,
                quality=quality,
                best=best,
                garment=wish_of(garment),
                footwear=wish_of(footwear),
                floor=wish_of(floor),
                method=method,
                fill=fill,
            ),
            edits=edits,
            refine=bool(edits) or mask is not None if refine is None else refine,
            mask=None if mask is None else mask_in(mask),
            anywhere=anywhere,
            variants=variants,
            stages=stages,
        )
        check(wish)
        engine = _engine(profile)
    except StudioError as error:
        _refuse(str(error))
    if not _fix_all(engine, photos, wish, folder):
        raise typer.Exit(1)


def _fix_all(engine: Works, photos: list[str], wish: Wish, folder: Path) -> bool:
    return _each(photos, folder, lambda photo, report: fix(engine, photo, wish, report))


def _each(photos: list[str], folder: Path, work: Callable[[bytes, Report], Outcome]) -> bool:
    """Work through the photos; one that fails does not stop the others."""
    meant = photos_of(photos)
    if not meant:
        _refuse("There are no photos in that directory. Name a photo, or another directory.")
    failed = 0
    for name, file in meant:
        try:
            with shown(log, name) as report:
                outcome = work(bytes_of(file), report)
            write(outcome, folder / name)
        except StudioError as error:
            failed += 1
            log.print(f"[red]{file or 'standard input'}[/]: {error}", soft_wrap=True)
            continue
        for line in _told(outcome.record):
            log.print(f"  {line}", style="dim", soft_wrap=True)
        for result in outcome.files:
            if result.startswith(("result", "compare.png")):
                out.print(str(folder / name / result), soft_wrap=True)
    return not failed


def _told(record: Mapping[str, Any]) -> Iterator[str]:
    yield from record["notes"]
    if "methods" in record:
        return
    changed = max(one["changed_pixels"] for one in record.get("variants", [record]))
    yield f"{changed} pixels of the photo changed."
    score = record["score"]
    if score:
        best = f", the best: {record['result']}" if "variants" in record else ""
        yield f"The legs score {score['total']:.0%}{best}."


def _engine(profile: str) -> Works:
    """Load a profile; torch is imported here and not before."""
    try:
        from pipeline.gpu.engine import Engine
        from pipeline.gpu.models import load_models
    except ModuleNotFoundError as error:
        raise ModelError(
            f"Painting needs {error.name}, which is not installed here. "
            "Install Toeframe with the gpu extra: make test does."
        ) from error
    from pipeline.profiles import find_weights

    weights = find_weights(profile)
    with log.status(f"loading {weights.profile.name}"):
        models = load_models(weights)
    log.print(f"Painting with {weights.profile.name} on {models.device}. {weights.profile.label}")
    return Engine(models)


def _refuse(sentence: str) -> NoReturn:
    log.print(f"[red]{sentence}[/]", soft_wrap=True)
    raise typer.Exit(1)


@app.command("compare")
def compare_command(
    photos: options.Photos,
    caption: options.Caption = None,
    quality: options.QualityOption = Quality.NORMAL,
    seed: options.Seed = 0,
    profile: options.Profile = "auto",
    folder: options.Folder = Path("out/compare"),
) -> None:
    """Paint photos by every method with one seed, and show the results side by side."""
    try:
        engine = _engine(profile)
    except StudioError as error:
        _refuse(str(error))
    settings = Settings(seed=seed, quality=quality)
    if not _each(photos, folder, partial(compare, engine, settings=settings, caption=caption)):
        raise typer.Exit(1)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option("--out", help="Where the results go.")] = Path("out/demo"),
    profile: Annotated[str, typer.Option(help="auto, tiny, sd15, or a folder.")] = "auto",
) -> None:
    """Complete the sample photos, nudge a knee, repaint, and show every stage."""
    from pipeline.demo import demo_photos, demo_wish

    try:
        engine = _engine(profile)
    except StudioError as error:
        _refuse(str(error))
    failed = sum(
        not _fix_all(engine, [str(photo)], demo_wish(photo), folder) for photo in demo_photos()
    )
    out.print(f"Look at {folder}/*/: 1-plan.png to 5-refined.png, result.png, record.json.")
    if failed:
        raise typer.Exit(1)


@app.command()
def bench(
    machine: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    only: Annotated[str | None, typer.Option(help="Figures whose names begin so: P5.")] = None,
    rss: Annotated[bool, typer.Option("--rss", help="Memory too, a process a photo.")] = False,
    timing: Annotated[bool, typer.Option("--timing", help="Seconds too: takes minutes.")] = False,
) -> None:
    """Measure what painting costs, beside the stock pipelines."""
    from pipeline.bench.rows import Reached, table_of
    from pipeline.bench.run import UnknownFigureError, document_of, measure

    options = {"rss": rss, "timing": timing}
    asked = frozenset(name for name, wanted in options.items() if wanted)
    with log.status("measuring") as status:
        try:
            rows = measure(only, asked=asked, told=lambda what: status.update(f"measuring {what}"))
        except UnknownFigureError as error:
            _refuse(str(error))
    if machine:
        out.print(document_of(rows), soft_wrap=True, markup=False)
    else:
        out.print(table_of(rows))
    if any(row.reached is Reached.NO for row in rows):
        raise typer.Exit(1)


@app.command()
def doctor() -> None:
    """Say what is installed, which weights are here, and how to get the rest."""
    from pipeline.doctor import findings

    healthy = True
    for finding in findings():
        mark = "[green]ok[/]" if finding.good else "[yellow]--[/]"
        out.print(f"{mark}  [bold]{finding.what}[/]: {finding.says}", soft_wrap=True)
        healthy &= finding.good or not finding.needed
    if not healthy:
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
