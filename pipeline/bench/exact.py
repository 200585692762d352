"""Equalities that hold to the last bit, or nearly: P6, P8, P10's pictures, P11, P12, S4 and S5."""

import gc
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pipeline.bench.counts import Work, metered, refine_job, stock
from pipeline.bench.meter import Summary
from pipeline.bench.networks import random_models
from pipeline.bench.rows import Row
from pipeline.bench.scenes import STEPS, A, Scene, photo_of
from pipeline.bench.sizes import Part
from pipeline.bench.stock import GUIDANCE, pipeline_of
from pipeline.draw import draw_condition
from pipeline.geometry import Box, Size
from pipeline.gpu.calibration import batch_gain, conv_seconds, cpu_dtype
from pipeline.gpu.denoise import denoise
from pipeline.gpu.engine import Engine
from pipeline.gpu.frame import channels_of
from pipeline.gpu.levels import start, timesteps
from pipeline.gpu.models import TEXTS, Models
from pipeline.gpu.paint import Brush, Stroke, paint
from pipeline.gpu.predict import Guidance, Networks, Window, Words, predict
from pipeline.jobs import RefineJob
from pipeline.sheet import Retouching
from pipeline.turns import Turns

SHARE = 0.6  # of the steps on which ControlNet has a say
SMALL = Size(128, 192)
CPU = torch.device("cpu")


def control_skip(steps: int = STEPS) -> list[Row]:
    """P6: ControlNet is not called where its weight is 0, and the result is the same."""
    models = random_models()
    theirs = _stock_latent(models, steps)
    with metered(models) as meter:
        ours = _our_latent(models, steps)
    calls = meter.summary().calls
    whole = stock(Work(A, posed=True))
    control = whole.by_part[Part.CONTROLNET]
    return [
        Row(
            name="P6",
            what=f"ControlNet on {SHARE:.0%} of the steps: largest difference of the latents",
            baseline="diffusers with the same control_guidance_end",
            measured=float((ours - theirs).abs().max()),
            must=0,
        ),
        Row(
            name="P6 calls",
            what=f"calls of ControlNet in {steps} steps",
            baseline=f"{SHARE:.0%} of them",
            measured=calls[Part.CONTROLNET],
            must=round(SHARE * steps),
        ),
        Row(
            name="P6 work",
            what="the same on A",
            baseline="cn_full",
            measured=(whole.gflops - (1 - SHARE) * control) / whole.gflops,
            must=0.91,
        ),
    ]


