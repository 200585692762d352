"""Profiles: which weights paint, where they lie, and how they like to be used. No model is loaded.

A folder of weights has diffusers' layout with more folders beside it: `controlnet/`, `captioner/`
and, where there are such, `annotators/` (OpenPose) and `pixel/` (the pixel-space model). A file
`toeframe.json` says how to use them; without it the folder is taken for Stable Diffusion 1.5.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from math import ceil
from pathlib import Path
from typing import Any

from pipeline.errors import ModelError
from pipeline.geometry import Size
from pipeline.jobs import Quality
from pipeline.windows import WindowLimits

TINY_FOLDER = Path(__file__).parent / "bundle" / "weights"
PAINTER_PARTS = ("unet", "vae", "text_encoder", "tokenizer", "scheduler")
ALL_PARTS = (*PAINTER_PARTS, "controlnet", "captioner")
OPTIONAL_PARTS = ("annotators", "pixel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How a set of weights is used.

    Attributes:
        name: What people type after `--profile`, and what the record says.
        limits: The windows it paints, in working pixels.
        stick: Half-width of a limb in the pose map, in working pixels.
        feet: Whether its ControlNet has learnt the foot points.
        steps: Denoising steps by default.
        guidance: Classifier-free guidance by default.
        guidance_share: On which share of the noise levels, from the noisiest, guidance is
            computed: details gain nothing from it (Kynkaanniemi et al. 2024,
            https://arxiv.org/abs/2404.07724).
        control_share: On which share of them the pose has a say.
        refine_strength: How much noise is put on a composition before windows refine it.
        suffix: Words added to every prompt.
        negative: The negative prompt.
        scenery: The prompt for windows in which nobody is: told of a person, they paint one.
        no_scenery: Their negative prompt.
        label: One sentence for people about what to expect.
    """

    name: str
    limits: WindowLimits
    stick: float
    feet: bool
    steps: int
    guidance: float
    guidance_share: float = 1.0
    control_share: float = 1.0
    refine_strength: float = 0.4
    suffix: str = ""
    negative: str = ""
    scenery: str = ""
    no_scenery: str = ""
    label: str = ""

    def steps_for(self, quality: Quality) -> int:
        """Return half the steps for `draft` and twice as many for `best`.

        A model that paints in one step was trained to, and more make it worse: it has but one.
        """
        return 1 if self.steps == 1 else ceil(self.steps * _SHARES[quality])

    def limits_for(self, quality: Quality) -> WindowLimits:
        """Work a third finer for `best`."""
        if quality is not Quality.BEST:
            return self.limits
        return replace(self.limits, working=ceil(self.limits.working * FINER))


FINER = 4 / 3
_SHARES: Mapping[Quality, float] = {Quality.DRAFT: 0.5, Quality.NORMAL: 1.0, Quality.BEST: 2.0}

SD15 = Profile(
    name="sd15",
    limits=WindowLimits(
        largest=Size(512, 768),
        shortest=384,
        multiple=64,
        person_height=680,
        overlap=64,
        context=128,
        working=768,
    ),
    stick=4.0,
    feet=False,  # control_v11p_sd15_openpose was trained without foot points
    steps=20,
    guidance=7.0,
    guidance_share=0.8,
    control_share=0.6,
    suffix="full body, legs and shoes in the picture, natural light, RAW photo, sharp focus",
    negative=(
        "cropped, out of frame, close-up, extra legs, extra feet, fused legs, missing foot, "
        "second person, deformed, blurry, drawing, cartoon, text, watermark"
    ),
    scenery="floor and background, natural light, RAW photo, sharp focus",
    no_scenery="person, people, body, legs, feet, shoes, blurry, drawing, text, watermark",
    label="Stable Diffusion 1.5 (RealisticVision V5.1 inpainting) with ControlNet openpose.",
)


@dataclass(frozen=True, slots=True)
class HubPart:
    """A repository on the hub, the revision that was chosen, and the files that are needed."""

    repository: str
    revision: str
    files: tuple[str, ...]
    licence: str


# The inpainting repository's author has never moved its main branch's files; its commit is not
# known to us,
# so it is the one part that is named by branch.
HUB: Mapping[str, HubPart] = {
    "painter": HubPart(
        "Uminosachi/realisticVisionV51_v51VAE-inpainting",
        "main",
        tuple(f"{part}/*" for part in PAINTER_PARTS),
        "CreativeML OpenRAIL-M",
    ),
    "controlnet": HubPart(
        "lllyasviel/control_v11p_sd15_openpose",
        "9ae9f970358db89e211b87c915f9535c6686d5ba",
        ("config.json", "diffusion_pytorch_model.safetensors"),
        "CreativeML OpenRAIL-M",
    ),
    "captioner": HubPart(
        "Salesforce/blip-image-captioning-base",
        "82a37760796d32b1411fe092ab5d4e227313294b",
        ("*.json", "*.txt", "model.safetensors", "pytorch_model.bin"),
        "BSD-3-Clause",
    ),
    "annotators": HubPart(
        "lllyasviel/Annotators",
        "982e7edaec38759d914a963c48c4726685de7d96",
        ("body_pose_model.pth",),
        "CMU OpenPose: non-commercial use only",
    ),
}


