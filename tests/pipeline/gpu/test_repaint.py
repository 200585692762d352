"""The second method's painters, on small random weights: RePaint in latents and in pixels."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler, UNet2DModel
from PIL import Image

from pipeline.errors import ModelError
from pipeline.gpu.models import Models, load_models
from pipeline.gpu.paint import LEAST_STEPS, Brush, Stroke
from pipeline.gpu.painters import paint_by_method
from pipeline.gpu.pixel import PACES, paint_pixels, pixel_space
from pipeline.gpu.repaint import pace_for, repaint, stepwise
from pipeline.jobs import Method, Quality
from pipeline.profiles import in_folder
from pipeline.resampling import Walk, denoising_steps
from pipeline.sheet import Retouching
from pipeline.skeleton import Joint, Keypoint, Skeleton
from tests.pipeline.gpu.conftest import make_weights  # pyright: ignore

DRAFT = Brush(caption="a man in red", seed=4, quality=Quality.DRAFT)
NORMAL = replace(DRAFT, quality=Quality.NORMAL)
LEVELS = 12  # of the tests' runs; a draft climbs five levels once
CALLS = denoising_steps(LEVELS, Walk(jump=5, repeats=2))
PEOPLE = (
    Skeleton(
        {
            Joint.RIGHT_SHOULDER: Keypoint(50, 20),
            Joint.LEFT_SHOULDER: Keypoint(70, 20),
            Joint.RIGHT_HIP: Keypoint(52, 70),
            Joint.LEFT_HIP: Keypoint(68, 70),
        }
    ),
)


@pytest.fixture(scope="module")
def pixel_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(3)
    folder = tmp_path_factory.mktemp("pixel")
    unet: Any = UNet2DModel(
        sample_size=(24, 16),
        block_out_channels=(8, 16),
        down_block_types=("DownBlock2D",) * 2,
        up_block_types=("UpBlock2D",) * 2,
        layers_per_block=1,
        norm_num_groups=4,
    )
    unet.save_pretrained(folder / "unet")
    scheduler: Any = DDIMScheduler(
        beta_schedule="squaredcos_cap_v2",
        prediction_type="v_prediction",
        timestep_spacing="trailing",
    )
    scheduler.save_pretrained(folder / "scheduler")
    return folder


@pytest.fixture(scope="module")
def models(weights: Path, pixel_folder: Path) -> Models:
    loaded = load_models(in_folder(weights), device="cpu")
    limits = replace(loaded.profile.limits, working=256, context=32)
    profile = replace(loaded.profile, limits=limits)
    return replace(loaded, profile=profile, pixel_folder=pixel_folder)


def sheet_of(width: int, height: int) -> Retouching:
    pixels = np.random.default_rng(1).integers(0, 255, (height, width, 3), dtype=np.uint8)
    mask = Image.new("L", (width, height), 0)
    mask.paste(255, (0, height // 2, width, height))
    return Retouching(Image.fromarray(pixels), mask)


def picture_of(strokes: list[Stroke]) -> Image.Image:
    assert strokes[-1].painted is not None
    return strokes[-1].painted.picture


@contextmanager
def counted(*networks: Any) -> Generator[list[str]]:
    """List the class of whichever network is called, while the block runs."""
    calls: list[str] = []

    def noted(network: Any, _: Any) -> None:
        calls.append(type(network).__name__)

    hooks = [network.register_forward_pre_hook(noted) for network in networks]
    yield calls
    for hook in hooks:
        hook.remove()


def test_repaint_calls_the_networks_as_often_as_its_walk_goes_down(models: Models):
    brush = replace(DRAFT, steps=LEVELS)
    with counted(models.unet, models.controlnet) as calls:
        strokes = list(repaint(models, sheet_of(120, 180), PEOPLE, brush))
    assert calls.count("UNet2DConditionModel") == CALLS
    assert calls.count("ControlNetModel") == CALLS
    assert [stroke.step for stroke in strokes] == [*range(1, CALLS + 1), CALLS]
    assert {stroke.steps for stroke in strokes} == {CALLS}


def test_the_pose_has_its_share_of_the_noise_levels_on_every_walk(models: Models):
    half = replace(models, profile=replace(models.profile, control_share=0.5))
    with counted(models.controlnet) as calls:
        list(repaint(half, sheet_of(120, 180), PEOPLE, replace(DRAFT, steps=LEVELS)))
    # Twelve levels are walked down 11 to 5, 9 to 0 twice over: six are above the middle once, and
    # those that a climb reaches again once more.
    levels = [11, 10, 9, 8, 7, 6, 5, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 4, 3, 2, 1, 0]
    assert len(levels) == CALLS
    assert len(calls) == sum(level >= LEVELS // 2 for level in levels)


def test_only_pixels_are_clipped(models: Models):
    latents = stepwise(models.networks(posed=False)).scheduler
    pixels = stepwise(pixel_space(models).networks(posed=False)).scheduler
    assert "clip_sample" not in models.scheduler.config
    assert not latents.config.clip_sample
    assert pixels.config.clip_sample
    assert torch.equal(latents.alphas_cumprod, models.scheduler.alphas_cumprod)


def test_a_model_that_was_taught_one_step_walks_over_few_levels(models: Models):
    quick = replace(models, profile=replace(models.profile, steps=1))
    for quality in Quality:
        brush = replace(DRAFT, quality=quality)
        assert pace_for(quick.profile, brush).levels < pace_for(models.profile, brush).levels
    with counted(models.unet) as calls:
        list(repaint(quick, sheet_of(120, 180), PEOPLE, NORMAL))
    assert len(calls) == denoising_steps(4, Walk(jump=3, repeats=3)) == 10


@pytest.mark.parametrize("strength", [0.02, 0.4])
def test_what_is_painted_over_takes_steps_enough_however_few_levels_there_are(
    models: Models, strength: float
):
    brush = replace(NORMAL, steps=2, strength=strength)
    strokes = list(repaint(models, sheet_of(120, 180), PEOPLE, brush))
    assert strokes[-1].steps == LEAST_STEPS


def test_without_pose_guidance_controlnet_is_not_called(models: Models):
    with counted(models.controlnet) as calls:
        list(repaint(models, sheet_of(120, 180), PEOPLE, replace(DRAFT, steps=4, posed=False)))
    assert not calls


def test_a_unet_that_is_not_told_of_the_photo_is_repainted_too(tmp_path: Path):
    models = load_models(in_folder(make_weights(tmp_path, channels=4)), device="cpu")
    strokes = list(repaint(models, sheet_of(256, 320), (), replace(DRAFT, steps=2)))
    assert picture_of(strokes).width > 0


@pytest.mark.parametrize("painter", [repaint, paint_pixels])
def test_the_same_seed_gives_the_same_picture_and_another_seed_another(
    models: Models, painter: Callable[..., Iterator[Stroke]]
):
    brush = replace(DRAFT, steps=6)
    first, again, other = (
        picture_of(list(painter(models, sheet_of(60, 90), PEOPLE, replace(brush, seed=seed))))
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


@pytest.mark.parametrize("painter", [repaint, paint_pixels])
def test_a_large_picture_is_composed_with_walks_and_refined_without(
    models: Models, painter: Callable[..., Iterator[Stroke]]
):
    brush = replace(NORMAL, steps=10)
    strokes = list(painter(models, sheet_of(640, 900), (), brush))
    layouts = list(dict.fromkeys(stroke.layout for stroke in strokes))
    assert len(layouts) == 2
    composition, refinement = layouts
    assert composition.scale < refinement.scale
    assert len(refinement.windows) > len(composition.windows) == 1
    refined = [stroke for stroke in strokes if stroke.layout is refinement]
    assert len(refined) == 4 + 1  # of ten levels, 40 per cent, each once
    assert [stroke.step for stroke in strokes[:-1]] == list(range(1, strokes[-1].steps + 1))


def test_pixels_are_painted_without_words_pose_or_vae(models: Models):
    others = (models.unet, models.controlnet, models.text_encoder, models.vae.encoder)
    pixel = models.pixel_model().unet
    with counted(pixel, *others, models.vae.decoder) as calls:
        strokes = list(paint_pixels(models, sheet_of(16, 24), (), replace(NORMAL, steps=LEVELS)))
    assert calls == ["UNet2DModel"] * denoising_steps(LEVELS, PACES[Quality.NORMAL].walk)
    assert strokes[-1].painted is not None


def test_known_pixels_come_back_as_they_were_from_pixel_space(models: Models):
    sheet = sheet_of(16, 24)
    *_, last = paint_pixels(models, sheet, (), replace(NORMAL, steps=4))
    assert last.painted is not None
    box = last.painted.box
    painted = np.asarray(last.painted.picture)
    before = np.asarray(sheet.picture.crop(box.edges))
    known = 12 - box.top
    assert known > 0
    assert (painted[:known] == before[:known]).all()
    assert (painted[known:] != before[known:]).mean() > 0.9


@pytest.mark.parametrize("size", [(61, 47), (33, 200), (210, 30)])
def test_pixels_are_painted_at_any_size(models: Models, size: tuple[int, int]):
    *_, last = paint_pixels(models, sheet_of(*size), (), replace(DRAFT, steps=2))
    assert last.painted is not None
    unknown = sheet_of(*size).unknown[0]
    assert unknown.within(last.painted.box) == unknown


def test_what_is_painted_in_pixels_can_be_looked_at_on_the_way(models: Models):
    first = next(iter(paint_pixels(models, sheet_of(60, 90), (), replace(DRAFT, steps=4))))
    assert first.look is not None
    assert first.look().size == (60, 90)


@pytest.mark.parametrize("method", list(Method))
def test_every_method_has_its_painter(models: Models, method: Method):
    brush = replace(DRAFT, steps=1, method=method)
    *_, last = paint_by_method(models, sheet_of(40, 60), PEOPLE, brush)
    assert last.painted is not None


def test_a_profile_without_a_pixel_space_model_says_so(models: Models):
    bare = replace(models, pixel_folder=None)
    with pytest.raises(ModelError, match="no pixel-space model"):
        next(paint_by_method(bare, sheet_of(40, 60), (), replace(DRAFT, method=Method.PIXEL)))
