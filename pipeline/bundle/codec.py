"""The bundle's VAE: its shape, its linear start, its loss, and the whitening of its latents."""

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  torch's own name for it
from diffusers import AutoencoderKL
from numpy.typing import NDArray
from torch import Tensor, nn

LATENT_CHANNELS = 16
STRIDE = 8  # three halvings
WIDTHS = (16, 32, 64, 96)
# Features that the linear start carries at 1/1, 1/2, 1/4 and 1/8 of the picture's side.
CARRIED = (3, 12, 30, 62)
# Two constant channels, so large that the norms' statistics hardly depend on the picture: a norm
# that follows the picture's own mean and spread would lose its absolute colours.
ANCHOR = 40.0
SILU_BIAS = 2.0  # there SiLU is nearly a straight line for the small values that the anchors leave
LOG_VARIANCE = -9.0  # the encoder's stated uncertainty: practically none


def build_codec() -> AutoencoderKL:
    """Return an untrained VAE: 3 channels to 16 at an eighth of the side."""
    return AutoencoderKL(
        in_channels=3,
        out_channels=3,
        latent_channels=LATENT_CHANNELS,
        block_out_channels=WIDTHS,
        down_block_types=("DownEncoderBlock2D",) * len(WIDTHS),
        up_block_types=("UpDecoderBlock2D",) * len(WIDTHS),
        layers_per_block=1,
        norm_num_groups=1,
        mid_block_add_attention=False,
        scaling_factor=1.0,
        sample_size=144,
    )


def to_tensor(pictures: NDArray[np.uint8]) -> Tensor:
    """(N, H, W, 3) bytes to (N, 3, H, W) in [-1, 1]."""
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1


@torch.no_grad()
def start_linear(codec: AutoencoderKL, pictures: Tensor) -> None:
    """Set the weights to a linear codec: principal components of patches, and their best inverse.

    Every residual branch starts silent; each halving keeps the strongest components of its 2x2
    patches, each doubling is the least-squares fit of the finer features. Training then starts near
    a sharp picture.

    Args:
        codec: From `build_codec`, changed in place.
        pictures: (N, 3, H, W) in [-1, 1]; 64 are enough.
    """
    for module in codec.modules():
        if isinstance(module, nn.Conv2d):
            module.weight.mul_(0.1)
            _zero(module.bias)
    for name, module in codec.named_modules():
        if name.endswith("conv2"):
            _zero(module.weight)
        if name.endswith("conv_shortcut"):
            module.weight.copy_(_passage(module.out_channels, module.in_channels))
    for half in (codec.encoder, codec.decoder):
        half.conv_norm_out.bias.fill_(SILU_BIAS)
    levels = _start_encoder(codec, pictures)
    latents = codec.encode(pictures).latent_dist.mode()
    _start_decoder(codec, latents, levels)


def _zero(parameter: Tensor | None) -> None:
    if parameter is not None:
        parameter.zero_()


def _passage(wide_out: int, wide_in: int) -> Tensor:
    """A 1x1 kernel that hands channels on in order, the two anchors staying last."""
    kernel = torch.zeros(wide_out, wide_in, 1, 1)
    shared = min(wide_out, wide_in) - 2
    kernel[range(shared), range(shared)] = 1
    kernel[[-2, -1], [-2, -1]] = 1
    return kernel


def _anchor(conv: nn.Conv2d) -> None:
    """Let a convolution put out the two constants."""
    assert conv.bias is not None  # noqa: S101
    conv.weight[-2:] = 0
    conv.bias[-2], conv.bias[-1] = ANCHOR, -ANCHOR


