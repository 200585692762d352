"""`python -m pipeline.bundle`: make the data, train, judge and export the small models."""

import signal
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipeline.errors import StudioError
from pipeline.profiles import TINY_FOLDER

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)


@app.callback()
def main() -> None:
    """Make the tiny bundle from nothing but this repository."""


@app.command()
def data(
    out: Annotated[Path, typer.Option(help="Folder of the shards.")] = Path("out/bundle/data"),
    count: Annotated[int, typer.Option(min=1, help="How many scenes.")] = 24000,
    seed: Annotated[int, typer.Option(help="Another seed, other scenes.")] = 1,
    size: Annotated[str, typer.Option(help="Width x height in pixels.")] = "96x144",
    jobs: Annotated[int, typer.Option(min=1, help="Processes at once.")] = 2,
    held_out: Annotated[
        bool, typer.Option(help="Bodies and backgrounds kept from training.")
    ] = False,
    broad: Annotated[
        bool, typer.Option(help="All that people send: lying, two of them, near, from phones.")
    ] = False,
    sheet: Annotated[
        Path | None, typer.Option(help="Only draw a contact sheet, to this file.")
    ] = None,
) -> None:
    """Render people with their labels, joints and captions; finished shards are kept."""
    from pipeline.bundle.shards import Series, contact_sheet, write_series

    width, _, height = size.partition("x")
    series = Series(
        seed=seed,
        count=count,
        folder=out,
        size=(int(width), int(height)),
        held_out=held_out,
        broad=broad,
    )
    if sheet is not None:
        contact_sheet(series).save(sheet)
    else:
        write_series(series, jobs=jobs)


@app.command()
def judge(
    data: Annotated[Path, typer.Option(help="Folder of shards.")] = Path("out/bundle/judge-data"),
    work: Annotated[Path, typer.Option(help="Its weights, the log.")] = Path("out/bundle/work"),
    steps: Annotated[int, typer.Option(min=1)] = 1500,
) -> None:
    """Train the judge, apart from everything that paints; give it scenes of another seed."""
    from pipeline.bundle.training import run_judge

    _said(lambda: run_judge(data, work, steps=steps))


@app.command()
def train(
    part: Annotated[str, typer.Option(help="codec, painter, captioner or pixel.")],
    data: Annotated[Path, typer.Option(help="Folder of the shards.")] = Path("out/bundle/data"),
    work: Annotated[Path, typer.Option(help="Checkpoints, log, sheets.")] = Path("out/bundle/work"),
    minutes: Annotated[float, typer.Option(min=0, help="Stop after so long; 0: by steps.")] = 0,
    steps: Annotated[int, typer.Option(min=1, help="Stop after so many steps in all.")] = 100_000,
    rate: Annotated[float | None, typer.Option(help="The painter's learning rate.")] = None,
    cool_from: Annotated[
        int | None, typer.Option(help="The step from which the painter's rate is a third.")
    ] = None,
) -> None:
    """Train a part, going on from its checkpoint; told to end, it saves first."""
    from pipeline.bundle.training import run

    for told in (signal.SIGTERM, signal.SIGINT):  # a shell's background job ignores the second
        signal.signal(told, signal.default_int_handler)
    _said(
        lambda: run(part, data, work, minutes=minutes, steps=steps, rate=rate, cool_from=cool_from)
    )


@app.command()
def unpack(
    weights: Annotated[Path, typer.Option(help="Folder of weights.")] = TINY_FOLDER,
    work: Annotated[Path, typer.Option(help="Checkpoints.")] = Path("out/bundle/work"),
) -> None:
    """Turn shipped weights back into checkpoints, so that training goes on from them."""
    from pipeline.bundle.export import unpack_all

    _said(lambda: unpack_all(weights, work))


