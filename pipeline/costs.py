"""What one call of a network costs: closed forms for Stable Diffusion 1.5, in GFLOP.

A FLOP is half a multiply-add; one sample, without guidance. The forms were fitted to exact counts
on the real configurations and agree with them to 0.5 % up to 1536 x 1536 pixels. The square term is
self-attention. Other networks of this family differ by a factor that does not depend on the shape,
so the forms rank windows for them as well.
"""

from pipeline.geometry import Size

UNIT = 512 * 512  # pixels


def _area(size: Size) -> float:
    return size.area / UNIT


def unet(size: Size) -> float:
    """One UNet call on a window of `size` pixels."""
    area = _area(size)
    return 681.6 * area + 121.7 * area**2


def controlnet(size: Size) -> float:
    """One ControlNet call, the pose map's embedding included."""
    area = _area(size)
    return 234.6 * area + 48.7 * area**2


def vae_encode(size: Size) -> float:
    """Encoding `size` pixels."""
    area = _area(size)
    return 1082 * area + 34.4 * area**2


def vae_decode(size: Size) -> float:
    """Decoding to `size` pixels."""
    area = _area(size)
    return 2480 * area + 34.4 * area**2
