"""What people may wish: faster or better, the best of several, in other clothes, painted anew."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler
from PIL import Image
from skimage import data

from pipeline.canvas import count_changed
from pipeline.gpu.engine import Engine
from pipeline.gpu.levels import clean_of
from pipeline.gpu.models import load_models
from pipeline.jobs import (
    Prepared,
    PrepareJob,
    Progress,
    Quality,
    Refined,
    RefineJob,
    RepaintJob,
    Settings,
    Stage,
)
from pipeline.photo import encode_png
from pipeline.profiles import in_folder
from pipeline.quality import try_seed


@pytest.fixture(scope="module")
def engine(weights: Path) -> Engine:
    return Engine(load_models(in_folder(weights), device="cpu"))


@pytest.fixture(scope="module")
def portrait() -> bytes:
    return encode_png(Image.fromarray(data.astronaut()))


@pytest.fixture(scope="module")
def prepared(engine: Engine, portrait: bytes) -> Prepared:
    return engine.prepare(PrepareJob(photo=portrait, caption="a woman"))


def painting_steps(engine: Engine, prepared: Prepared, settings: Settings) -> list[Progress]:
    told: list[Progress] = []
    job = RefineJob(
        version=prepared.version, skeletons=prepared.version.skeletons, settings=settings
    )
    engine.refine(job, told.append)
    return [progress for progress in told if progress.stage is Stage.REFINE]


@pytest.mark.parametrize(
    ("quality", "steps"), [(Quality.DRAFT, 2), (Quality.NORMAL, 3), (Quality.BEST, 6)]
)
def test_quality_is_steps(engine: Engine, prepared: Prepared, quality: Quality, steps: int):
    told = painting_steps(engine, prepared, Settings(quality=quality))
    assert {progress.steps for progress in told} == {steps}


def test_every_step_can_be_looked_at(engine: Engine, prepared: Prepared):
    *steps, last = painting_steps(engine, prepared, Settings())
    assert last.look is None
    looks = [step.look() for step in steps if step.look]
    assert len(looks) == 3
    assert all(max(look.size) == 512 for look in looks)
    top = np.asarray(looks[0].crop((0, 0, looks[0].width, 100)), float)
    photo = prepared.version.picture.resize(looks[0].size).crop((0, 0, looks[0].width, 100))
    assert np.abs(top - np.asarray(photo, float)).mean() < 5


def test_of_several_tries_the_one_with_the_best_score_is_kept(engine: Engine, prepared: Prepared):
    def refined(seed: int, best: int = 1) -> Refined:
        return engine.refine(
            RefineJob(
                version=prepared.version,
                skeletons=prepared.version.skeletons,
                settings=Settings(seed=seed, best=best),
            )
        )

    alone = [refined(try_seed(5, number)) for number in range(2)]
    best = refined(5, best=2)
    scores = [one.score.total if one.score else 0.0 for one in alone]
    expected = alone[scores.index(max(scores))]
    assert best.score == expected.score
    assert best.version.picture.tobytes() == expected.version.picture.tobytes()


def test_steps_are_counted_through_all_tries(engine: Engine, prepared: Prepared):
    told = painting_steps(engine, prepared, Settings(best=2))
    assert [progress.step for progress in told] == [1, 2, 3, 3, 4, 5, 6, 6]
    assert {progress.steps for progress in told} == {6}


def test_clothes_change_the_picture_and_not_the_caption(engine: Engine, prepared: Prepared):
    job = PrepareJob(
        photo=encode_png(prepared.version.photo),
        caption="a woman",
        settings=Settings(garment="a red skirt"),
    )
    dressed = engine.prepare(job)
    assert dressed.version.caption == "a woman"
    assert dressed.version.picture.tobytes() != prepared.version.picture.tobytes()


def test_repainting_changes_the_painted_part_a_little_and_the_photo_not_at_all(
    engine: Engine, prepared: Prepared
):
    version = prepared.version
    slight = engine.repaint(RepaintJob(version=version))
    strong = engine.repaint(RepaintJob(version=version, strength=0.5))
    assert count_changed(slight.version.picture, version.photo, version.canvas) == 0
    assert difference(slight.version.picture, version.picture) > 0
    assert difference(slight.version.picture, strong.version.picture) > 0
    assert slight.version.canvas == version.canvas
    assert len(slight.version.skeletons) == len(version.skeletons)


@pytest.mark.parametrize(("share", "computed"), [(1.0, True), (0.6, False)])
def test_the_pose_guides_re_noising_where_it_has_its_share_of_so_low_levels(
    engine: Engine, prepared: Prepared, share: float, computed: bool
):
    profile = replace(engine.profile, control_share=share)
    calls: list[int] = []
    hook = engine.models.controlnet.register_forward_hook(lambda *_: calls.append(1))
    Engine(replace(engine.models, profile=profile)).repaint(RepaintJob(version=prepared.version))
    hook.remove()
    assert bool(calls) == computed


def difference(one: Image.Image, other: Image.Image) -> float:
    return float(np.abs(np.asarray(one, float) - np.asarray(other, float)).mean())


@pytest.mark.parametrize("kind", ["epsilon", "sample", "v_prediction"])
def test_the_clean_latent_is_the_scheduler_s_own_idea_of_it(kind: str):
    scheduler = DDIMScheduler(prediction_type=kind, clip_sample=False)
    scheduler.set_timesteps(5)
    dice = torch.Generator().manual_seed(1)
    latent, prediction = (torch.randn(1, 4, 8, 8, generator=dice) for _ in range(2))
    time = scheduler.timesteps[2]
    theirs = scheduler.step(prediction, time, latent).pred_original_sample
    assert torch.allclose(clean_of(scheduler, latent, prediction, time), theirs, atol=1e-5)
