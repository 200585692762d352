"""Scenes on disk: shards of pictures, labels and joints with their captions beside them."""

import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

from pipeline.bundle.captions import Attributes
from pipeline.bundle.scenes import NATIVE, Scene, draw_scene
from pipeline.skeleton import Joint

SHARD = 2000  # scenes per file


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A run of scenes to write.

    Attributes:
        seed: The series' seed.
        count: How many scenes.
        folder: Where the shards go.
        size: Width and height in pixels.
        held_out: Whether to use the bodies and backgrounds that training never sees.
        broad: Whether to draw all that people send; see `scenes.broad_scene`.
    """

    seed: int
    count: int
    folder: Path
    size: tuple[int, int] = NATIVE
    held_out: bool = False
    broad: bool = False

    def draw(self, index: int) -> Scene:
        """Draw one of its scenes."""
        return draw_scene(
            self.seed, index, size=self.size, held_out=self.held_out, broad=self.broad
        )

    def shards(self) -> list[range]:
        """Scene numbers of each shard."""
        return [
            range(start, min(start + SHARD, self.count)) for start in range(0, self.count, SHARD)
        ]

    def shard_path(self, scenes: range) -> Path:
        """Name the `.npz`; the captions lie beside it as `.jsonl`."""
        kind = "broad-" if self.broad else ""
        return self.folder / f"scenes-{kind}{self.seed}-{scenes.start:06d}-{scenes.stop:06d}.npz"


def write_series(series: Series, *, jobs: int = 1) -> int:
    """Write all shards that are not there yet; return how many were written."""
    series.folder.mkdir(parents=True, exist_ok=True)
    missing = [scenes for scenes in series.shards() if not _is_complete(series.shard_path(scenes))]
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    # Threads and forks do not mix: each worker starts fresh.
    with Progress(*columns) as progress, ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        task = progress.add_task("shards", total=len(missing))
        for _ in pool.map(_write_shard, [series] * len(missing), missing):
            progress.advance(task)
    return len(missing)


def _is_complete(path: Path) -> bool:
    # The captions are put in place first, the pictures last.
    return path.exists() and path.with_suffix(".jsonl").exists()


def _write_shard(series: Series, scenes: range) -> None:
    width, height = series.size
    pictures = np.empty((len(scenes), height, width, 3), np.uint8)
    labels = np.empty((len(scenes), height, width), np.uint8)
    joints = np.empty((len(scenes), len(Joint), 3), np.float32)
    others = np.zeros((len(scenes), len(Joint), 3), np.float32)
    lines: list[str] = []
    for row, index in enumerate(scenes):
        scene = series.draw(index)
        pictures[row], labels[row], joints[row] = scene.picture, scene.labels, scene.joints
        others[row] = scene.others[0] if len(scene.others) else 0
        line = {"index": index, "caption": scene.caption, "attributes": scene.attributes.as_dict()}
        lines.append(json.dumps(line))
    path = series.shard_path(scenes)
    captions, partial = path.with_suffix(".jsonl"), path.with_suffix(".partial")
    partial.write_text("\n".join(lines) + "\n")
    partial.replace(captions)
    with partial.open("wb") as file:
        np.savez(file, pictures=pictures, labels=labels, joints=joints, others=others)
    partial.replace(path)


@dataclass(frozen=True, slots=True)
class Shard:
    """What one file holds; the arrays' first axis counts scenes.

    `others` are the joints of a second person, all outside the frame where there is none; None in
    shards that know of nobody else.
    """

    pictures: Any
    labels: Any
    joints: Any
    captions: list[str]
    attributes: list[Attributes]
    others: Any = None


def shard_paths(folder: Path) -> list[Path]:
    """List every finished shard of a folder, by name."""
    return sorted(folder.glob("scenes-*.npz"))


def read_shard(path: Path) -> Shard:
    """Read one file and the captions beside it."""
    lines = [json.loads(line) for line in path.with_suffix(".jsonl").read_text().splitlines()]
    with np.load(path) as stored:
        return Shard(
            stored["pictures"],
            stored["labels"],
            stored["joints"],
            [line["caption"] for line in lines],
            [Attributes.from_dict(line["attributes"]) for line in lines],
            stored["others"] if "others" in stored.files else None,
        )


def read_shards(folder: Path) -> Iterator[Shard]:
    """Read every finished shard of a folder in the order of its name."""
    return map(read_shard, shard_paths(folder))


def contact_sheet(series: Series, *, columns: int = 10) -> Image.Image:
    """Draw the series' first scenes side by side, to be looked at."""
    width, height = series.size
    rows = -(-series.count // columns)
    sheet = Image.new("RGB", (width * columns, height * rows))
    for index in range(series.count):
        scene = series.draw(index)
        place = (index % columns * width, index // columns * height)
        sheet.paste(Image.fromarray(scene.picture), place)
    return sheet
