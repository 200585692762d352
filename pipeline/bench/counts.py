"""Work that pictures take, counted at Stable Diffusion 1.5's real size: P1 to P5 and S1.

Ours is the whole of a job through the real engine: both passes, every network call.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

from PIL import Image

from pipeline.bench.meter import Summary, WorkMeter, summarise
from pipeline.bench.networks import random_models
from pipeline.bench.rows import Row
from pipeline.bench.scenes import STEPS, A, B, C, Scene, photo_file, photo_of
from pipeline.bench.sizes import Part
from pipeline.bench.stock import Stock, hand_made_crop
from pipeline.canvas import Canvas
from pipeline.geometry import Box, Size
from pipeline.gpu.engine import Engine
from pipeline.gpu.models import Models
from pipeline.jobs import RefineJob, Settings, Version
from pipeline.profiles import SD15, Profile

LEGS = Size(384, 640)  # what a refine paints anew
NATIVE = replace(SD15, limits=replace(SD15.limits, working=1536))
EVEN = replace(SD15, guidance_share=1.0, control_share=1.0)  # as the stock pipelines do


@dataclass(frozen=True, slots=True)
class Work:
    """One way to have a picture painted.

    Attributes:
        scene: Which.
        posed: Whether a ControlNet takes part.
        profile: With which limits and shares.
    """

    scene: Scene
    posed: bool = False
    profile: Profile = SD15


def metered(models: Models) -> WorkMeter:
    """Meter all networks of a picture."""
    return WorkMeter(models.unet, models.controlnet, models.vae, models.text_encoder)


@lru_cache(maxsize=64)
def ours(work: Work) -> Summary:
    """Complete a scene with the real engine."""
    models = work.scene.models(profile=work.profile)
    job = work.scene.job(photo_file(work.scene.photo), settings=Settings(posed=work.posed))
    with metered(models) as meter:
        Engine(models).prepare(job)
    return meter.summary("sd15")


def stock(work: Work, canvas: Size | None = None) -> Summary:
    """Count what the stock pipeline does on a canvas, by default the scene's whole one."""
    calls = Stock(posed=work.posed, steps=STEPS).calls(canvas or work.scene.canvas)
    return summarise(calls, "sd15")


def _ratio(work: Work) -> float:
    return ours(work).gflops / stock(work).gflops


def _even(work: Work) -> str:
    """Say what it would be with guidance, and the pose, on every step."""
    even = _ratio(replace(work, profile=replace(EVEN, limits=work.profile.limits)))
    return f"{even:.3f} with guidance on every step"


def outpainting() -> list[Row]:
    """P1 to P3b: against the stock pipeline on the full canvas, without a pose and with one."""
    goals = (
        ("P1", "A, 512x512+256", Work(A), 0.65, 0.62),
        ("P2", "B, 768x1024+512", Work(B), 0.40, 0.33),
        ("P3", "C, 1536x2048+1024, native", Work(C, profile=NATIVE), 0.20, 0.14),
        ("P3b", "C, as it is worked on", Work(C), 0.07, 0.035),
    )
    rows: list[Row] = []
    for name, what, work, must, stretch in goals:
        for posed, baseline in ((False, "inpaint_full"), (True, "cn_full")):
            way = replace(work, posed=posed)
            rows.append(
                Row(
                    name=f"{name} posed" if posed else name,
                    what=f"outpaint {what}",
                    baseline=baseline,
                    measured=_ratio(way),
                    must=must,
                    stretch=stretch,
                    note=_even(way),
                )
            )
    return rows


def against_a_crop() -> list[Row]:
    """P4: against the crop that a user would make by hand."""
    goals = (
        ("A", Work(A), 1.10, 1.02),
        ("B", Work(B), 1.10, 1.02),
        ("C", Work(C, profile=NATIVE), 0.75, 0.70),
    )
    rows: list[Row] = []
    for name, work, must, stretch in goals:
        scene = work.scene
        new = Box(0, scene.photo.height, scene.canvas.width, scene.extension)
        crop = hand_made_crop(scene.canvas, [new])
        rows.append(
            Row(
                name=f"P4 {name}",
                what=f"outpaint {name}{', native' if name == 'C' else ''}",
                baseline="crop_inpaint",
                measured=ours(work).gflops / stock(work, crop.size).gflops,
                must=must,
                stretch=stretch,
                note=f"the crop has {crop.width} x {crop.height}",
            )
        )
    return rows


