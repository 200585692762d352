"""Exact counts at Stable Diffusion 1.5's real size, and the closed forms held to them."""

from typing import Any

import pytest
import torch
from diffusers import AutoencoderKL

from pipeline import costs
from pipeline.bench.meter import WorkMeter, summarise
from pipeline.bench.sizes import Call, Part, sample_gflops
from pipeline.geometry import Size

SIZES = [Size(384, 384), Size(512, 512), Size(512, 768), Size(768, 1152), Size(1536, 1536)]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.width}x{size.height}")
@pytest.mark.parametrize(
    ("part", "closed"),
    [
        (Part.UNET, costs.unet),
        (Part.CONTROLNET, costs.controlnet),
        (Part.ENCODER, costs.vae_encode),
        (Part.DECODER, costs.vae_decode),
    ],
)
def test_the_closed_forms_agree_with_the_counted_work(part: Part, closed: Any, size: Size):
    assert closed(size) == pytest.approx(sample_gflops(part, size), rel=0.005)


@pytest.mark.parametrize(
    ("part", "gflops"),
    [(Part.UNET, 803), (Part.CONTROLNET, 283), (Part.ENCODER, 1117), (Part.DECODER, 2515)],
)
def test_a_512_pixel_square_costs_what_others_measured(part: Part, gflops: float):
    assert sample_gflops(part, Size(512, 512)) == pytest.approx(gflops, abs=0.5)


def test_one_prompt_costs_a_sixtieth_of_a_call():
    assert sample_gflops(Part.TEXT, Size(77, 1)) == pytest.approx(13.3, abs=0.1)


def small_vae() -> Any:
    return AutoencoderKL(
        block_out_channels=(8,) * 4,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=4,
        norm_num_groups=8,
    )


@torch.inference_mode()
def test_the_vae_is_met_where_pipelines_call_it():
    vae = small_vae()
    with WorkMeter(vae=vae) as meter:
        latent = vae.encode(torch.zeros(1, 3, 64, 128)).latent_dist.mode()
        vae.decode(latent.repeat(2, 1, 1, 1))
    assert meter.calls == [
        Call(Part.ENCODER, Size(128, 64)),
        Call(Part.DECODER, Size(128, 64), batch=2),
    ]


@torch.inference_mode()
def test_a_meter_that_was_closed_records_no_more():
    vae = small_vae()
    with WorkMeter(vae=vae) as meter:
        pass
    vae.encode(torch.zeros(1, 3, 64, 64))
    assert meter.calls == []


def test_a_summary_tells_samples_from_calls():
    size = Size(512, 512)
    told = summarise([Call(Part.UNET, size, batch=2), Call(Part.ENCODER, Size(512, 768))])
    assert (told.calls[Part.UNET], told.samples[Part.UNET]) == (1, 2)
    assert told.by_part[Part.UNET] == pytest.approx(2 * 803.4, rel=1e-3)
    assert (told.largest, told.shapes) == (512 * 768, 1)
    assert told.encoded == pytest.approx(0.393, abs=1e-3)
