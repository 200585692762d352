"""`python -m pipeline.bundle`: make the data, train, judge and export the small models."""

from pathlib import Path
from typing import Annotated

import typer

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
    held_out: Annotated[bool, typer.Option(help="Bodies and backgrounds kept from training.")] = False,
    sheet: Annotated[Path | None, typer.Option(help="Only draw a contact sheet, to this file.")] = None,
) -> None:
    """Render people with their labels, joints and captions; finished shards are kept."""
    from pipeline.bundle.shards import Series, contact_sheet, write_series  # noqa: PLC0415

    width, _, height = size.partition("x")
    series = Series(
        seed=seed, count=count, folder=out, size=(int(width), int(height)), held_out=held_out
    )
    if sheet is not None:
        contact_sheet(series).save(sheet)
    else:
        write_series(series, jobs=jobs)


if __name__ == "__main__":
    app()