def _start_encoder(codec: AutoencoderKL, pictures: Tensor) -> list[Tensor]:
    """Set the encoder; return the carried features from 1/1 to 1/8."""
    encoder = codec.encoder
    encoder.conv_in.weight[:3] = 0
    encoder.conv_in.weight[range(3), range(3), 1, 1] = 1
    _anchor(encoder.conv_in)
    levels = [pictures]
    for block, kept in zip(encoder.down_blocks[:-1], CARRIED[1:], strict=True):
        fine = levels[-1]
        patches = F.unfold(fine, 2, stride=2)
        basis = _principal(patches.transpose(1, 2).flatten(0, 1), kept)
        conv = block.downsamplers[0].conv
        conv.weight[:kept] = 0
        conv.weight[:kept, : fine.shape[1], :2, :2] = basis.view(kept, fine.shape[1], 2, 2)
        _anchor(conv)
        side = [fine.shape[2] // 2, fine.shape[3] // 2]
        levels.append(torch.einsum("kd,ndp->nkp", basis, patches).unflatten(2, side))
    _fit_latents(codec, pictures, levels[-1])
    return levels


def _principal(rows: Tensor, kept: int) -> Tensor:
    """Return the strongest directions of (N, D) rows about zero, (kept, D)."""
    moment = rows.T.double() @ rows.double() / len(rows)
    return torch.linalg.eigh(moment).eigenvectors.flip(1)[:, :kept].T.float()


def _fit_latents(codec: AutoencoderKL, pictures: Tensor, coarse: Tensor) -> None:
    """Make the encoder's last convolution give the 16 strongest components, at unit variance."""
    rows = coarse.permute(0, 2, 3, 1).flatten(0, 2)
    basis = _principal(rows - rows.mean(0), LATENT_CHANNELS)
    wanted = torch.einsum("kd,ndhw->nkhw", basis, coarse)
    mean, spread = wanted.mean((0, 2, 3), keepdim=True), wanted.std((0, 2, 3), keepdim=True)
    encoder = codec.encoder
    features = _before(encoder, encoder.conv_out, pictures)
    _fit(encoder.conv_out, features, (wanted - mean) / spread, reach=0)
    _zero(encoder.conv_out.weight[LATENT_CHANNELS:])
    encoder.conv_out.bias[LATENT_CHANNELS:] = LOG_VARIANCE
    for conv in (codec.quant_conv, codec.post_quant_conv):
        conv.weight.copy_(torch.eye(conv.out_channels)[:, :, None, None])
        _zero(conv.bias)


def _start_decoder(codec: AutoencoderKL, latents: Tensor, levels: list[Tensor]) -> None:
    decoder = codec.decoder
    decoder.conv_in.weight[:LATENT_CHANNELS] = 0
    decoder.conv_in.weight[range(LATENT_CHANNELS), range(LATENT_CHANNELS), 1, 1] = 1
    _anchor(decoder.conv_in)
    for block, wanted in zip(decoder.up_blocks[:-1], reversed(levels[:-1]), strict=True):
        conv = block.upsamplers[0].conv
        features = _before(decoder, conv, latents)
        _fit(conv, features, wanted, reach=1)
        _anchor(conv)
    features = _before(decoder, decoder.conv_out, latents)
    _fit(decoder.conv_out, features, levels[0], reach=1)


def _before(network: nn.Module, layer: nn.Module, inputs: Tensor) -> Tensor:
    """Return what reaches `layer` when the network is run."""
    seen: list[Tensor] = []
    hook = layer.register_forward_pre_hook(lambda _layer, arguments: seen.append(arguments[0]))
    network(inputs)
    hook.remove()
    return seen[0]


def _fit(conv: nn.Conv2d, features: Tensor, wanted: Tensor, *, reach: int) -> None:
    """Set the first output channels of a 3x3 convolution by ridge regression.

    Args:
        conv: Changed in place, weights and bias.
        features: Its input, (N, C, H, W).
        wanted: What the first K output channels should be, (N, K, H, W).
        reach: 0 to use the middle tap only, 1 for all nine.
    """
    count, taps = wanted.shape[1], (2 * reach + 1) ** 2
    rows = F.unfold(features, 2 * reach + 1, padding=reach).transpose(1, 2).flatten(0, 1).double()
    rows = torch.cat([rows, torch.ones(len(rows), 1, dtype=torch.double)], 1)
    targets = wanted.flatten(2).transpose(1, 2).flatten(0, 1).double()
    ridge = 1e-4 * len(rows) * torch.eye(rows.shape[1], dtype=torch.double)
    solution = torch.linalg.solve(rows.T @ rows + ridge, rows.T @ targets).T.float()
    assert conv.bias is not None  # noqa: S101
    conv.weight[:count] = 0
    kernel = solution[:, :-1].view(count, features.shape[1], taps)
    if reach:
        conv.weight[:count] = kernel.unflatten(2, (3, 3))
    else:
        conv.weight[:count, :, 1, 1] = kernel[:, :, 0]
    conv.bias[:count] = solution[:, -1]


def codec_loss(painted: Tensor, pictures: Tensor, importance: Tensor) -> Tensor:
    """Absolute error of pixels and of their differences to the right and downwards.

    Args:
        painted: The decoder's pictures, (B, 3, H, W).
        pictures: The true ones.
        importance: How much each pixel counts, (B, 1, H, W).
    """
    pixels = ((painted - pictures).abs() * importance).mean()
    across = painted.diff(dim=3) - pictures.diff(dim=3)
    down = painted.diff(dim=2) - pictures.diff(dim=2)
    edges = (across.abs() * importance[..., 1:]).mean() + (
        down.abs() * importance[..., 1:, :]
    ).mean()
    return pixels + 0.5 * edges


@torch.no_grad()
def whiten(codec: AutoencoderKL, latents: Tensor) -> None:
    """Fold mean, spread and correlation of the latents into the 1x1 convolutions around them.

    Afterwards `encode` gives decorrelated channels of zero mean and unit variance, strongest
    component first, and `decode` gives the same pictures as before.

    Args:
        codec: Changed in place; encoding must not have been whitened before.
        latents: Means that `encode` gives now, (N, 16, h, w).
    """
    rows = latents.permute(0, 2, 3, 1).flatten(0, 2).double()
    mean = rows.mean(0)
    values, vectors = torch.linalg.eigh((rows - mean).T @ (rows - mean) / len(rows))
    values, vectors = values.flip(0), vectors.flip(1)
    forward = (vectors / values.sqrt()).T
    backward = vectors * values.sqrt()
    quant, post = codec.quant_conv, codec.post_quant_conv
    count = LATENT_CHANNELS
    old, bias = quant.weight[:count, :, 0, 0].double(), quant.bias[:count].double()
    quant.weight[:count, :, 0, 0] = (forward @ old).float()
    quant.bias[:count] = (forward @ (bias - mean)).float()
    quant.weight[count:] = 0
    quant.bias[count:] = LOG_VARIANCE
    kernel = post.weight[:, :, 0, 0].double()
    post.bias.add_((kernel @ mean).float())
    post.weight[:, :, 0, 0] = (kernel @ backward).float()


@torch.inference_mode()
def visibility(codec: AutoencoderKL, latents: Tensor) -> Tensor:
    """Measure how much each latent channel shows: root mean square of pixels per unit, mean 1.

    Whitened channels all vary alike, but the last ones hardly show. A loss that ignores this is
    spent on detail that nobody sees, and the painter's samples become blotches.

    Args:
        codec: Whitened.
        latents: Some that `encode` gives, (N, 16, h, w).

    Returns:
        (16) factors for the squared error of each channel.
    """
    plain = codec.decode(latents).sample
    shown = torch.zeros(LATENT_CHANNELS)
    for channel in range(LATENT_CHANNELS):
        moved = latents.clone()
        moved[:, channel] += 1
        shown[channel] = (codec.decode(moved).sample - plain).square().mean().sqrt()
    return shown / shown.mean()
