"""The working copy of a canvas: scaled, padded, cut into windows, encoded and decoded."""

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pipeline.geometry import Box, Size
from pipeline.gpu.denoise import Window, rim_weights
from pipeline.gpu.models import Models
from pipeline.windows import Layout

SKETCH_SIDE = 512  # pixels of a preview's longer side
SKETCH_DECODED = 256  # pixels of it that the decoder makes: a sixth of the work of a window


class Frame:
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
        self._pixels = channels_of(self._picture).to(models.device, models.dtype) * 2 - 1
        self._holes = (channels_of(self._mask) > 0.5).to(models.device, models.dtype)
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
        content = self._layout.content
        return (
            _image(whole)
            .crop((0, 0, content.width, content.height))
            .resize((self._canvas.width, self._canvas.height), Image.Resampling.LANCZOS)
        )

    @torch.inference_mode()
    def roughly_developed(self, latent: Tensor) -> Image.Image:
        """Decode the whole of a latent from its positions' means; RGB, the content's shape."""
        frame, content = self._layout.frame, self._layout.content
        size = self._models.latent_size(frame.scaled(min(1.0, SKETCH_DECODED / _longer(frame))))
        small = torch.nn.functional.interpolate(latent, (size.height, size.width), mode="area")
        vae = self._models.vae
        image = _image(vae.decode(small / vae.config.scaling_factor, return_dict=False)[0])
        right = round(image.width * content.width / frame.width)
        bottom = round(image.height * content.height / frame.height)
        return image.crop((0, 0, max(1, right), max(1, bottom)))

    @torch.inference_mode()
    def _encoded(self, pixels: Tensor) -> Tensor:
        vae = self._models.vae
        return vae.encode(pixels).latent_dist.mode() * vae.config.scaling_factor

    def _in_latent(self, box: Box) -> Box:
        stride = self._models.stride
        return Box(box.left // stride, box.top // stride, box.width // stride, box.height // stride)


class Sketcher:
    """Draws small pictures of how the painting looks so far, the known part as it is."""

    def __init__(self, frame: Frame, picture: Image.Image, mask: Image.Image) -> None:
        self._frame = frame
        self._picture = picture
        self._mask = mask

    def sketch(self, latent: Tensor) -> Image.Image:
        """Decode a clean latent in small, RGB with a longer side of `SKETCH_SIDE` at most."""
        whole = Size(*self._picture.size)
        size = whole.scaled(min(1.0, SKETCH_SIDE / max(whole.width, whole.height)))
        sides = (size.width, size.height)
        known = self._picture.resize(sides, Image.Resampling.BOX, reducing_gap=1.0)
        mask = self._mask.resize(sides, Image.Resampling.BOX, reducing_gap=1.0)
        painted = self._frame.roughly_developed(latent).resize(sides, Image.Resampling.BILINEAR)
        return Image.composite(painted, known, mask)


def _padded(image: Image.Image, layout: Layout, method: Image.Resampling) -> Image.Image:
    """Scale a picture to the layout's content; repeat its last row and column up to the frame."""
    content, frame = layout.content, layout.frame
    scaled = np.asarray(image.resize((content.width, content.height), method))
    spare = [(0, frame.height - content.height), (0, frame.width - content.width)]
    padding = spare if scaled.ndim == 2 else [*spare, (0, 0)]
    return Image.fromarray(np.pad(scaled, padding, mode="edge"))


def _image(pixels: Tensor) -> Image.Image:
    """Turn (1, 3, H, W) in -1..1 into a picture."""
    scaled = (pixels[0].float().clamp(-1, 1) + 1) * 127.5
    return Image.fromarray(scaled.round().byte().permute(1, 2, 0).cpu().numpy())


def _longer(size: Size) -> int:
    return max(size.width, size.height)


def _cut(tensor: Tensor, box: Box) -> Tensor:
    return tensor[..., box.top : box.bottom, box.left : box.right]


def _add(total: Tensor, weight: Tensor, part: Tensor, box: Box) -> None:
    ramp = rim_weights(box, like=part)
    _cut(total, box).add_(part * ramp)
    _cut(weight, box).add_(ramp)


def channels_of(image: Image.Image) -> Tensor:
    """Turn a picture into (1, C, H, W) in 0..1."""
    pixels = torch.from_numpy(np.array(image, dtype=np.float32) / 255)
    return pixels[None, None] if pixels.ndim == 2 else pixels.permute(2, 0, 1)[None]
