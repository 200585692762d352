"""The working copy of a part of the canvas: scaled, padded, cut into windows, encoded and decoded.

Only the windows' own pixels ever become tensors, one window at a time; the frame itself is bytes.
"""

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pipeline.canvas import Painted
from pipeline.geometry import Box
from pipeline.gpu.models import Models
from pipeline.gpu.predict import Window, Words, rim_weights
from pipeline.sheet import Sheet
from pipeline.windows import Layout

SKETCH_SIDE = 512  # pixels of a preview's longer side
SKETCH_DECODED = 256  # pixels of it that the decoder makes: a sixth of the work of a window


class Frame:
    """What one pass works on.

    Attributes:
        latent_mask: 1 where pixels are new, (1, 1, h, w).
    """

    def __init__(self, models: Models, sheet: Sheet, layout: Layout) -> None:
        self._models = models
        self._layout = layout
        self._picture = _padded(sheet.look(layout.region, layout.content), layout)
        self._holes = _padded(sheet.holes(layout.region, layout.content), layout)
        stride = models.stride
        # Nearest, as the inpainting models were trained.
        nearest = np.asarray(self._holes)[::stride, ::stride] > 127
        self.latent_mask = self._tensor(nearest[None, None].astype(np.float32))

    def window(self, box: Box, control: Tensor | None, words: Words | None = None) -> Window:
        """Encode what the network is told about one window, given in working pixels."""
        latent = self._in_latent(box)
        holes = self._tensor(_planes(self._holes.crop(box.edges)) > 0.5)
        masked = self._pixels(box) * (1 - holes)
        return Window(
            box=latent,
            mask=_cut(self.latent_mask, latent),
            masked=self._models.encoded_pixels(masked),
            control=None if control is None else _cut(control, box),
            words=words,
        )

    @torch.inference_mode()
    def photo(self) -> Tensor:
        """Encode what the windows show, (1, C, h, w); 0 where there is no window."""
        size = self._models.latent_size(self._layout.frame)
        channels = self._models.vae.config.latent_channels
        whole = self.latent_mask.new_zeros(1, channels, size.height, size.width)
        weight = torch.zeros_like(whole[:, :1])
        for box in self._layout.windows:
            _add(
                whole, weight, self._models.encoded_pixels(self._pixels(box)), self._in_latent(box)
            )
        return whole / weight.clamp_min(1e-6)

    @torch.inference_mode()
    def developed(self, latent: Tensor) -> Painted:
        """Decode the windows over the frame; where there is no window it is as it was."""
        windows = self._layout.windows
        if windows == (Box.of(self._layout.frame),):
            return self._delivered(_image(self._decoded(latent)))
        height, width = self._layout.frame.height, self._layout.frame.width
        painted = torch.zeros(1, 3, height, width)
        weight = torch.zeros_like(painted[:, :1])
        for box in windows:
            part = self._decoded(_cut(latent, self._in_latent(box)))
            _add(painted, weight, part.float().cpu(), box)
        whole = _image(painted.div_(weight.clamp_min(1e-6)))
        shown = Image.fromarray((weight[0, 0] > 0).to(torch.uint8).numpy() * 255)
        return self._delivered(Image.composite(whole, self._picture, shown))

    def _delivered(self, frame: Image.Image) -> Painted:
        content = self._layout.content
        return Painted(frame.crop((0, 0, content.width, content.height)), self._layout.region)

    @torch.inference_mode()
    def roughly_developed(self, latent: Tensor) -> Painted:
        """Decode the whole of a latent from its positions' means, in small."""
        frame, content = self._layout.frame, self._layout.content
        longer = max(frame.width, frame.height)
        size = self._models.latent_size(frame.scaled(min(1.0, SKETCH_DECODED / longer)))
        small = torch.nn.functional.interpolate(latent, (size.height, size.width), mode="area")
        image = _image(self._decoded(small))
        right = round(image.width * content.width / frame.width)
        bottom = round(image.height * content.height / frame.height)
        return Painted(image.crop((0, 0, max(1, right), max(1, bottom))), self._layout.region)

    def _decoded(self, latent: Tensor) -> Tensor:
        vae = self._models.vae
        return vae.decode(latent / vae.config.scaling_factor, return_dict=False)[0]

    def _pixels(self, box: Box) -> Tensor:
        return self._tensor(_planes(self._picture.crop(box.edges)) * 2 - 1)

    def _tensor(self, values: np.ndarray) -> Tensor:
        return torch.from_numpy(values).to(self._models.device, self._models.dtype)

    def _in_latent(self, box: Box) -> Box:
        stride = self._models.stride
        return Box(box.left // stride, box.top // stride, box.width // stride, box.height // stride)


class Sketcher:
    """Draws small pictures of how the painting looks so far, the known part as it is."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        whole = sheet.size
        self._size = whole.scaled(min(1.0, SKETCH_SIDE / max(whole.width, whole.height)))

    def sketch(self, frame: Frame, latent: Tensor) -> Image.Image:
        """Decode a clean latent in small, RGB with a longer side of `SKETCH_SIDE` at most."""
        whole, size = Box.of(self._sheet.size), self._size
        picture = self._sheet.look(whole, size)
        painted = frame.roughly_developed(latent)
        box = _scaled(painted.box, size.width / whole.width, size.height / whole.height)
        part = painted.picture.resize((box.width, box.height), Image.Resampling.BILINEAR)
        picture.paste(part, box.edges, self._sheet.holes(whole, size).crop(box.edges))
        return picture


def _scaled(box: Box, across: float, down: float) -> Box:
    left, top = int(box.left * across), int(box.top * down)
    right, bottom = round(box.right * across), round(box.bottom * down)
    return Box.from_edges(left, top, max(left + 1, right), max(top + 1, bottom))


def _padded(image: Image.Image, layout: Layout) -> Image.Image:
    """Repeat the last row and column up to the frame."""
    content, frame = layout.content, layout.frame
    if content == frame:
        return image
    pixels = np.asarray(image)
    spare = [(0, frame.height - content.height), (0, frame.width - content.width)]
    padding = spare if pixels.ndim == 2 else [*spare, (0, 0)]
    return Image.fromarray(np.pad(pixels, padding, mode="edge"))


def _image(pixels: Tensor) -> Image.Image:
    """Turn (1, 3, H, W) in -1..1 into a picture."""
    scaled = (pixels[0].float().clamp(-1, 1) + 1) * 127.5
    return Image.fromarray(scaled.round().byte().permute(1, 2, 0).cpu().numpy())


def _cut(tensor: Tensor, box: Box) -> Tensor:
    return tensor[..., box.top : box.bottom, box.left : box.right]


def _add(total: Tensor, weight: Tensor, part: Tensor, box: Box) -> None:
    ramp = rim_weights(box, like=part)
    _cut(total, box).add_(part * ramp)
    _cut(weight, box).add_(ramp)


def _planes(image: Image.Image) -> np.ndarray:
    """Turn a picture into (1, C, H, W) in 0..1."""
    pixels = np.asarray(image, np.float32) / 255
    return pixels[None, None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)[None]


def channels_of(image: Image.Image) -> Tensor:
    """Turn a picture into (1, C, H, W) in 0..1."""
    return torch.from_numpy(np.ascontiguousarray(_planes(image)))