def _small_scene() -> tuple[Image.Image, Image.Image, Image.Image]:
    """A picture, its mask and its pose."""
    picture = photo_of(SMALL)
    mask = Image.new("L", picture.size, 0)
    mask.paste(255, (0, SMALL.height // 2, SMALL.width, SMALL.height))
    person = Scene(photo=Size(SMALL.width, SMALL.width), extension=64).person
    return (
        picture,
        mask,
        draw_condition([person.mapped(scale=SMALL.width)], SMALL, stick=2.0, feet=False),
    )


def _words(models: Models) -> Words:
    width = models.unet.config.cross_attention_dim
    words = torch.randn(1, 77, width, generator=torch.Generator().manual_seed(2))
    return Words(prompt=words, negative=torch.zeros_like(words))


@torch.inference_mode()
def _stock_latent(models: Models, steps: int) -> Tensor:
    picture, mask, pose = _small_scene()
    words = _words(models)
    pipe = pipeline_of(models, posed=True)
    return pipe(
        prompt_embeds=words.prompt,
        negative_prompt_embeds=words.negative,
        # As tensors: laid out otherwise in memory, the same numbers are convolved in another order.
        image=channels_of(picture),
        mask_image=channels_of(mask),
        control_image=channels_of(pose),
        control_guidance_end=SHARE,
        controlnet_conditioning_scale=1.0,
        width=SMALL.width,
        height=SMALL.height,
        num_inference_steps=steps,
        guidance_scale=GUIDANCE,
        strength=1.0,
        generator=torch.Generator().manual_seed(3),
        output_type="latent",
    ).images


@torch.inference_mode()
def _our_latent(models: Models, steps: int) -> Tensor:
    """The same run in our loop; noise is drawn in the order in which the stock pipeline does."""
    picture, mask, pose = _small_scene()
    scheduler = pipeline_of(models, posed=True).scheduler
    dice = torch.Generator().manual_seed(3)
    size = models.latent_size(SMALL)
    noise = torch.randn(1, 4, size.height, size.width, generator=dice)
    holes = channels_of(mask)
    masked = (channels_of(picture) * 2 - 1) * (holes < 0.5)
    latent = models.vae.encode(masked).latent_dist.sample(dice) * models.vae.config.scaling_factor
    window = Window(
        box=Box(0, 0, size.width, size.height),
        mask=torch.nn.functional.interpolate(holes, size=(size.height, size.width)),
        masked=latent,
        control=channels_of(pose),
    )
    networks = Networks(unet=models.unet, scheduler=scheduler, controlnet=models.controlnet)
    schedule = timesteps(scheduler, steps, strength=1.0, device=CPU)
    taken = denoise(
        networks,
        start(scheduler, noise, None, schedule),
        schedule,
        _words(models),
        [window],
        guidance=Guidance(scale=GUIDANCE, control_share=SHARE),
    )
    *_, last = taken
    return last.latent


def refining_again() -> list[Row]:
    """P8: a second refine of the same part, with the same words."""
    job = refine_job(A)
    models = A.models()
    engine = Engine(models)
    engine.refine(job)
    again = replace(job, version=replace(job.version, picture=engine.refine(job).version.picture))
    told = _refined(models, again)
    box = told.largest / 1e6
    return [
        Row(
            name="P8 text",
            what="calls of the text encoder in a second refine",
            baseline="the first",
            measured=told.calls[Part.TEXT],
            must=0,
        ),
        Row(
            name="P8 encode",
            what="VAE encoding in a second refine of the same box",
            baseline="the box",
            measured=told.encoded / box,
            must=1.0,
            stretch=0.0,
        ),
    ]


def _refined(models: Models, job: RefineJob) -> Summary:
    with metered(models) as meter:
        Engine(models).refine(job)
    return meter.summary()


def _job(seed: int, size: Size) -> tuple[Retouching, Brush]:
    picture = photo_of(size)
    mask = Image.new("L", picture.size, 0)
    mask.paste(255, (0, size.height // 2, size.width, size.height))
    return Retouching(picture, mask), Brush(caption="somebody", seed=seed, steps=4)


def taking_turns() -> list[Row]:
    """P10: pictures that were painted in turns are those that were painted alone."""
    models = random_models()
    jobs = {1: _job(1, Size(384, 512)), 2: _job(2, Size(448, 640)), 3: _job(3, Size(384, 384))}
    alone = {key: list(paint(models, sheet, (), brush)) for key, (sheet, brush) in jobs.items()}
    together = _interleaved(models, jobs, {key: len(strokes) for key, strokes in alone.items()})
    return [
        Row(
            name="P10 pictures",
            what=f"pictures of {len(jobs)} painters in turns that differ",
            baseline="painted alone",
            measured=sum(alone[key][-1].painted != together[key].painted for key in jobs),
            must=0,
        )
    ]


def _interleaved(
    models: Models, jobs: Mapping[int, tuple[Retouching, Brush]], steps: Mapping[int, int]
) -> dict[int, Stroke]:
    """Paint all jobs in turns; each joins while those before it are being painted."""
    turns, last, now = Turns[int, Stroke](), dict[int, Stroke](), 0.0
    waiting = list(jobs.items())
    while waiting or len(turns):
        if waiting:
            key, (sheet, brush) = waiting.pop(0)
            turns.join(key, paint(models, sheet, (), brush), [1.0] * steps[key], now=now)
        taken = turns.take(now)
        if taken is not None:
            last[taken[0]] = taken[1]
            now += 1.0
    return last


@torch.inference_mode()
def batching() -> list[Row]:
    """P11: windows in one call are predicted as they are alone, and never slower."""
    models = random_models()
    networks = models.networks(posed=True)
    networks.scheduler.set_timesteps(4)
    dice = torch.Generator().manual_seed(5)
    latent = torch.randn(1, 4, 64, 96, generator=dice)
    windows = [
        Window(
            box=Box(left, 0, 48, 64),
            mask=torch.ones(1, 1, 64, 48),
            masked=torch.randn(1, 4, 64, 48, generator=dice),
            control=torch.rand(1, 3, 512, 384, generator=dice),
        )
        for left in (0, 24, 48)
    ]
    alone, together = (
        predict(
            networks,
            latent,
            networks.scheduler.timesteps[0],
            _words(models),
            windows,
            guidance=Guidance(),
            batch=batch,
        )
        for batch in (1, 3)
    )
    gain = batch_gain(models.unet, Size(48, 64), device=CPU, dtype=torch.float32)
    return [
        Row(
            name="P11",
            what="three windows in one call: largest difference of the prediction",
            baseline="one call each",
            measured=float((alone - together).abs().max()),
            must=1e-4,
        ),
        Row(
            name="P11 speed",
            what=f"throughput with the batch that is chosen here, {models.batch}",
            baseline="one call each",
            measured=gain if models.batch > 1 else 1.0,
            must=0.97,
            at_least=True,
            note=f"two tiny windows in one call: {gain:.2f}; a CPU is never given more than one",
        ),
    ]


def precision() -> list[Row]:
    """P12: half precision is not chosen where it is slower."""
    single, half = conv_seconds(torch.float32), conv_seconds(torch.bfloat16)
    chosen = cpu_dtype()
    return [
        Row(
            name="P12",
            what=f"a convolution in {str(chosen).removeprefix('torch.')}, as is chosen here",
            baseline="in float32",
            measured=half / single if chosen == torch.bfloat16 else 1.0,
            must=1.0,
            note=f"in bfloat16 {half / single:.1f}",
        )
    ]


def upkeep() -> list[Row]:
    """S4 and S5: what is left behind by jobs, and what is built for them."""
    models = A.models()
    engine = Engine(models)
    for number in range(TEXTS):
        models.encoded_text(f"word {number}")  # as after a day's work
    jobs = [_another(refine_job(A), number) for number in range(7)]
    kept: list[int] = []
    with _modules_built() as built:
        for job in jobs:
            engine.refine(job)
            kept.append(_tensor_bytes())
    return [
        Row(
            name="S4",
            what="bytes of tensors that a seventh refine of another photo leaves behind",
            baseline="the sixth",
            measured=max(0, kept[-1] - kept[-2]),
            must=0,
            note=f"the first left {(kept[0] - _bytes_of(models)) / 1e3:.0f} kB",
        ),
        Row(
            name="S5",
            what="network modules built during seven jobs",
            baseline="loaded once",
            measured=len(built),
            must=0,
        ),
    ]


def _another(job: RefineJob, number: int) -> RefineJob:
    """Ask for the same on another picture, in other words."""
    pixels = np.roll(np.asarray(job.version.picture), number * 7, axis=1)
    version = replace(
        job.version, picture=Image.fromarray(pixels), caption=f"somebody, number {number}"
    )
    return replace(job, version=version, settings=replace(job.settings, steps=1))


def _tensor_bytes() -> int:
    gc.collect()
    # Not `isinstance`: some objects warn when they are asked for their class.
    tensors = (thing for thing in gc.get_objects() if issubclass(type(thing), Tensor))
    return sum(one.numel() * one.element_size() for one in tensors if not one.is_meta)


def _bytes_of(models: Models) -> int:
    networks = (models.unet, models.vae, models.controlnet, models.text_encoder)
    states = (tensor for network in networks for tensor in network.state_dict().values())
    return sum(tensor.numel() * tensor.element_size() for tensor in states)


@contextmanager
def _modules_built() -> Generator[list[str]]:
    """List the modules that are built meanwhile; lists of others are cut anew in every call."""
    built: list[str] = []
    usual: Any = torch.nn.Module.__init__

    def noted(self: Any, *args: Any, **kwargs: Any) -> None:
        if not isinstance(self, torch.nn.ModuleList):
            built.append(type(self).__name__)
        usual(self, *args, **kwargs)

    torch.nn.Module.__init__ = noted
    try:
        yield built
    finally:
        torch.nn.Module.__init__ = usual
