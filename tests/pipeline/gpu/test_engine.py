"""The whole way of a photo, with real detectors and small random painters."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from pipeline import posing
from pipeline.canvas import count_changed
from pipeline.errors import EditError, PhotoError, PlanError
from pipeline.gpu.engine import Engine
from pipeline.gpu.models import load_models
from pipeline.jobs import Prepared, PrepareJob, Progress, RefineJob, Stage
from pipeline.masks import refine_passes
from pipeline.photo import encode_png
from pipeline.plan import Amount, Extension, Unit
from pipeline.profiles import in_folder
from pipeline.skeleton import Joint


@pytest.fixture(scope="module")
def engine(weights: Path) -> Engine:
    return Engine(load_models(in_folder(weights), device="cpu"))


@pytest.fixture(scope="module")
def portrait() -> bytes:
    return encode_png(Image.fromarray(data.astronaut()))


@pytest.fixture(scope="module")
def prepared(engine: Engine, portrait: bytes) -> Prepared:
    return engine.prepare(PrepareJob(photo=portrait))


def test_a_portrait_gets_room_for_the_toes_and_keeps_every_pixel(prepared: Prepared):
    version = prepared.version
    assert version.canvas.size.height > 900
    assert version.picture.size == (version.canvas.size.width, version.canvas.size.height)
    assert count_changed(version.picture, version.photo, version.canvas) == 0
    toes = [p.keypoints[j] for p in version.skeletons for j in (Joint.LEFT_BIG_TOE,)]
    assert all(0 < toe.y < version.canvas.size.height for toe in toes)


def test_the_stages_are_told_in_their_order(engine: Engine, portrait: bytes):
    told: list[Progress] = []
    engine.prepare(PrepareJob(photo=portrait, caption="a woman"), told.append)
    stages = list(dict.fromkeys(progress.stage for progress in told))
    assert stages == [Stage.READ, Stage.PLAN, Stage.CAPTION, Stage.OUTPAINT, Stage.DETECT]
    assert [p.step for p in told if p.stage is Stage.OUTPAINT] == [1, 2, 3, 3]


def test_a_given_caption_is_used_without_words_that_crop(engine: Engine, portrait: bytes):
    job = PrepareJob(photo=portrait, caption="a close-up of a woman in white boots")
    assert engine.prepare(job).version.caption == "a woman in white boots"


def test_whoever_watches_can_stop_the_job(engine: Engine, portrait: bytes):
    class CancelledError(Exception):
        pass

    def stop(progress: Progress) -> None:
        if progress.stage is Stage.OUTPAINT:
            raise CancelledError

    with pytest.raises(CancelledError):
        engine.prepare(PrepareJob(photo=portrait), stop)


def test_refining_changes_only_what_was_painted_round_the_moved_leg(
    engine: Engine, prepared: Prepared
):
    first, *others = prepared.version.skeletons
    moved = posing.nudge(first, Joint.RIGHT_ANKLE, -40, 0)
    refined = engine.refine(RefineJob(version=prepared.version, skeletons=(moved, *others)))
    before, after = np.asarray(prepared.version.picture), np.asarray(refined.version.picture)
    changed = (before != after).any(axis=2)
    passes = refine_passes(prepared.version.skeletons, (moved, *others), prepared.version.canvas)
    allowed = np.asarray(passes[0].mask) > 0
    assert changed.any()
    assert not (changed & ~allowed).any()
    assert (
        count_changed(refined.version.picture, prepared.version.photo, prepared.version.canvas) == 0
    )


def test_refining_with_a_mask_drawn_over_the_photo_alone_says_what_to_do(
    engine: Engine, prepared: Prepared
):
    size = prepared.version.canvas.size
    mask = Image.new("L", (size.width, size.height), 0)
    mask.paste(255, (100, 100, 200, 200))
    job = RefineJob(version=prepared.version, skeletons=prepared.version.skeletons, mask=mask)
    with pytest.raises(EditError, match="allow the photo itself"):
        engine.refine(job)


def test_a_photo_without_people_is_extended_only_when_told_how_far(engine: Engine):
    meadow = encode_png(Image.new("RGB", (320, 240), (90, 160, 70)))
    with pytest.raises(PlanError):
        engine.prepare(PrepareJob(photo=meadow))
    half = Extension(down=Amount(Unit.SHARE, 0.5))
    version = engine.prepare(PrepareJob(photo=meadow, extension=half)).version
    assert version.canvas.size.height == 360


def test_something_that_is_no_photo_is_refused(engine: Engine):
    with pytest.raises(PhotoError):
        engine.prepare(PrepareJob(photo=b"not a picture"))
