import json
import shutil
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from diffusers import DDIMScheduler, UNet2DModel

from pipeline.errors import ModelError
from pipeline.geometry import Size
from pipeline.gpu.models import Models, choose_device, load_models
from pipeline.profiles import SD15, find_weights, in_folder
from tests.pipeline.gpu.conftest import damaged, make_weights  # pyright: ignore


@pytest.fixture(scope="module")
def models(weights: Path) -> Models:
    return load_models(in_folder(weights), device="cpu")


def test_a_folder_in_sd15_s_layout_loads(models: Models):
    assert models.networks(posed=True).sees_the_photo
    assert models.stride == 8
    assert models.profile.name == "small"


def test_on_a_cpu_everything_is_single_precision(models: Models):
    assert choose_device("cpu") == (torch.device("cpu"), torch.float32)
    parts = (models.unet, models.vae, models.controlnet, models.text_encoder, models.captioner)
    assert {next(part.parameters()).dtype for part in parts} == {torch.float32}


def test_a_folder_without_a_description_is_taken_for_sd15(tmp_path: Path):
    folder = make_weights(tmp_path / "my-weights")
    found = in_folder(folder)
    assert found.profile.limits == SD15.limits
    assert found.profile.name == "my-weights"


def test_a_four_channel_unet_loads_too(tmp_path: Path):
    models = load_models(in_folder(make_weights(tmp_path, channels=4)), device="cpu")
    assert not models.networks(posed=False).sees_the_photo


@pytest.mark.parametrize("part", ["unet", "vae", "controlnet", "text_encoder", "captioner"])
def test_a_damaged_part_is_named(weights: Path, tmp_path: Path, part: str):
    folder = tmp_path / "weights"
    shutil.copytree(weights, folder)
    damaged(folder, part)
    with pytest.raises(ModelError, match=f"The {part} in .* cannot be loaded"):
        load_models(in_folder(folder), device="cpu")


def with_pixels(weights: Path, tmp_path: Path) -> Path:
    """Copy the folder and add a pixel-space model."""
    folder = tmp_path / "weights"
    shutil.copytree(weights, folder)
    widths = (8, 16)
    unet = UNet2DModel(
        sample_size=(24, 16),
        block_out_channels=widths,
        down_block_types=("DownBlock2D",) * 2,
        up_block_types=("UpBlock2D",) * 2,
        norm_num_groups=4,
    )
    unet.half().save_pretrained(folder / "pixel" / "unet")
    scheduler = DDIMScheduler(prediction_type="v_prediction")
    scheduler.save_pretrained(folder / "pixel" / "scheduler")
    return folder


def test_the_pixel_space_model_is_loaded_once_and_when_asked_for(weights: Path, tmp_path: Path):
    models = load_models(in_folder(with_pixels(weights, tmp_path)), device="cpu")
    pixel = models.pixel_model()
    assert pixel.size == Size(16, 24)
    assert pixel.scheduler.config.prediction_type == "v_prediction"
    assert next(pixel.unet.parameters()).dtype == torch.float32
    assert models.pixel_model() is pixel


def test_a_profile_without_a_pixel_space_model_says_so(models: Models):
    with pytest.raises(ModelError, match="small has no pixel-space model"):
        models.pixel_model()


@pytest.mark.parametrize("part", ["unet", "scheduler"])
def test_a_damaged_pixel_space_model_is_told_when_asked_for(
    weights: Path, tmp_path: Path, part: str
):
    folder = with_pixels(weights, tmp_path)
    for file in (folder / "pixel" / part).iterdir():
        file.write_bytes(file.read_bytes()[:20])
    models = load_models(in_folder(folder), device="cpu")
    with pytest.raises(ModelError, match=r"pixel.* cannot be loaded"):
        models.pixel_model()


def test_a_missing_part_is_named(weights: Path, tmp_path: Path):
    folder = tmp_path / "weights"
    shutil.copytree(weights, folder)
    shutil.rmtree(folder / "controlnet")
    with pytest.raises(ModelError, match="controlnet missing"):
        in_folder(folder)


def test_parts_that_do_not_fit_together_are_refused(weights: Path, tmp_path: Path):
    folder = tmp_path / "weights"
    shutil.copytree(weights, folder)
    config = folder / "toeframe.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"multiple": 12}))
    with pytest.raises(ModelError, match="do not fit together"):
        load_models(in_folder(folder), device="cpu")


def test_a_description_of_another_kind_is_refused(weights: Path, tmp_path: Path):
    folder = tmp_path / "weights"
    shutil.copytree(weights, folder)
    (folder / "toeframe.json").write_text('{"name": 3}')
    with pytest.raises(ModelError, match="does not describe weights"):
        in_folder(folder)


def test_an_unknown_profile_says_what_there_is():
    with pytest.raises(ModelError, match="Use auto, tiny, sd15, or a folder"):
        find_weights("sd99")


def test_a_text_is_encoded_once_however_often_it_is_said(models: Models):
    calls: list[int] = []
    hook = models.text_encoder.register_forward_hook(lambda *_: calls.append(1))
    first = models.encoded_text("a man in a green coat")
    assert models.encoded_text("a man in a green coat") is first
    hook.remove()
    assert calls == [1]


def test_the_same_pixels_are_encoded_once_and_others_again(models: Models):
    calls: list[int] = []
    hook = models.vae.encoder.register_forward_hook(lambda *_: calls.append(1))
    pixels = torch.zeros(1, 3, 32, 32)
    first = models.encoded_pixels(pixels)
    assert models.encoded_pixels(pixels.clone()) is first
    assert models.encoded_pixels(-pixels) is first
    assert models.encoded_pixels(pixels + 0.5) is not first
    hook.remove()
    assert calls == [1, 1]


def test_another_encoder_does_not_get_what_the_first_remembered(models: Models):
    other = replace(models, text_encoder=deepcopy(models.text_encoder))
    assert other.encoded_text("a man") is not models.encoded_text("a man")
