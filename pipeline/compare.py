"""Paint one photo by every method with one seed: what `python -m pipeline compare` does.

The result is a contact sheet, a tile for each method with its scores under it, and the same figures
as JSON.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from textwrap import wrap
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from pipeline.canvas import count_changed
from pipeline.errors import ModelError
from pipeline.extension import Extension
from pipeline.fix import Outcome, Works
from pipeline.geometry import Size
from pipeline.jobs import Method, Prepared, PrepareJob, Report, Settings
from pipeline.photo import encode_png

AUTO = Extension()
TILE = Size(320, 480)  # pixels of a picture on the sheet, at most
MARGIN = 12
TITLE, TEXT = 20, 14  # heights of letters, in pixels
LINES = 5  # of text under a picture
LETTERS = 44  # that fit a line
PAPER, INK, PALE = "#ffffff", "#1c1c1c", "#8a8a8a"

LABELS: Mapping[Method, str] = {
    Method.CONTROLNET: "controlnet: guided by the pose",
    Method.RENOISE: "renoise: the same, mended",
    Method.REPAINT: "repaint: resampled latents",
    Method.PIXEL: "pixel: resampled pixels",
}


@dataclass(frozen=True, slots=True)
class Tile:
    """One place on the sheet.

    Attributes:
        title: What is seen.
        picture: None where there is nothing to see.
        lines: What is said under it; a long line is broken.
    """

    title: str
    picture: Image.Image | None
    lines: Sequence[str]


def compare(
    engine: Works,
    photo: bytes,
    report: Report,
    *,
    settings: Settings,
    extension: Extension = AUTO,
    caption: str | None = None,
) -> Outcome:
    """Complete a photo by every method, all of them with the same words and the same seed.

    Args:
        engine: What paints.
        photo: The file as it was sent.
        report: Told of all progress.
        settings: How to paint; its method is not looked at.
        extension: How far to extend which side.
        caption: What the whole picture shows; None asks the captioner.

    Returns:
        `compare.png` and `compare.json`. A method whose weights are missing says so in its place.

    Raises:
        StudioError: The photo or the plan cannot be used; the sentence says why.
    """
    results: dict[Method, Prepared | ModelError] = {}
    for method in Method:
        job = PrepareJob(
            photo=photo,
            extension=extension,
            caption=caption,
            settings=replace(settings, method=method),
        )
        try:
            results[method] = prepared = engine.prepare(job, report)
        except ModelError as error:
            results[method] = error
        else:
            caption = prepared.version.caption
    record = {
        "seed": settings.seed,
        "profile": engine.profile.name,
        "caption": caption,
        "notes": _notes(results.values()),
        "methods": {method.value: _figures(result) for method, result in results.items()},
    }
    files = {
        "compare.png": encode_png(labelled_sheet(_tiles(results))),
        "compare.json": json.dumps(record, indent=2, ensure_ascii=False).encode(),
    }
    return Outcome(files, record)


def _notes(results: Iterable[Prepared | ModelError]) -> list[str]:
    """Return what is said of the photo and the plan, which all methods share."""
    done = next((result for result in results if isinstance(result, Prepared)), None)
    return list(done.notes) if done else []


def _figures(result: Prepared | ModelError) -> dict[str, Any]:
    if isinstance(result, ModelError):
        return {"error": str(result)}
    version, score = result.version, result.score
    return {
        "score": None if score is None else score.figures,
        "changed_pixels": count_changed(version.picture, version.photo, version.canvas),
        "seconds": dict(result.seconds),
    }


def _tiles(results: Mapping[Method, Prepared | ModelError]) -> list[Tile]:
    done = [result for result in results.values() if isinstance(result, Prepared)]
    photo = done[0].version.photo if done else None
    first = Tile("the photo", photo, [done[0].version.caption] if done else [])
    return [first, *(_tile(LABELS[method], result) for method, result in results.items())]


def _tile(title: str, result: Prepared | ModelError) -> Tile:
    if isinstance(result, ModelError):
        return Tile(title, None, [str(result)])
    score, figures = result.score, _figures(result)
    lines = [f"{sum(result.seconds.values()):.1f} s"]
    if score is not None:
        parts = ", ".join(f"{name} {part:.2f}" for name, part in score.parts.items())
        lines = [f"score {score.total:.0%} in {lines[0]}", parts]
    kept = f"{figures['changed_pixels']} pixels of the photo changed"
    return Tile(title, result.version.picture, [*lines, kept])


def labelled_sheet(tiles: Sequence[Tile]) -> Image.Image:
    """Lay tiles side by side, each with its title above and its lines below."""
    width = TILE.width + 2 * MARGIN
    height = TILE.height + 2 * MARGIN + 2 * TITLE + LINES * _leading(TEXT)
    sheet = Image.new("RGB", (width * len(tiles), height), PAPER)
    for column, tile in enumerate(tiles):
        _draw(sheet, tile, column * width + MARGIN)
    return sheet


def _draw(sheet: Image.Image, tile: Tile, left: int) -> None:
    brush = ImageDraw.Draw(sheet)
    top = MARGIN
    brush.text((left, top), tile.title, INK, ImageFont.load_default(TITLE))
    top += 2 * TITLE
    if tile.picture is not None:
        shown = tile.picture.copy()
        shown.thumbnail((TILE.width, TILE.height), Image.Resampling.LANCZOS)
        sheet.paste(shown, (left, top))
        top += shown.height + MARGIN
    ink = INK if tile.picture is not None else PALE
    for part in [part for line in tile.lines for part in wrap(line, LETTERS)]:
        brush.text((left, top), part, ink, ImageFont.load_default(TEXT))
        top += _leading(TEXT)


def _leading(letters: int) -> int:
    return round(1.4 * letters)
