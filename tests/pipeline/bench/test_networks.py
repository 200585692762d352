"""Random networks of the real layout, and the scenes that are painted with them."""

import pytest
import torch

from pipeline.bench.meter import WorkMeter
from pipeline.bench.networks import random_models
from pipeline.bench.scenes import A, B, C, D, Scene, photo_file
from pipeline.bench.sizes import Part
from pipeline.geometry import Box
from pipeline.gpu.engine import Engine


@pytest.mark.parametrize("channels", [4, 9])
def test_a_latent_position_of_random_networks_stands_for_8_by_8_pixels(channels: int):
    models = random_models(channels=channels)
    assert models.stride == 8
    assert models.networks(posed=False).sees_the_photo == (channels == 9)


@torch.inference_mode()
def test_random_control_is_not_idle():
    models = random_models()
    words = torch.zeros(1, 77, models.unet.config.cross_attention_dim)
    down, middle = models.controlnet(
        torch.zeros(1, 4, 16, 8), 5, words, torch.ones(1, 3, 128, 64), return_dict=False
    )
    assert all(float(part.abs().max()) > 0 for part in (*down, middle))


@pytest.mark.parametrize("scene", [A, B, C, D], ids="ABCD")
def test_somebody_in_every_scene_stands_with_both_feet_in_what_is_new(scene: Scene):
    person = scene.person.mapped(scale=scene.photo.width)
    feet = [point for joint, point in person.keypoints.items() if "ANKLE" in joint.name]
    below = Box(0, scene.photo.height, scene.canvas.width, scene.extension)
    assert all(below.top < foot.y < below.bottom for foot in feet)


def test_completing_a_scene_calls_every_network():
    scene = Scene(photo=A.photo, extension=128)
    models = scene.models()
    with WorkMeter(models.unet, models.controlnet, models.vae, models.text_encoder) as meter:
        result = Engine(models).prepare(scene.job(photo_file(scene.photo), steps=2))
    assert result.version.canvas.size == scene.canvas
    assert set(meter.summary().by_part) == set(Part)
