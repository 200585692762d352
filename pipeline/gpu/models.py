"""Load a profile's networks: one code path for the shipped bundle, for sd15 and for any folder."""

import gc
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from pipeline.errors import ModelError
from pipeline.geometry import Size
from pipeline.gpu.calibration import best_batch, cpu_dtype
from pipeline.gpu.denoise import Networks
from pipeline.gpu.openpose import OpenPoseDetector
from pipeline.gpu.pose import MediaPipeDetector, PoseDetector
from pipeline.gpu.recent import Recent
from pipeline.profiles import Profile, Weights

log = logging.getLogger(__name__)

TEXTS = 32  # encoded texts that are kept: 0.2 MB each in sd15
LATENTS = 4  # encoded pictures that are kept: 0.1 MB each in sd15; a job has few windows
HEAVY = 500_000_000  # bytes of a UNet; a lighter one takes seconds in any precision


@dataclass(frozen=True, slots=True)
class PixelModel:
    """An unconditional diffusion model of whole pictures, without a VAE.

    Attributes:
        unet: UNet2DModel, 3 channels in and out, pixels in [-1, 1].
        scheduler: DDIMScheduler with the noise levels and the kind of prediction that it was
            trained for; copied for every run, never used itself.
        size: The window that it was trained at; any multiple of 8 is possible.
    """

    unet: Any
    scheduler: Any
    size: Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """Everything that is loaded, on one device in one dtype.

    Attributes:
        profile: How these weights are used.
        device: Where the networks live.
        dtype: What they compute in.
        unet: UNet2DConditionModel.
        vae: AutoencoderKL.
        controlnet: ControlNetModel.
        text_encoder: CLIPTextModel.
        tokenizer: CLIPTokenizer.
        scheduler: A scheduler that is copied for every run, never used itself.
        captioner: BlipForConditionalGeneration.
        processor: BlipProcessor.
        planner: Finds people on the photo, unseen joints included.
        detector: Finds people on what was painted.
        pixel_folder: Where the profile's pixel-space model lies; None without one.
        batch: How many windows of one shape the device predicts best in one call.
    """

    profile: Profile
    device: torch.device
    dtype: torch.dtype
    unet: Any
    vae: Any
    controlnet: Any
    text_encoder: Any
    tokenizer: Any
    scheduler: Any
    captioner: Any
    processor: Any
    planner: PoseDetector
    detector: PoseDetector
    pixel_folder: Path | None = None
    batch: int = 1
    _texts: Recent[Any, Tensor] = field(default_factory=lambda: Recent(TEXTS))
    _latents: Recent[Any, Tensor] = field(default_factory=lambda: Recent(LATENTS))

    @property
    def stride(self) -> int:
        """How many pixels one latent position covers along a side."""
        return 2 ** (len(self.vae.config.block_out_channels) - 1)

    def networks(self, *, posed: bool) -> Networks:
        """Give the loop its networks, with a scheduler of its own."""
        scheduler = type(self.scheduler).from_config(self.scheduler.config)
        controlnet = self.controlnet if posed else None
        return Networks(unet=self.unet, scheduler=scheduler, controlnet=controlnet)

    def encoded_text(self, text: str) -> Tensor:
        """Encode a text, (1, T, D); the last few are remembered."""
        return self._texts.get((self.text_encoder, text), lambda: self._encode_text(text))

    @torch.inference_mode()
    def _encode_text(self, text: str) -> Tensor:
        tokens = self.tokenizer(
            text,
            padding="max_length",
            truncation=True,
            max_length=self.tokenizer.model_max_length,
            return_tensors="pt",
        )
        return self.text_encoder(tokens.input_ids.to(self.device))[0].to(self.dtype)

    def encoded_pixels(self, pixels: Tensor) -> Tensor:
        """Encode pixels in [-1, 1], (1, 3, H, W), to a scaled latent; the last few are remembered.

        Whoever refines the same part again has the same surroundings.
        """
        plain = pixels.float() + 0.0  # what was blanked may be -0.0, which has other bytes
        known = blake2b(plain.cpu().numpy().tobytes(), digest_size=16).digest()
        key = (self.vae, pixels.shape, known)
        return self._latents.get(key, lambda: self._encode_pixels(pixels))

    @torch.inference_mode()
    def _encode_pixels(self, pixels: Tensor) -> Tensor:
        latent = self.vae.encode(pixels).latent_dist.mode()
        return latent * self.vae.config.scaling_factor

    def forget(self) -> None:
        """Forget what is remembered of texts and pictures."""
        self._texts.forget()
        self._latents.forget()

    def pixel_model(self) -> PixelModel:
        """Load the pixel-space model when it is first asked for.

        Raises:
            ModelError: The profile has none, or it is damaged.
        """
        if self.pixel_folder is None:
            raise ModelError(
                f"The profile {self.profile.name} has no pixel-space model (a folder `pixel`). "
                "Use another method, or a profile with one."
            )
        return _pixel_model(self.pixel_folder, self.device, self.dtype)

    def latent_size(self, frame: Size) -> Size:
        """Latent positions of a frame whose sides are multiples of the stride."""
        return Size(frame.width // self.stride, frame.height // self.stride)


def choose_device(
    device: str | None = None, *, heavy: bool = False
) -> tuple[torch.device, torch.dtype]:
    """Take CUDA in half precision when there is one, else the CPU.

    Args:
        device: As PyTorch names it; None takes the best.
        heavy: Whether the networks are large enough for a CPU to compute them in half precision, if
            a probe shows that it gains by it. Others get single precision.
    """
    name = device or ("cuda" if torch.cuda.is_available() else "cpu")
    if name.startswith("cuda"):
        return torch.device(name), torch.float16
    return torch.device(name), cpu_dtype() if heavy and name == "cpu" else torch.float32


def load_models(weights: Weights, *, device: str | None = None) -> Models:
    """Load every part of a profile.

    Raises:
        ModelError: A part is damaged, of another kind, or does not fit the others.
    """
    from diffusers import AutoencoderKL, ControlNetModel, UNet2DConditionModel
    from transformers import (
        BlipForConditionalGeneration,
        BlipProcessor,
        CLIPTextModel,
        CLIPTokenizer,
    )

    parts = weights.parts
    where, dtype = choose_device(device, heavy=_bytes_in(parts["unet"]) > HEAVY)

    def network(part: str, kind: Any, keyword: str) -> Any:
        loaded = _load(part, parts[part], lambda folder: kind.from_pretrained(
            folder, local_files_only=True, **{keyword: dtype}
        ))  # fmt: skip
        return loaded.to(where).eval().requires_grad_(False)

    with _Quiet():
        models = Models(
            profile=weights.profile,
            device=where,
            dtype=dtype,
            unet=network("unet", UNet2DConditionModel, "torch_dtype"),
            vae=network("vae", AutoencoderKL, "torch_dtype"),
            controlnet=network("controlnet", ControlNetModel, "torch_dtype"),
            text_encoder=network("text_encoder", CLIPTextModel, "dtype"),
            tokenizer=_load("tokenizer", parts["tokenizer"], CLIPTokenizer.from_pretrained),
            scheduler=_load("scheduler", parts["scheduler"], _scheduler),
            captioner=network("captioner", BlipForConditionalGeneration, "dtype"),
            processor=_load("captioner", parts["captioner"], BlipProcessor.from_pretrained),
            planner=MediaPipeDetector(),
            detector=_detector(parts.get("annotators")),
            pixel_folder=parts.get("pixel"),
        )
    _check_fit(models)
    window = models.latent_size(models.profile.limits.largest)
    return replace(models, batch=best_batch(models.unet, window, device=where, dtype=dtype))


def _bytes_in(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("*.safetensors"))


def _load(part: str, folder: Path, read: Callable[[Path], Any]) -> Any:
    try:
        return read(folder)
    except Exception as error:
        raise ModelError(
            f"The {part} in {folder} cannot be loaded: it is damaged or of another kind. "
            "Export or download it again."
        ) from error


@lru_cache(maxsize=1)
def _pixel_model(folder: Path, device: torch.device, dtype: torch.dtype) -> PixelModel:
    from diffusers import DDIMScheduler, UNet2DModel

    with _Quiet():
        unet = _load("pixel-space model", folder / "unet", lambda part: UNet2DModel.from_pretrained(
            part, local_files_only=True, torch_dtype=dtype
        ))  # fmt: skip
        scheduler = _load("scheduler", folder / "scheduler", DDIMScheduler.from_pretrained)
    height, width = unet.config.sample_size
    unet = unet.to(device).eval().requires_grad_(False)
    return PixelModel(unet, scheduler, Size(width, height))


def _scheduler(folder: Path) -> Any:
    """Read a scheduler's configuration as UniPC, which gives good pictures in few steps.

    Source: Zhao et al. 2023, https://arxiv.org/abs/2302.04867.
    """
    from diffusers import UniPCMultistepScheduler

    config: Any = UniPCMultistepScheduler.load_config(folder, local_files_only=True)
    return UniPCMultistepScheduler.from_config(config)


def _detector(annotators: Path | None) -> PoseDetector:
    return MediaPipeDetector() if annotators is None else OpenPoseDetector(annotators)


def _check_fit(models: Models) -> None:
    channels = models.vae.config.latent_channels
    unet, control = models.unet.config, models.controlnet.config
    fits = (
        unet.out_channels == channels
        and unet.in_channels in (channels, 2 * channels + 1)
        and control.in_channels == channels
        and control.cross_attention_dim == unet.cross_attention_dim
        and models.text_encoder.config.hidden_size == unet.cross_attention_dim
        and models.profile.limits.multiple % models.stride == 0
    )
    if not fits:
        raise ModelError(
            f"The parts of profile {models.profile.name} do not fit together. "
            "Take all of them from one export or download."
        )


class _Quiet:
    """Keeps the libraries' progress bars and advice off standard error while loading.

    Their switches are global, so one thread at a time may hold them.
    """

    _lock = threading.Lock()

    def __enter__(self) -> None:
        from diffusers.utils import logging as diffusers_log
        from transformers.utils import logging as transformers_log

        self._lock.acquire()
        for library in (diffusers_log, transformers_log):
            library.set_verbosity_error()
            library.disable_progress_bar()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def free_memory() -> None:
    """Give back to the device what nothing refers to any more."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