@dataclass(frozen=True, slots=True)
class Weights:
    """A profile and the folder of each of its parts on this machine."""

    profile: Profile
    parts: Mapping[str, Path]


def find_weights(profile: str, *, download: bool = True) -> Weights:
    """Find the folders of a profile.

    Args:
        profile: `auto`, `tiny`, `sd15`, or a folder of weights.
        download: Whether `sd15` may be fetched from the hub when it is not here.

    Raises:
        ModelError: The weights are not here, and cannot be had or are not complete.
    """
    if profile == "auto":
        return _hub_weights(download=False) or in_folder(TINY_FOLDER)
    if profile == "tiny":
        return in_folder(TINY_FOLDER)
    if profile == "sd15":
        found = _hub_weights(download=download)
        if found is None:
            raise ModelError(
                "The weights of sd15 are not on this machine and could not be downloaded. "
                "Try again with a connection to the Hugging Face hub, or put them into a folder "
                "(see README, Real weights) and give that folder to --profile."
            )
        return found
    return in_folder(Path(profile))


def in_folder(folder: Path) -> Weights:
    """Read a folder of weights.

    Raises:
        ModelError: It is no such folder, or a part is missing.
    """
    if not folder.is_dir():
        raise ModelError(
            f"There is no profile or folder {str(folder)!r}. "
            "Use auto, tiny, sd15, or a folder of weights."
        )
    missing = [part for part in ALL_PARTS if not (folder / part).is_dir()]
    if missing:
        raise ModelError(
            f"{folder} is not a complete folder of weights: {', '.join(missing)} missing. "
            "It needs the folders " + ", ".join(ALL_PARTS) + "."
        )
    parts = {part: folder / part for part in ALL_PARTS}
    parts |= {part: folder / part for part in OPTIONAL_PARTS if (folder / part).is_dir()}
    return Weights(_profile_of(folder), parts)


def _profile_of(folder: Path) -> Profile:
    described = folder / "toeframe.json"
    if not described.is_file():
        return replace(SD15, name=folder.name)
    try:
        return profile_from(json.loads(described.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"{described} does not describe weights that this version can use. "
            "Export or download the folder again."
        ) from error


def profile_from(document: Mapping[str, Any]) -> Profile:
    """Read `toeframe.json`; its keys are the attributes of `Profile` and of `WindowLimits`.

    Raises:
        KeyError, TypeError, ValueError: A key is missing or of the wrong kind.
    """
    width, height = document["largest"]
    overlap = int(document["overlap"])
    limits = WindowLimits(
        largest=Size(int(width), int(height)),
        shortest=int(document.get("shortest", min(width, height))),
        multiple=int(document["multiple"]),
        person_height=int(document["person_height"]),
        overlap=overlap,
        context=int(document.get("context", overlap)),
        working=int(document.get("working", 0)),
    )
    return Profile(
        name=str(document["name"]),
        limits=limits,
        stick=float(document["stick"]),
        feet=bool(document["feet"]),
        steps=int(document["steps"]),
        guidance=float(document["guidance"]),
        guidance_share=float(document.get("guidance_share", 1.0)),
        control_share=float(document.get("control_share", 1.0)),
        refine_strength=float(document.get("refine_strength", 0.4)),
        suffix=str(document.get("suffix", "")),
        negative=str(document.get("negative", "")),
        scenery=str(document.get("scenery", "")),
        no_scenery=str(document.get("no_scenery", "")),
        label=str(document.get("label", "")),
    )


def _hub_weights(*, download: bool) -> Weights | None:
    """Locate sd15 in the hub's cache, or fetch it; None when that is not possible."""
    if find_spec("huggingface_hub") is None:
        return None
    from huggingface_hub import snapshot_download  # pyright: ignore[reportUnknownVariableType]
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    folders: dict[str, Path] = {}
    for name, part in HUB.items():
        try:
            folders[name] = Path(
                snapshot_download(
                    part.repository,
                    revision=part.revision,
                    allow_patterns=list(part.files),
                    local_files_only=not download,
                )
            )
        except (LocalEntryNotFoundError, HfHubHTTPError, OSError):
            return None
    painter = {part: folders["painter"] / part for part in PAINTER_PARTS}
    if not all(path.is_dir() for path in painter.values()):
        return None
    others = {name: folders[name] for name in ("controlnet", "captioner", "annotators")}
    return Weights(SD15, {**painter, **others})