def legs_of(scene: Scene) -> Box:
    """A box round both legs, at the canvas's lower edge."""
    canvas = scene.canvas
    height = min(LEGS.height, canvas.height // 2)
    return Box((canvas.width - LEGS.width) // 2, canvas.height - height, LEGS.width, height)


def version_of(scene: Scene) -> Version:
    """A completed scene that is to be refined."""
    canvas = Canvas(scene.canvas, Box.of(scene.photo))
    person = scene.person.mapped(scale=scene.photo.width)
    return Version(
        picture=photo_of(scene.canvas),
        photo=photo_of(scene.photo),
        canvas=canvas,
        skeletons=(person,),
        caption="a woman in a red coat",
    )


def refine_job(scene: Scene, *, steps: int = STEPS) -> RefineJob:
    """Paint the box round the legs anew, the photo's part of it too."""
    version, box = version_of(scene), legs_of(scene)
    mask = Image.new("L", (scene.canvas.width, scene.canvas.height), 0)
    mask.paste(255, box.edges)
    return RefineJob(
        version=version,
        skeletons=version.skeletons,
        settings=Settings(steps=steps),
        mask=mask,
        anywhere=True,
    )


@lru_cache(maxsize=16)
def refined(scene: Scene, profile: Profile = SD15) -> Summary:
    """Refine a scene's legs with the real engine."""
    models = random_models(profile=profile, people=[scene.person])
    with metered(models) as meter:
        Engine(models).refine(refine_job(scene))
    return meter.summary("sd15")


def refining() -> list[Row]:
    """P5: against the stock pipeline with a ControlNet on the same canvas."""
    rows: list[Row] = []
    for name, scene, must, stretch in (
        ("A", A, 0.60, 0.56),
        ("B", B, 0.25, 0.21),
        ("C", C, 0.03, 0.023),
    ):
        box, full = legs_of(scene), stock(Work(scene, posed=True)).gflops
        even = refined(scene, EVEN).gflops / full
        rows.append(
            Row(
                name=f"P5 {name}",
                what=f"refine a box of {box.width} x {box.height} on {name}",
                baseline="cn_full",
                measured=refined(scene).gflops / full,
                must=must,
                stretch=stretch,
                note=f"{even:.3f} with guidance and pose on every step",
            )
        )
    return rows


def scaling() -> list[Row]:
    """S1 and the counted part of S2: work follows the missing area, calls have bounded sizes."""
    tall = Scene(photo=Size(768, 2048), extension=512, stature=1350)
    wide = Scene(photo=B.photo, extension=1024, stature=1350)
    base = ours(Work(Scene(photo=B.photo, extension=512, stature=1350))).gflops
    megapixel = {scene: scene.photo.width * scene.extension / 1e6 for scene in (B, C)}
    spread = (ours(Work(C)).gflops / megapixel[C]) / (ours(Work(B)).gflops / megapixel[B])
    largest = max(ours(work).largest for work in (Work(A), Work(B), Work(C), Work(tall)))
    return [
        Row(
            name="S1 height",
            what="twice the photo's height, the same missing strip",
            baseline="768x1024+512",
            measured=ours(Work(tall)).gflops / base,
            must=1.02,
        ),
        Row(
            name="S1 strip",
            what="twice the missing strip, the same photo",
            baseline="768x1024+512",
            measured=ours(Work(wide)).gflops / base,
            must=2.2,
        ),
        Row(
            name="S1 megapixel",
            what="work per missing megapixel on C",
            baseline="on B",
            measured=spread,
            must=1.3,
        ),
        Row(
            name="S2 call",
            what="pixels of the largest call of UNet or VAE",
            baseline="512 x 768",
            measured=largest / (512 * 768),
            must=1.0,
        ),
    ]


def shares(summary: Summary) -> dict[str, float]:
    """Say which network takes which share of the work."""
    return {part.value: summary.by_part.get(part, 0.0) / summary.gflops for part in Part}
