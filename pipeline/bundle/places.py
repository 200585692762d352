"""Where people stand: walls, floors and photographs, painted behind them."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy import ndimage
from skimage import data

from pipeline.bundle.bodies import Floats
from pipeline.bundle.colours import PALETTE, Colour, jittered

Dice = np.random.Generator
TILE = 256  # pixels of a texture's side

# Never scikit-image's astronaut: that photo is the test. The held-out ones are kept from training.
_PHOTOS = ("rocket", "hubble_deep_field", "immunohistochemistry", "retina")
_HELD_OUT_PHOTOS = ("coffee", "cat")

# Name in the caption, texture, colours (names of the palette or RGB), metres that one tile spans,
# contrast.
_WALLS: tuple[tuple[str, str, tuple[str, ...], float, float], ...] = (
    (
        "wall",
        "plain",
        ("white", "grey", "beige", "blue", "green", "pink", "yellow", "brown", "red", "black"),
        3.0,
        0.05,
    ),
    ("brick wall", "brick", ("red", "brown", "grey", "white"), 1.6, 0.5),
    ("concrete wall", "cloudy", ("grey",), 2.5, 0.28),
    ("striped wall", "stripes", ("beige", "blue", "green", "grey", "pink"), 1.0, 0.2),
    ("curtain", "curtain", ("red", "blue", "grey", "beige", "green", "purple"), 1.6, 0.5),
    ("wooden wall", "planks", ("brown", "beige", "grey"), 1.4, 0.5),
    ("hedge", "grass", ("green",), 1.5, 1.3),
)
_FLOORS: tuple[tuple[str, str, tuple[str, ...], float, float], ...] = (
    ("grey floor", "cloudy", ("grey",), 2.0, 0.12),
    ("white floor", "plain", ("white",), 2.0, 0.06),
    ("brown floor", "plain", ("brown",), 2.0, 0.08),
    ("wooden floor", "planks", ("brown", "beige"), 1.3, 0.4),
    ("tiled floor", "tiles", ("white", "grey", "beige"), 1.6, 0.35),
    ("blue carpet", "carpet", ("blue",), 0.8, 0.3),
    ("red carpet", "carpet", ("red",), 0.8, 0.3),
)
_GROUNDS: tuple[tuple[str, str, tuple[str, ...], float, float], ...] = (
    ("grass", "grass", ("green",), 1.2, 1.2),
    ("gravel", "gravel", ("grey", "beige"), 1.4, 1.0),
    ("a street", "cloudy", ("grey",), 1.5, 0.35),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """A wall or a floor: a repeated tile times a colour."""

    texture: str
    held_out: bool
    colour: Colour
    span: float
    contrast: float
    shift: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A scene's surroundings.

    Attributes:
        wall: What stands behind; None in front of a photograph or the sky.
        photo: RGB (h, w, 3) in 0..1 that fills what is behind; None before a wall.
        floor: What is underfoot; None when the photo goes on to the bottom.
        distance: Metres from the person to the wall.
        skirting: Height of a strip at the wall's foot, metres; 0 without.
        words: For the caption: behind and underfoot.
    """

    wall: Surface | None
    photo: Floats | None
    floor: Surface | None
    distance: float
    skirting: float
    words: tuple[str, str | None]


