"""Paint the white part of a mask: from a picture of any size to windows of latents, and back.

Outpainting and refining are both this; they differ in the mask, the pose and the strength.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pipeline.draw import draw_condition
from pipeline.geometry import Box, Size
from pipeline.gpu.denoise import (
    Guidance,
    Known,
    Networks,
    Window,
    Words,
    denoise,
    rim_weights,
    start,
    timesteps,
)
from pipeline.gpu.models import Models
from pipeline.skeleton import Skeleton
from pipeline.windows import Layout, lay_out
from pipeline.wording import prompt_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Brush:
    """How to paint.

    Attributes:
        caption: What the whole picture shows.
        seed: The same seed on the same kind of machine gives the same picture.
        steps: Denoising steps; None takes the profile's.
        guidance: Classifier-free guidance; None takes the profile's.
        strength: 1 paints from noise, less keeps more of what is there.
        posed: Whether the skeletons guide the painting, through ControlNet.
    """

    caption: str
    seed: int = 0
    steps: int | None = None
    guidance: float | None = None
    strength: float = 1.0
    posed: bool = True


@dataclass(frozen=True, slots=True)
class Stroke:
    """Where painting stands: `step` of `steps`; the picture once it is finished."""

    step: int
    steps: int
    layout: Layout
    picture: Image.Image | None = None


def paint(
    models: Models,
    picture: Image.Image,
    mask: Image.Image,
    skeletons: tuple[Skeleton, ...],
    brush: Brush,
) -> Iterator[Stroke]:
    """Paint what is white in the mask, yielding after each step, the picture with the last.

    Args:
        models: Loaded networks.
        picture: RGB, the whole canvas, with some fill where pixels are to be new.
        mask: `L`, same size; white where pixels are to be new. At least one pixel is white.
        skeletons: Everybody in the picture, canvas pixels.
        brush: Words, seed, strengths.

    Returns:
        Strokes. The final picture has the canvas's size; it shows the windows as the model sees
        them, the
        known part included, so whoever delivers it must put the photo back.
    """
    size = Size(*picture.size)
    layout = lay_out(size, _white_box(mask), skeletons, models.profile.limits)
    frame = _Frame(models, picture, mask, layout)
    words = encode_words(models, brush)
    networks = models.networks(posed=brush.posed and bool(skeletons))
    control = _control(models, skeletons, layout) if networks.controlnet is not None else None
    windows = [frame.window(box, control) for box in layout.windows]
    steps = brush.steps or models.profile.steps
    times = timesteps(networks.scheduler, steps, strength=brush.strength, device=models.device)
    noise = _noise(models, layout.frame, brush.seed)
    photo = None if networks.sees_the_photo and brush.strength >= 1 else frame.photo()
    latent = start(networks.scheduler, noise, photo if brush.strength < 1 else None, times)
    strokes = denoise(
        networks,
        latent,
        times,
        words,
        windows,
        guidance=_guidance(models, brush),
        known=_known(networks, frame, photo, noise),
    )
    for stroke in strokes:
        latent = stroke.latent
        yield Stroke(stroke.index, stroke.total, layout)
    yield Stroke(len(times), len(times), layout, frame.developed(latent))


def _white_box(mask: Image.Image) -> Box:
    edges = mask.getbbox()
    if edges is None:
        raise ValueError("nothing is white in the mask")
    return Box.from_edges(*edges)


def _guidance(models: Models, brush: Brush) -> Guidance:
    scale = models.profile.guidance if brush.guidance is None else brush.guidance
    return Guidance(scale=scale, control_share=models.profile.control_share)


def _known(
    networks: Networks, frame: "_Frame", photo: Tensor | None, noise: Tensor
) -> Known | None:
    if networks.sees_the_photo or photo is None:
        return None
    return Known(photo=photo, mask=frame.latent_mask, noise=noise)


def _noise(models: Models, frame: Size, seed: int) -> Tensor:
    """Draw on the CPU, whatever the device, so that a seed means the same everywhere."""
    size = models.latent_size(frame)
    shape = (1, models.vae.config.latent_channels, size.height, size.width)
    dice = torch.Generator("cpu").manual_seed(seed)
    return torch.randn(shape, generator=dice).to(models.device, models.dtype)


@torch.inference_mode()
def encode_words(models: Models, brush: Brush) -> Words:
    """Encode the caption with the profile's own words, and the negative prompt."""
    profile = models.profile

    def encoded(text: str) -> Tensor:
        tokens = models.tokenizer(
            text,
            padding="max_length",
            truncation=True,
            max_length=models.tokenizer.model_max_length,
            return_tensors="pt",
        )
        return models.text_encoder(tokens.input_ids.to(models.device))[0].to(models.dtype)

    prompt = prompt_of(brush.caption, suffix=profile.suffix)
    return Words(prompt=encoded(prompt), negative=encoded(profile.negative))


