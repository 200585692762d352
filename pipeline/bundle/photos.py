"""Judge real photos, whose truth nobody knows, by what detectors say of the completed pictures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.bundle.measures import Bytes, step_ratio
from pipeline.canvas import count_changed
from pipeline.errors import ModelError, StudioError
from pipeline.gpu.engine import Engine
from pipeline.jobs import Prepared, PrepareJob, Settings

ENDINGS = frozenset({".avif", ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Sight:
    """What became of one photo.

    Attributes:
        name: Of the file.
        values: Measure to value, averaged over the seeds; only `completed`, 0, where it could not
            be completed.
        picture: The completed picture with the first seed.
        refusal: Why it could not be completed.
    """

    name: str
    values: Mapping[str, float]
    picture: Image.Image | None = None
    refusal: str | None = None


def photos_in(folder: Path) -> list[Path]:
    """List a folder's photos.

    Raises:
        ModelError: There is no such folder, or no photo in it.
    """
    if not folder.is_dir():
        raise ModelError(f"There is no folder {str(folder)!r}: name one that holds photos.")
    found = sorted(file for file in folder.iterdir() if file.suffix.lower() in ENDINGS)
    if not found:
        raise ModelError(f"There is no photo in {str(folder)!r}.")
    return found


def look(engine: Engine, files: Sequence[Path], seeds: Sequence[int]) -> Iterator[Sight]:
    """Complete photos as the product does, and measure them; see `_measured`."""
    for file in files:
        try:
            photo = file.read_bytes()
            every = [
                engine.prepare(PrepareJob(photo=photo, settings=Settings(seed=seed)))
                for seed in seeds
            ]
        except (StudioError, OSError) as error:
            yield Sight(file.name, {"completed": 0.0}, refusal=str(error))
            continue
        rows = [_measured(engine, prepared) for prepared in every]
        means = {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
        yield Sight(file.name, {"completed": 1.0, **means}, every[0].version.picture)


def _measured(engine: Engine, prepared: Prepared) -> dict[str, float]:
    """Measure a completed picture.

    The values are `people` (found in the photo), `legs` (the share of the planned legs that are
    found), `toes_in_frame` (the same of big toes), `clone_rate` (more people than in the photo),
    `seam_ratio`, `changed_pixels` of the photo, and `seconds_per_picture`.
    """
    version, score = prepared.version, prepared.score
    before = engine.models.planner.detect(version.photo)
    after = engine.models.planner.detect(version.picture)
    changed = count_changed(version.picture, version.photo, version.canvas)
    return {
        "people": float(len(before)),
        "legs": score.legs / score.planned if score and score.planned else NAN,
        "toes_in_frame": score.toes if score else NAN,
        "clone_rate": float(len(after) > max(1, len(before))),
        "seam_ratio": _seam(prepared),
        "changed_pixels": float(changed),
        "seconds_per_picture": sum(prepared.seconds.values()),
    }


def _seam(prepared: Prepared) -> float:
    """Compare the step below the photo with those between the photo's own last rows."""
    canvas, picture = prepared.version.canvas, prepared.version.picture
    box = canvas.photo
    if box.bottom == canvas.size.height:
        return NAN
    pixels: Bytes = np.asarray(picture.crop((box.left, box.top, box.right, canvas.size.height)))
    return step_ratio(pixels, np.asarray(prepared.version.photo), box.height)
