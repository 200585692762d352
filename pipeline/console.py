"""The command line's own concerns: which photos are meant, and live progress on standard error."""

import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pipeline.errors import PhotoError
from pipeline.jobs import Progress as JobProgress
from pipeline.jobs import Report, Stage

STANDARD_INPUT = "-"
PHOTO_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif"}
)
SAYS: dict[Stage, str] = {
    Stage.READ: "reading the photo",
    Stage.PLAN: "planning the body",
    Stage.CAPTION: "describing it",
    Stage.OUTPAINT: "painting what is missing",
    Stage.DETECT: "looking for the skeleton",
    Stage.REFINE: "repainting the legs",
}


def photos_of(arguments: Sequence[str]) -> list[tuple[str, Path | None]]:
    """List the photos that are meant: name of the result's folder, and file (None: standard input).

    A directory stands for the pictures directly in it. Photos of the same name get a number each.
    """
    found: list[Path | None] = []
    for argument in arguments:
        path = Path(argument)
        if argument == STANDARD_INPUT:
            found.append(None)
        elif path.is_dir():
            found += sorted(file for file in path.iterdir() if _looks_like_photo(file))
        else:
            found.append(path)
    return list(zip(_names(found), found, strict=True))


def _looks_like_photo(file: Path) -> bool:
    return file.is_file() and file.suffix.lower() in PHOTO_SUFFIXES


def _names(files: Sequence[Path | None]) -> list[str]:
    names: list[str] = []
    for file in files:
        stem = file.stem if file else "stdin"
        name, number = stem, 2
        while name in names:
            name, number = f"{stem}-{number}", number + 1
        names.append(name)
    return names


def bytes_of(file: Path | None) -> bytes:
    """Read a photo's file, or standard input.

    Raises:
        PhotoError: There is no such file, or it cannot be read.
    """
    if file is None:
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise PhotoError("There is no such file. Check the path.") from error
    except OSError as error:
        raise PhotoError(
            f"The file cannot be read ({error.strerror}). Check its permissions."
        ) from error


@contextmanager
def shown(console: Console, name: str) -> Generator[Report]:
    """Show one photo's stages live, in one line that ends as its summary."""
    columns = (
        TextColumn("[bold]{task.fields[photo]}[/]"),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=not console.is_terminal) as progress:
        task = progress.add_task("starting", photo=name, total=1)

        def report(at: JobProgress) -> None:
            progress.update(
                task, description=SAYS[at.stage], completed=at.step, total=at.steps, refresh=True
            )

        yield report
        progress.update(task, description="done", completed=1, total=1)