@app.command()
def export(
    work: Annotated[Path, typer.Option(help="Checkpoints.")] = Path("out/bundle/work"),
    out: Annotated[Path, typer.Option(help="Folder of weights.")] = Path("out/bundle/weights"),
) -> None:
    """Write the trained parts in half precision, as the product loads them."""
    from pipeline.bundle.export import export_all

    _said(lambda: export_all(work, out))


@app.command()
def legs(
    work: Annotated[Path, typer.Option(help="Its examples.")] = Path("out/bundle/work"),
    out: Annotated[
        Path | None, typer.Option(help="Where the weights go; the shipped ones if left out.")
    ] = None,
    count: Annotated[int, typer.Option(help="How many people to draw.")] = 4000,
    steps: Annotated[int, typer.Option(help="How long to train.")] = 3000,
    seed: Annotated[int, typer.Option(help="Of the scenes.")] = 7001,
) -> None:
    """Train the network that places the legs which a photo lacks, and say what it gains."""
    from pipeline.bundle.legs_report import run_legs

    _said(lambda: run_legs(work, out, count=count, seed=seed, steps=steps))


@app.command()
def evaluate(
    seed: Annotated[int, typer.Option(help="Of the held-out scenes.")] = 900_001,
    count: Annotated[int, typer.Option(help="How many people.")] = 100,
    seeds: Annotated[int, typer.Option(help="How many paintings of each.")] = 1,
    method: Annotated[
        str, typer.Option(help="controlnet, renoise, repaint, repaint-once, pixel, stock, fixed.")
    ] = "controlnet",
    profile: Annotated[str, typer.Option(help="tiny, or a folder of weights.")] = "tiny",
    broad: Annotated[bool, typer.Option(help="Judge all that people send.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    sheet: Annotated[Path | None, typer.Option(help="Worst, median and best, to a PNG.")] = None,
    photos: Annotated[
        Path | None, typer.Option(help="Judge this folder of photos, by detectors only.")
    ] = None,
    plan_only: Annotated[bool, typer.Option(help="Judge the plans alone; paint nothing.")] = False,
    larger: Annotated[
        int, typer.Option(min=1, max=8, help="Paint on a canvas so many times as large.")
    ] = 1,
) -> None:
    """Paint held-out people through the product's chain and measure them against the truth."""
    from pipeline.bundle.report import Wish, report

    wish = Wish(
        seed=seed,
        count=count,
        seeds=seeds,
        method=method,
        profile=profile,
        broad=broad,
        as_json=as_json,
        sheet=sheet,
        photos=photos,
        plan_only=plan_only,
        larger=larger,
    )
    _said(lambda: report(wish))


@app.command()
def rank(
    seed: Annotated[int, typer.Option(help="Of the held-out scenes.")] = 990_001,
    count: Annotated[int, typer.Option(help="How many people.")] = 40,
    seeds: Annotated[int, typer.Option(min=2, help="How many paintings of each.")] = 4,
    uneven: Annotated[bool, typer.Option(help="Three poorer ones among them.")] = False,
    profile: Annotated[str, typer.Option(help="tiny, or a folder of weights.")] = "tiny",
) -> None:
    """Tell how well the score ranks paintings of one person against the truth."""
    from pipeline.bundle.cases import cases
    from pipeline.bundle.judge import load_judge
    from pipeline.bundle.ranking import ranking, rate
    from pipeline.gpu.models import load_models
    from pipeline.profiles import find_weights

    def work() -> None:
        models, judge = load_models(find_weights(profile)), load_judge(TINY_FOLDER / "judge")
        people = cases(seed, count)
        rows = [rate(models, judge, case, seeds=seeds, uneven=uneven) for case in people]
        for name, figure in asdict(ranking(rows)).items():
            typer.echo(f"{name:12} {figure:6.3f}")

    _said(work)


def _said(work: Callable[[], None]) -> None:
    """Run a command; what a person can mend is told in one sentence."""
    try:
        work()
    except StudioError as error:
        Console(stderr=True).print(f"[red]{error}[/]", soft_wrap=True)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    app()
