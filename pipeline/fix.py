"""Complete one photo from bytes to files: what `python -m pipeline fix` does for each photo."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from PIL import Image

from pipeline.canvas import count_changed, place
from pipeline.contact import contact_sheet
from pipeline.edits import Edit, apply
from pipeline.errors import EditError
from pipeline.jobs import Prepared, PrepareJob, Refined, RefineJob, Report, Version
from pipeline.photo import encode_png, write_file
from pipeline.preview import draw_plan, draw_skeletons
from pipeline.profiles import Profile
from pipeline.quality import SEEDS, Score
from pipeline.record import record_of
from pipeline.skeleton import Skeleton
from pipeline.wish import Wish

SHEET = "result-sheet.png"
SMALL = 1280  # pixels; a variant is kept no larger for the contact sheet


class Works(Protocol):
    """What carries jobs out; `pipeline.gpu.engine.Engine` is one."""

    @property
    def profile(self) -> Profile: ...

    def prepare(self, job: PrepareJob, report: Report) -> Prepared: ...

    def refine(self, job: RefineJob, report: Report) -> Refined: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished photo.

    Attributes:
        files: File name to content; nothing is written before all of them are complete.
        record: The content of `record.json`.
    """

    files: Mapping[str, bytes]
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One picture on its way.

    Attributes:
        wish: What was asked for, with this picture's own seed.
        prepared: The completed photo.
        edited: Everybody after the person's edits, canvas pixels.
        refined: What was painted anew, if it was.
    """

    wish: Wish
    prepared: Prepared
    edited: tuple[Skeleton, ...]
    refined: Refined | None

    @property
    def version(self) -> Version:
        return (self.refined or self.prepared).version

    @property
    def score(self) -> Score | None:
        return (self.refined or self.prepared).score


def fix(engine: Works, photo: bytes, wish: Wish, report: Report) -> Outcome:
    """Carry a wish out for one photo.

    Returns:
        `result.png`, the stages' pictures if they were asked for, and `record.json`. Of several
        variants: `result-1.png` and so on, `result-sheet.png` with all of them beside each other,
        and a record that is the best one's, with all others' in it.

    Raises:
        StudioError: The photo, the plan or an edit cannot be carried out; the sentence says why.
    """
    files: dict[str, bytes] = {}
    records: list[Mapping[str, Any]] = []
    looks: list[Image.Image] = []
    for number in range(wish.variants):
        made = _made(engine, photo, _variant(wish, number), report)
        name = "result.png" if wish.variants == 1 else f"result-{number + 1}.png"
        files[name] = encode_png(made.version.picture)
        records.append(_record(made, engine.profile, name))
        looks.append(_small(made.version.picture))
        wish = replace(wish, caption=made.prepared.version.caption)
        if wish.stages:
            stages = _stages(made)
            files |= {stage: encode_png(picture) for stage, picture in stages.items()}
    record = records[0]
    if wish.variants > 1:
        files[SHEET] = encode_png(contact_sheet(looks))
        record = {**max(records, key=_total), "variants": records}
    files["record.json"] = json.dumps(record, indent=2, ensure_ascii=False).encode()
    return Outcome(files, record)


def _variant(wish: Wish, number: int) -> Wish:
    seed = (wish.settings.seed + number) % SEEDS
    return replace(wish, settings=replace(wish.settings, seed=seed))


def _made(engine: Works, photo: bytes, wish: Wish, report: Report) -> Made:
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
        job = RefineJob(
            version=prepared.version,
            skeletons=edited,
            settings=replace(wish.settings, posed=True),  # it is the pose that is being refined
            mask=wish.mask,
            anywhere=wish.anywhere,
        )
        refined = engine.refine(job, report)
    return Made(wish=wish, prepared=prepared, edited=edited, refined=refined)


def _record(made: Made, profile: Profile, name: str) -> Mapping[str, Any]:
    last = made.version
    band = made.wish.settings.band
    return record_of(
        made.prepared,
        made.refined,
        profile=profile,
        wish=made.wish,
        edited=made.edited,
        changed=count_changed(last.picture, last.photo, last.canvas, band=band),
        name=name,
    )


def _total(record: Mapping[str, Any]) -> float:
    score = record["score"]
    return score["total"] if score else 0.0


def _small(picture: Image.Image) -> Image.Image:
    small = picture.copy()
    small.thumbnail((SMALL, SMALL), reducing_gap=3.0)
    return small


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


def _stages(made: Made) -> dict[str, Image.Image]:
    prepared, version = made.prepared, made.prepared.version
    placed = place(version.photo, version.canvas, fill=made.wish.settings.fill)
    stages = {
        "1-plan.png": draw_plan(placed, version.canvas.photo, prepared.planned),
        "2-outpainted.png": version.picture,
        "3-skeleton.png": draw_skeletons(version.picture, version.skeletons),
        "4-nudged.png": draw_skeletons(version.picture, made.edited),
    }
    if made.refined is not None:
        stages["5-refined.png"] = made.refined.version.picture
    return stages


def write(outcome: Outcome, folder: Path) -> None:
    """Write the files of a finished photo, each whole or not at all, the record last."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in outcome.files.items():
        write_file(folder / name, content)
