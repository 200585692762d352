"""The command line: `python -m pipeline fix|demo|doctor`."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from pipeline.console import bytes_of, photos_of, shown
from pipeline.edits import parse_edit
from pipeline.errors import ModelError, StudioError
from pipeline.fix import Wish, Works, fix, write
from pipeline.jobs import Settings
from pipeline.plan import Extension, parse_amount

app = typer.Typer(
    help="Put the feet back into a photo.", no_args_is_help=True, pretty_exceptions_enable=False
)
log = Console(stderr=True, highlight=False)
out = Console(highlight=False)

Side = Annotated[str, typer.Option(help="How far to extend this side: auto, 60%, 512px or 0.")]


@app.command("fix")
def fix_command(
    photos: Annotated[list[str], typer.Argument(help="Photos, directories, or - for stdin.")],
    folder: Annotated[Path, typer.Option("--out", help="Where the results go.")] = Path("out"),
    down: Annotated[str, typer.Option(help="How far down: auto, 60%, 512px.")] = "auto",
    left: Side = "0",
    right: Side = "0",
    up: Side = "0",
    profile: Annotated[str, typer.Option(help="auto, tiny, sd15, or a folder.")] = "auto",
    caption: Annotated[str | None, typer.Option(help="What the picture shows.")] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1)] = 0,
    steps: Annotated[int | None, typer.Option(min=1, max=200)] = None,
    nudge: Annotated[
        list[str] | None, typer.Option(help='Move a joint, such as "right_knee right 12".')
    ] = None,
    refine: Annotated[
        bool | None,
        typer.Option("--refine/--no-refine", help="Repaint the legs; the default after --nudge."),
    ] = None,
    posed: Annotated[
        bool, typer.Option("--pose-guided/--no-pose-guided", help="Let the plan guide the paint.")
    ] = True,
    band: Annotated[int, typer.Option(min=0, help="Pixels of the photo to blend.")] = 0,
    stages: Annotated[bool, typer.Option("--stages", help="Write the stages too.")] = False,
) -> None:
    """Complete photos: paint the legs that were cut off."""
    try:
        amounts = {"down": down, "left": left, "right": right, "up": up}
        edits = tuple(parse_edit(text) for text in nudge or ())
        wish = Wish(
            extension=Extension(**{side: parse_amount(text) for side, text in amounts.items()}),
            caption=caption,
            settings=Settings(seed=seed, steps=steps, posed=posed, band=band),
            edits=edits,
            refine=bool(edits) if refine is None else refine,
            stages=stages,
        )
        engine = _engine(profile)
    except StudioError as error:
        _refuse(str(error))
    if not _fix_all(engine, photos, wish, folder):
        raise typer.Exit(1)


def _fix_all(engine: Works, photos: list[str], wish: Wish, folder: Path) -> bool:
    """Work through the photos; one that fails does not stop the others."""
    meant = photos_of(photos)
    if not meant:
        _refuse("There are no photos in that directory. Name a photo, or another directory.")
    failed = 0
    for name, file in meant:
        try:
            with shown(log, name) as report:
                outcome = fix(engine, bytes_of(file), wish, report)
            write(outcome, folder / name)
        except StudioError as error:
            failed += 1
            log.print(f"[red]{file or 'standard input'}[/]: {error}", soft_wrap=True)
            continue
        for note in outcome.record["notes"]:
            log.print(f"  {note}", style="dim", soft_wrap=True)
        changed = outcome.record["changed_pixels"]
        log.print(f"  {changed} pixels of the photo changed.", style="dim")
        out.print(str(folder / name / "result.png"), soft_wrap=True)
    return not failed


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
