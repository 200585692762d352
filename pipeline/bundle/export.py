"""Write trained weights as diffusers and transformers read them, in half precision."""

import json
import shutil
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file

from pipeline.bundle.checkpoints import load_checkpoint, save_checkpoint
from pipeline.bundle.examples import STICK
from pipeline.bundle.lexicon import build_text_encoder
from pipeline.bundle.painter import (
    BATCH,
    CHECKPOINT,
    build_controlnet,
    build_scheduler,
    build_unet,
)
from pipeline.bundle.scenes import NATIVE
from pipeline.errors import ModelError

COPIED = ("captioner", "judge", "pixel")  # training writes them in their final layout
# What the product needs to know of the bundle; its keys are those of `pipeline.profiles`.
DESCRIPTION: dict[str, Any] = {
    "name": "tiny",
    "largest": list(NATIVE),
    "multiple": 16,
    "person_height": 108,
    "overlap": 32,
    "stick": STICK,
    "feet": True,
    "steps": 1,  # what so young a network paints best; see the label
    "guidance": 1.5,
    "control_share": 1.0,
}


def export_painter(work: Path, out: Path, *, tokenizer: Any) -> int:
    """Write unet, controlnet, text encoder, tokenizer, scheduler and description; return the step.

    Args:
        work: Holds `painter.pt`.
        out: The folder of weights.
        tokenizer: The one that the painter was trained with.

    Raises:
        ModelError: There is no checkpoint, or it is damaged.
    """
    stored = load_checkpoint(work / CHECKPOINT, part="painter")
    modules: dict[str, Any] = {
        "unet": build_unet(),
        "controlnet": build_controlnet(),
        "text_encoder": build_text_encoder(tokenizer),
    }
    for name, module in modules.items():
        module.load_state_dict(stored["averages"][name])
        module.half().save_pretrained(out / name)
    tokenizer.save_pretrained(out / "tokenizer")
    build_scheduler().save_pretrained(out / "scheduler")
    step = int(stored["step"])
    described = {**DESCRIPTION, "steps_trained": step, "label": label_of(step)}
    (out / "toeframe.json").write_text(json.dumps(described, indent=2) + "\n")
    return step


def label_of(step: int) -> str:
    """Say honestly what to expect of weights that have seen so many examples."""
    return (
        f"The shipped tiny bundle, trained on {step * BATCH:,} rendered examples: it shows the way "
        "of working, in soft toy pictures; photographs need real weights."
    )


def export_all(work: Path, out: Path) -> None:
    """Write every part that has been trained; the pixel-space model may be missing.

    Raises:
        ModelError: Another part is missing, or one is damaged.
    """
    from diffusers import AutoencoderKL
    from transformers import CLIPTokenizer

    for part in ("vae", "tokenizer", "captioner", "judge"):
        if not (work / part).is_dir():
            raise ModelError(f"The {part} is not in {work}: train all parts before the export.")
    out.mkdir(parents=True, exist_ok=True)
    AutoencoderKL.from_pretrained(work / "vae").half().save_pretrained(out / "vae")
    export_painter(work, out, tokenizer=CLIPTokenizer.from_pretrained(work / "tokenizer"))
    for part in COPIED:
        if (work / part).is_dir():
            shutil.copytree(work / part, out / part, dirs_exist_ok=True)


def unpack_all(weights: Path, work: Path) -> None:
    """Make a work folder from shipped weights; only the optimisers' memory is lost.

    Raises:
        ModelError: The work folder has a painter already, or the weights cannot be read.
    """
    if (work / CHECKPOINT).exists():
        raise ModelError(f"{work / CHECKPOINT} would be overwritten; name another --work folder.")
    try:
        state = {
            name: {key: weight.float() for key, weight in _stored(weights / name).items()}
            for name in ("unet", "controlnet", "text_encoder")
        }
        step = int(json.loads((weights / "toeframe.json").read_text())["steps_trained"])
        for part in ("vae", "tokenizer", *COPIED):
            if (weights / part).is_dir():
                shutil.copytree(weights / part, work / part, dirs_exist_ok=True)
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise ModelError(f"{weights} is not a complete folder of exported weights.") from error
    content = {"part": "painter", "step": step, "optimiser": None}
    save_checkpoint(work / CHECKPOINT, {**content, "modules": state, "averages": state})


def _stored(folder: Path) -> dict[str, Any]:
    (found,) = folder.glob("*.safetensors")
    return load_file(found)
