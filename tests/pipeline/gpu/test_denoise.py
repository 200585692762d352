"""Our loop against diffusers' own pipelines, on small random networks."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from diffusers import (
    AutoencoderKL,
    ControlNetModel,
    DDIMScheduler,
    StableDiffusionControlNetInpaintPipeline,
    StableDiffusionInpaintPipeline,
    UNet2DConditionModel,
    UniPCMultistepScheduler,
)
from torch import Tensor

from pipeline.geometry import Box
from pipeline.gpu.denoise import Known, Step, denoise
from pipeline.gpu.levels import start, timesteps
from pipeline.gpu.predict import Guidance, Networks, Window, Words

WIDTH, HEIGHT, FACTOR = 96, 64, 4
CPU = torch.device("cpu")


def ddim() -> Any:
    return DDIMScheduler(steps_offset=1, clip_sample=False, beta_schedule="scaled_linear")


def unipc() -> Any:
    return UniPCMultistepScheduler(steps_offset=1, beta_schedule="scaled_linear")


def unet_of(channels: int) -> Any:
    torch.manual_seed(channels)
    return UNet2DConditionModel(
        sample_size=16,
        in_channels=channels,
        out_channels=4,
        block_out_channels=(32, 64),
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        layers_per_block=1,
        cross_attention_dim=32,
        attention_head_dim=8,
    ).eval()


@pytest.fixture(scope="module")
def controlnet() -> Any:
    torch.manual_seed(5)
    net: Any = ControlNetModel(
        in_channels=4,
        block_out_channels=(32, 64),
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        layers_per_block=1,
        cross_attention_dim=32,
        attention_head_dim=8,
        conditioning_embedding_out_channels=(8, 16, 32),
    )
    for (
        name,
        weight,
    ) in net.named_parameters():  # its outputs begin at zero: a parity test would prove nothing
        if "controlnet" in name:
            torch.nn.init.normal_(weight, std=0.1)
    return net.eval()


@pytest.fixture(scope="module")
def vae() -> Any:
    torch.manual_seed(6)
    return AutoencoderKL(
        block_out_channels=(16, 32, 32),
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        latent_channels=4,
        norm_num_groups=8,
        sample_size=64,
    ).eval()


@pytest.fixture(scope="module")
def scene() -> dict[str, Tensor]:
    dice = torch.Generator().manual_seed(11)
    mask = torch.zeros(1, 1, HEIGHT, WIDTH)
    mask[..., HEIGHT // 2 :, :] = 1
    return {
        "photo": torch.rand(1, 3, HEIGHT, WIDTH, generator=dice) * 2 - 1,
        "mask": mask,
        "pose": torch.rand(1, 3, HEIGHT, WIDTH, generator=dice),
        "prompt": torch.randn(1, 7, 32, generator=dice),
        "negative": torch.randn(1, 7, 32, generator=dice),
    }


def stock(
    kind: Any, unet: Any, vae: Any, scheduler: Any, scene: dict[str, Tensor], **extra: Any
) -> Tensor:
    more = {"controlnet": extra.pop("controlnet")} if "controlnet" in extra else {}
    pipe = kind(
        vae=vae, text_encoder=None, tokenizer=None, unet=unet, scheduler=scheduler,
        safety_checker=None, feature_extractor=None, requires_safety_checker=False, **more,
    )  # fmt: skip
    pipe.set_progress_bar_config(disable=True)
    return pipe(
        prompt_embeds=scene["prompt"], negative_prompt_embeds=scene["negative"],
        image=scene["photo"] / 2 + 0.5, mask_image=scene["mask"], width=WIDTH, height=HEIGHT,
        generator=torch.Generator().manual_seed(3), output_type="latent", **extra,
    ).images  # fmt: skip


def ours(
    unet: Any, vae: Any, scheduler: Any, scene: dict[str, Tensor],
    *, steps: int, strength: float = 1.0, controlnet: Any = None, **shares: float,
) -> Tensor:  # fmt: skip
    return last(
        run(
            unet,
            vae,
            scheduler,
            scene,
            steps=steps,
            strength=strength,
            controlnet=controlnet,
            **shares,
        )
    )


def last(steps: Iterator[Step]) -> Tensor:
    return list(steps)[-1].latent


@torch.inference_mode()
def run(
    unet: Any, vae: Any, scheduler: Any, scene: dict[str, Tensor],
    *, steps: int, strength: float = 1.0, controlnet: Any = None,
    windows: list[Box] | None = None, batch: int = 1, **shares: float,
) -> Iterator[Step]:  # fmt: skip
    dice = torch.Generator().manual_seed(3)
    networks = Networks(unet=unet, scheduler=scheduler, controlnet=controlnet)

    def encode(image: Tensor) -> Tensor:
        return vae.encode(image).latent_dist.sample(generator=dice) * vae.config.scaling_factor

    photo = None if networks.sees_the_photo and strength == 1.0 else encode(scene["photo"])
    noise = torch.randn(1, 4, HEIGHT // FACTOR, WIDTH // FACTOR, generator=dice)
    masked = encode(scene["photo"] * (scene["mask"] < 0.5))
    mask = torch.nn.functional.interpolate(scene["mask"], size=noise.shape[-2:])
    times = timesteps(scheduler, steps, strength=strength, device=CPU)
    boxes = windows or [Box(0, 0, noise.shape[-1], noise.shape[-2])]

    def window(box: Box) -> Window:
        part = (..., slice(box.top, box.bottom), slice(box.left, box.right))
        pixels = (
            ...,
            slice(box.top * FACTOR, box.bottom * FACTOR),
            slice(box.left * FACTOR, box.right * FACTOR),
        )
        control = scene["pose"][pixels] if controlnet is not None else None
        return Window(box=box, mask=mask[part], masked=masked[part], control=control)

    known = None
    if not networks.sees_the_photo:
        assert photo is not None
        known = Known(photo=photo, mask=mask, noise=noise)
    begin = start(scheduler, noise, photo if strength < 1 else None, times)
    words = Words(prompt=scene["prompt"], negative=scene["negative"])
    return denoise(
        networks,
        begin,
        times,
        words,
        [window(box) for box in boxes],
        guidance=Guidance(**shares),
        known=known,
        batch=batch,
    )


@pytest.mark.parametrize("channels", [4, 9])
@pytest.mark.parametrize("strength", [1.0, 0.6])
def test_with_one_window_it_is_diffusers_inpainting(
    vae: Any, scene: dict[str, Tensor], channels: int, strength: float
):
    unet = unet_of(channels)
    theirs = stock(
        StableDiffusionInpaintPipeline, unet, vae, ddim(), scene,
        num_inference_steps=6, strength=strength, guidance_scale=4.0,
    )  # fmt: skip
    mine = ours(unet, vae, ddim(), scene, steps=6, strength=strength, scale=4.0)
    assert (mine - theirs).abs().max() < 1e-4


@pytest.mark.parametrize("channels", [4, 9])
@pytest.mark.parametrize("end", [1.0, 0.5])
def test_with_one_window_and_a_pose_it_is_diffusers_controlnet_inpainting(
    vae: Any, controlnet: Any, scene: dict[str, Tensor], channels: int, end: float
):
    unet = unet_of(channels)
    theirs = stock(
        StableDiffusionControlNetInpaintPipeline, unet, vae, ddim(), scene,
        controlnet=controlnet, control_image=scene["pose"], controlnet_conditioning_scale=0.8,
        control_guidance_end=end, num_inference_steps=6, strength=1.0, guidance_scale=4.0,
    )  # fmt: skip
    mine = ours(
        unet, vae, ddim(), scene,
        steps=6, controlnet=controlnet, scale=4.0, control_scale=0.8, control_share=end,
    )  # fmt: skip
    assert (mine - theirs).abs().max() < 1e-4


def test_a_multistep_scheduler_gives_the_same_as_in_diffusers(vae: Any, scene: dict[str, Tensor]):
    unet = unet_of(9)
    theirs = stock(
        StableDiffusionInpaintPipeline, unet, vae, unipc(), scene,
        num_inference_steps=6, strength=1.0, guidance_scale=4.0,
    )  # fmt: skip
    assert (ours(unet, vae, unipc(), scene, steps=6, scale=4.0) - theirs).abs().max() < 1e-4


def test_the_pose_changes_the_picture_and_is_not_computed_when_its_share_is_over(
    vae: Any, controlnet: Any, scene: dict[str, Tensor]
):
    unet, calls = unet_of(9), []
    hook = controlnet.register_forward_hook(lambda *_: calls.append(1))
    blind = ours(unet, vae, ddim(), scene, steps=6)
    posed = ours(unet, vae, ddim(), scene, steps=6, controlnet=controlnet, control_share=0.5)
    hook.remove()
    assert len(calls) == 3
    assert (blind - posed).abs().max() > 1e-3


def test_guidance_is_computed_only_on_its_share_of_the_steps(vae: Any, scene: dict[str, Tensor]):
    unet, batches = unet_of(9), []
    hook = unet.register_forward_pre_hook(lambda _, inputs: batches.append(len(inputs[0])))
    ours(unet, vae, ddim(), scene, steps=4, scale=4.0, share=0.5)
    hook.remove()
    assert batches == [2, 2, 1, 1]


def test_overlapping_windows_paint_every_position_once_a_step(vae: Any, scene: dict[str, Tensor]):
    boxes = [Box(0, 0, 16, 16), Box(8, 0, 16, 16)]
    steps = list(run(unet_of(9), vae, ddim(), scene, steps=3, windows=boxes))
    assert [(step.index, step.total) for step in steps] == [(1, 3), (2, 3), (3, 3)]
    assert steps[-1].latent.shape == (1, 4, 16, 24)
    assert steps[-1].latent.isfinite().all()


def test_known_positions_come_back_exactly_for_a_unet_that_is_not_told(
    vae: Any, scene: dict[str, Tensor]
):
    with torch.inference_mode():
        dice = torch.Generator().manual_seed(3)
        photo = (
            vae.encode(scene["photo"]).latent_dist.sample(generator=dice)
            * vae.config.scaling_factor
        )
    painted = ours(unet_of(4), vae, ddim(), scene, steps=4)
    assert torch.equal(
        painted[..., : HEIGHT // FACTOR // 2, :], photo[..., : HEIGHT // FACTOR // 2, :]
    )


def test_shares_are_of_the_whole_schedule_however_much_of_it_is_skipped(
    vae: Any, controlnet: Any, scene: dict[str, Tensor]
):
    unet, batches, calls = unet_of(9), [], []
    hooks = [
        unet.register_forward_pre_hook(lambda _, inputs: batches.append(len(inputs[0]))),
        controlnet.register_forward_hook(lambda *_: calls.append(1)),
    ]
    shares = {"scale": 4.0, "share": 0.8, "control_share": 0.6}
    steps = list(
        run(unet, vae, ddim(), scene, steps=10, strength=0.4, controlnet=controlnet, **shares)
    )
    for hook in hooks:
        hook.remove()
    assert [step.total for step in steps] == [4] * 4
    assert batches == [2, 2, 1, 1]
    assert not calls


@pytest.mark.parametrize("channels", [4, 9])
def test_windows_of_one_shape_give_the_same_in_one_call(
    vae: Any, controlnet: Any, scene: dict[str, Tensor], channels: int
):
    unet, batches = unet_of(channels), []
    hook = unet.register_forward_pre_hook(lambda _, inputs: batches.append(len(inputs[0])))
    boxes = [Box(0, 0, 16, 8), Box(8, 0, 16, 8), Box(0, 4, 8, 12), Box(8, 8, 16, 8)]

    def painted(batch: int) -> Tensor:
        steps = run(
            unet, vae, ddim(), scene,
            steps=3, scale=4.0, controlnet=controlnet, windows=boxes, batch=batch,
        )  # fmt: skip
        return last(steps)

    alone, together = painted(1), painted(2)
    hook.remove()
    assert batches == [2] * 12 + [2, 4, 2] * 3
    assert (alone - together).abs().max() < 1e-4