def draw_place(dice: Dice, *, held_out: bool = False) -> Place:
    """Choose surroundings; held-out ones use other photographs and other parts of textures."""
    kind = float(dice.random())
    if kind < 0.72:
        wall, behind = _surface(dice, _WALLS, held_out, weights=(8, 3, 2, 1.5, 1.5, 1.5, 0.8))
        grounds = _FLOORS if "hedge" not in behind else _GROUNDS
        floor, below = _surface(dice, grounds, held_out)
        return Place(
            wall=wall,
            photo=None,
            floor=floor,
            distance=float(dice.uniform(0.35, 2.2)),
            skirting=float(dice.choice([0.0, 0.0, dice.uniform(0.06, 0.14)])),
            words=(
                _article(behind),
                below if " " not in below or below.startswith("a ") else _article(below),
            ),
        )
    if kind < 0.88:
        floor, below = _surface(dice, _GROUNDS, held_out)
        return Place(
            wall=None,
            photo=_sky(dice),
            floor=floor,
            distance=float(dice.uniform(4, 14)),
            skirting=0.0,
            words=("trees and a blue sky", below),
        )
    floor, below = _surface(dice, _FLOORS, held_out)
    bare = dice.random() < 0.5
    return Place(
        wall=None,
        photo=_photo(dice, held_out=held_out),
        floor=None if bare else floor,
        distance=float(dice.uniform(0.5, 2.0)),
        skirting=0.0,
        words=("a colourful picture", None if bare else _article(below)),
    )


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _surface(
    dice: Dice, table: tuple[Any, ...], held_out: bool, weights: tuple[float, ...] | None = None
) -> tuple[Surface, str]:
    shares = None if weights is None else np.array(weights) / sum(weights)
    name, texture, colours, span, contrast = table[int(dice.choice(len(table), p=shares))]
    colour = str(dice.choice(colours))
    said = (
        name
        if name.split()[0] in (*PALETTE, "concrete", "wooden", "tiled", "a", "hedge")
        or len(colours) == 1
        else f"{colour} {name}"
    )
    dull = {"grass": (74, 104, 48), "hedge": (46, 78, 40)}.get(name)
    return (
        Surface(
            texture=texture,
            held_out=held_out,
            colour=_faded(jittered(dice, dull or PALETTE[colour], amount=1.4))
            * np.float32(dice.uniform(0.86, 1.04)),
            span=span * float(dice.uniform(0.8, 1.3)),
            contrast=contrast * float(dice.uniform(0.7, 1.2)),
            shift=(float(dice.uniform(0, 9)), float(dice.uniform(0, 9))),
        ),
        said,
    )


def _faded(colour: Colour) -> Colour:
    """Wall paint is less loud than clothes."""
    return (0.82 * colour + 0.18 * colour.mean()).astype(np.float32)


def _sky(dice: Dice) -> Floats:
    """A bright sky over a band of trees or hills, (h, w, 3)."""
    height, width = 128, 160
    down = np.linspace(0, 1, height)[:, None, None]
    blue, haze = jittered(dice, (112, 160, 216)), jittered(dice, (204, 218, 232))
    picture = blue * (1 - down) + haze * down
    clouds = _noise(dice, height, width, 14) + 0.5 * _noise(dice, height, width, 6)
    cover = np.clip(clouds * 0.5, 0, 0.85)[:, :, None]
    picture = picture * (1 - cover) + np.array((0.95, 0.95, 0.96)) * cover
    line = 0.8 - 0.1 * _noise(dice, 1, width, 9)[0] - 0.04 * _noise(dice, 1, width, 2)[0]
    trees = (np.linspace(0, 1, height)[:, None] > line)[:, :, None]
    leaves = jittered(dice, (62, 92, 58)) * (1 + 0.25 * _noise(dice, height, width, 2)[:, :, None])
    return np.clip(np.where(trees, leaves, picture), 0, 1).astype(np.float32)


def _noise(dice: Dice, height: int, width: int, blur: float) -> Any:
    smooth = ndimage.gaussian_filter(
        dice.normal(size=(height, width)), blur if height > 1 else (0, blur), mode="wrap"
    )
    return smooth / (smooth.std() + 1e-9)


@lru_cache(maxsize=16)
def _stored_photo(name: str) -> Floats:
    return np.asarray(getattr(data, name)(), np.float32)[:, :, :3] / 255