def _control(models: Models, skeletons: tuple[Skeleton, ...], layout: Layout) -> Tensor:
    """Draw everybody's pose on the frame, (1, 3, H, W) in 0..1."""
    profile = models.profile
    scaled = [skeleton.mapped(scale=layout.scale) for skeleton in skeletons]
    drawn = draw_condition(scaled, layout.frame, stick=profile.stick, feet=profile.feet)
    return _channels(drawn).to(models.device, models.dtype)


def _channels(image: Image.Image) -> Tensor:
    """Turn a picture into (1, C, H, W) in 0..1."""
    pixels = torch.from_numpy(np.array(image, dtype=np.float32) / 255)
    return pixels[None, None] if pixels.ndim == 2 else pixels.permute(2, 0, 1)[None]


class _Frame:
    """The working copy of a canvas: scaled, padded, cut into windows, encoded and decoded."""

    def __init__(
        self, models: Models, picture: Image.Image, mask: Image.Image, layout: Layout
    ) -> None:
        self._models = models
        self._layout = layout
        self._canvas = Size(*picture.size)
        self._picture = _padded(picture, layout, Image.Resampling.LANCZOS)
        # BOX keeps a trace of every white pixel: whatever is partly new is new.
        self._mask = _padded(mask, layout, Image.Resampling.BOX).point([0, *[255] * 255])
        self._pixels = _channels(self._picture).to(models.device, models.dtype) * 2 - 1
        self._holes = (_channels(self._mask) > 0.5).to(models.device, models.dtype)
        size = models.latent_size(layout.frame)
        # Nearest, as the inpainting models were trained.
        self.latent_mask = torch.nn.functional.interpolate(
            self._holes, size=(size.height, size.width)
        )

    def window(self, box: Box, control: Tensor | None) -> Window:
        """Cut out and encode what the network is told about one window, given in working pixels."""
        latent = self._in_latent(box)
        masked = _cut(self._pixels, box) * (1 - _cut(self._holes, box))
        return Window(
            box=latent,
            mask=_cut(self.latent_mask, latent),
            masked=self._encoded(masked),
            control=None if control is None else _cut(control, box),
        )

    @torch.inference_mode()
    def photo(self) -> Tensor:
        """Encode the frame, window by window so that memory follows the window; (1, C, h, w)."""
        size = self._models.latent_size(self._layout.frame)
        channels = self._models.vae.config.latent_channels
        whole = self._pixels.new_zeros(1, channels, size.height, size.width)
        weight = torch.zeros_like(whole[:, :1])
        for box in self._layout.windows:
            part = self._encoded(_cut(self._pixels, box))
            _add(whole, weight, part, self._in_latent(box))
        return whole / weight.clamp_min(1e-6)

    @torch.inference_mode()
    def developed(self, latent: Tensor) -> Image.Image:
        """Decode the windows over the picture and bring it back to the canvas's size."""
        painted = torch.zeros_like(self._pixels)
        weight = torch.zeros_like(painted[:, :1])
        vae = self._models.vae
        for box in self._layout.windows:
            part = _cut(latent, self._in_latent(box)) / vae.config.scaling_factor
            _add(painted, weight, vae.decode(part, return_dict=False)[0], box)
        whole = torch.where(weight > 0, painted / weight.clamp_min(1e-6), self._pixels)
        pixels = (whole[0].float().clamp(-1, 1) + 1) * 127.5
        image = Image.fromarray(pixels.round().byte().permute(1, 2, 0).cpu().numpy())
        content = self._layout.content
        return image.crop((0, 0, content.width, content.height)).resize(
            (self._canvas.width, self._canvas.height), Image.Resampling.LANCZOS
        )

    @torch.inference_mode()
    def _encoded(self, pixels: Tensor) -> Tensor:
        vae = self._models.vae
        return vae.encode(pixels).latent_dist.mode() * vae.config.scaling_factor

    def _in_latent(self, box: Box) -> Box:
        stride = self._models.stride
        return Box(box.left // stride, box.top // stride, box.width // stride, box.height // stride)


def _padded(image: Image.Image, layout: Layout, method: Image.Resampling) -> Image.Image:
    """Scale a picture to the layout's content; repeat its last row and column up to the frame."""
    content, frame = layout.content, layout.frame
    scaled = np.asarray(image.resize((content.width, content.height), method))
    spare = [(0, frame.height - content.height), (0, frame.width - content.width)]
    padding = spare if scaled.ndim == 2 else [*spare, (0, 0)]
    return Image.fromarray(np.pad(scaled, padding, mode="edge"))


def _cut(tensor: Tensor, box: Box) -> Tensor:
    return tensor[..., box.top : box.bottom, box.left : box.right]


def _add(total: Tensor, weight: Tensor, part: Tensor, box: Box) -> None:
    ramp = rim_weights(box, like=part)
    _cut(total, box).add_(part * ramp)
    _cut(weight, box).add_(ramp)
