"""Complete one photo from bytes to files: what `python -m pipeline fix` does for each photo."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from PIL import Image

from pipeline.canvas import count_changed, place
from pipeline.edits import Edit, apply
from pipeline.errors import EditError
from pipeline.jobs import Prepared, PrepareJob, Refined, RefineJob, Report, Settings
from pipeline.photo import encode_png, write_file
from pipeline.plan import Extension
from pipeline.preview import draw_plan, draw_skeletons
from pipeline.profiles import Profile
from pipeline.record import record_of
from pipeline.skeleton import Skeleton


class Works(Protocol):
    """What carries jobs out; `pipeline.gpu.engine.Engine` is one."""

    @property
    def profile(self) -> Profile: ...

    def prepare(self, job: PrepareJob, report: Report) -> Prepared: ...

    def refine(self, job: RefineJob, report: Report) -> Refined: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asked for, the same for all photos.

    Attributes:
        extension: How far to extend which side.
        caption: What the whole picture shows; None asks the captioner.
        settings: How to paint.
        edits: To be made to the largest person's skeleton, in this order.
        refine: Whether to paint the legs anew after the edits.
        stages: Whether to write the stages' pictures too.
    """

    extension: Extension = field(default_factory=Extension)
    caption: str | None = None
    settings: Settings = field(default_factory=Settings)
    edits: tuple[Edit, ...] = ()
    refine: bool = False
    stages: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished photo.

    Attributes:
        files: File name to content; nothing is written before all of them are complete.
        record: The content of `record.json`.
    """

    files: Mapping[str, bytes]
    record: Mapping[str, Any]


def fix(engine: Works, photo: bytes, wish: Wish, report: Report) -> Outcome:
    """Carry a wish out for one photo.

    Raises:
        StudioError: The photo, the plan or an edit cannot be carried out; the sentence says why.
    """
    prepared = engine.prepare(
        PrepareJob(
            photo=photo,
            extension=wish.extension,
            caption=wish.caption,
            settings=wish.settings,
        ),
        report,
    )
    edited = _edited(prepared.version.skeletons, wish.edits)
    refined = None
    if wish.refine:
        refined = engine.refine(
            RefineJob(version=prepared.version, skeletons=edited, settings=wish.settings), report
        )
    last = (refined or prepared).version
    record = record_of(
        prepared,
        refined,
        profile=engine.profile,
        settings=wish.settings,
        edited=edited,
        changed=count_changed(last.picture, last.photo, last.canvas, band=wish.settings.band),
    )
    files = {"result.png": encode_png(last.picture)}
    if wish.stages:
        stages = _stages(prepared, edited, refined)
        files |= {name: encode_png(picture) for name, picture in stages.items()}
    files["record.json"] = json.dumps(record, indent=2, ensure_ascii=False).encode()
    return Outcome(files, record)


def _edited(people: tuple[Skeleton, ...], edits: tuple[Edit, ...]) -> tuple[Skeleton, ...]:
    """Edit the largest person."""
    if not edits:
        return people
    if not people:
        raise EditError("There is no skeleton to nudge in this photo.")
    first, *others = people
    for edit in edits:
        first = apply(first, edit)
    return (first, *others)


def _stages(
    prepared: Prepared, edited: tuple[Skeleton, ...], refined: Refined | None
) -> dict[str, Image.Image]:
    version = prepared.version
    placed = place(version.photo, version.canvas)
    stages = {
        "1-plan.png": draw_plan(placed, version.canvas.photo, prepared.planned),
        "2-outpainted.png": version.picture,
        "3-skeleton.png": draw_skeletons(version.picture, version.skeletons),
        "4-nudged.png": draw_skeletons(version.picture, edited),
    }
    if refined is not None:
        stages["5-refined.png"] = refined.version.picture
    return stages


def write(outcome: Outcome, folder: Path) -> None:
    """Write the files of a finished photo, each whole or not at all, the record last."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in outcome.files.items():
        write_file(folder / name, content)