def _photo(dice: Dice, *, held_out: bool) -> Floats:
    """A random part of one of scikit-image's photographs, perhaps mirrored or out of focus."""
    names = _HELD_OUT_PHOTOS if held_out else _PHOTOS
    picture = _stored_photo(names[int(dice.integers(len(names)))])
    side = int(min(picture.shape[:2]) * dice.uniform(0.35, 1.0))
    top, left = (int(dice.integers(0, size - side + 1)) for size in picture.shape[:2])
    part = picture[top : top + side, left : left + side]
    part = part[:, ::-1] if dice.random() < 0.5 else part
    part = ndimage.zoom(part, (160 / side, 160 / side, 1), order=1)
    blur = float(dice.choice([0, 1.5, 3]))
    return np.clip(ndimage.gaussian_filter(part, (blur, blur, 0)), 0, 1).astype(np.float32)


@lru_cache(maxsize=256)
def coarse_tile(name: str, held_out: bool, coarse: int) -> Floats:
    """Return `texture_tile` averaged over squares of `coarse` pixels, (side, side, 1)."""
    side = TILE // coarse
    return (
        texture_tile(name, held_out)
        .reshape(side, coarse, side, coarse)
        .mean(axis=(1, 3))[:, :, None]
    )


@lru_cache(maxsize=64)
def texture_tile(name: str, held_out: bool) -> Floats:
    """A repeatable tile of brightness around 0, (TILE, TILE); other pixels for held-out scenes."""
    dice = np.random.default_rng((len(name), ord(name[0]), int(held_out)))
    y, x = np.mgrid[:TILE, :TILE] / TILE
    if name in ("grass", "gravel"):
        half = np.asarray(getattr(data, name)(), np.float32) / 255
        half = half[:TILE, :TILE] if held_out else half[TILE:, TILE:]
        tile = half - ndimage.gaussian_filter(half, 60, mode="wrap")
        return _seamless(tile).astype(np.float32)
    grain = _noise(dice, TILE, TILE, 1) * 0.3 + _noise(dice, TILE, TILE, 18) * 0.7
    shapes = {
        "plain": grain,
        "cloudy": grain + 0.6 * _noise(dice, TILE, TILE, 5),
        "brick": _bricks(dice, x, y) + 0.25 * _noise(dice, TILE, TILE, 1),
        "carpet": _noise(dice, TILE, TILE, 0.8),
        "stripes": np.sign(np.sin(2 * np.pi * 6 * x)) + 0.1 * grain,
        "curtain": np.sin(2 * np.pi * 7 * x + 1.2 * np.sin(2 * np.pi * 2 * x)) + 0.1 * grain,
        "tiles": -3.0 * ((x * 4 % 1 < 0.04) | (y * 4 % 1 < 0.04))
        + 0.35 * _cells(dice, x, y, 4, 4)
        + 0.2 * grain,
        "planks": -2.5 * (x * 7 % 1 < 0.04)
        + 0.9 * _cells(dice, x, y, 7, 1)
        + 0.5 * ndimage.gaussian_filter(_noise(dice, TILE, TILE, 1), (14, 0), mode="wrap") * 3,
    }
    return (shapes[name] * 0.5).astype(np.float32)


def _bricks(dice: Dice, x: Any, y: Any, *, rows: int = 16, columns: int = 5) -> Any:
    """Running bond: pale mortar, each brick of its own brightness."""
    row = (y * rows).astype(int)
    along = (x + 0.5 / columns * (row % 2)) % 1
    mortar = (y * rows % 1 < 0.14) | (along * columns % 1 < 0.05)
    return np.where(mortar, 1.6, _cells(dice, along, y, columns, rows) * 0.4 - 0.3)


def _cells(dice: Dice, x: Any, y: Any, columns: int, rows: int) -> Any:
    values = dice.normal(size=(rows, columns))
    return values[(y * rows).astype(int), (x * columns).astype(int)]


def _seamless(tile: Any, *, edge: int = 32) -> Any:
    """Fade each side into the opposite one."""
    for axis in (0, 1):
        ramp = np.clip(np.arange(TILE) / edge, 0, 1).reshape((-1, 1) if axis == 0 else (1, -1))
        tile = tile * ramp + np.flip(tile, axis=axis) * (1 - ramp)
    return tile
