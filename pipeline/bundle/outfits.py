"""What people wear: words for the caption and the cut and colours for the renderer."""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.bundle.colours import HAIR_COLOURS, PALETTE, Colour, jittered, skin_tone

Dice = np.random.Generator

TOPS = ("t-shirt", "shirt", "sweater", "jacket", "tank top")
BOTTOMS = ("jeans", "trousers", "shorts", "skirt", "leggings")
SHOES = ("sneakers", "boots", "shoes", "barefoot")
HAIRS = ("short", "long", "tied", "shaved")

_SLEEVES = {"t-shirt": "short", "tank top": "no", "sweater": "long", "jacket": "long"}
_BOTTOM_COLOURS = {
    "jeans": ("blue", "black", "grey", "white"),
    "trousers": ("black", "grey", "beige", "brown", "blue", "green", "white", "red"),
    "leggings": ("black", "grey", "purple", "blue", "red", "green"),
}
_SHOE_COLOURS = {
    "sneakers": (
        "white",
        "white",
        "white",
        "black",
        "red",
        "blue",
        "grey",
        "green",
        "yellow",
        "pink",
    ),
    "boots": ("brown", "black", "black", "beige", "red", "grey"),
    "shoes": ("black", "black", "brown", "brown", "blue", "red", "white"),
}
# Soles: pale rubber under sneakers, dark under leather.
_SOLES = {"sneakers": (232, 230, 224), "boots": (44, 38, 34), "shoes": (52, 42, 36)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a caption can say about the clothes; each from a small closed vocabulary.

    `pattern` is the top's, if it is not merely striped, and `bottom_pattern` that of what is worn
    below; "" for plain ones. A dress is top and bottom in one.
    """

    sex: str
    hair: str
    hair_colour: str
    top: str
    top_colour: str
    sleeves: str
    striped: bool
    bottom: str
    bottom_colour: str
    shoes: str
    shoe_colour: str | None
    pattern: str = ""
    bottom_pattern: str = ""

    @property
    def skirted(self) -> bool:
        """Whether a skirt hangs round the legs, its own or a dress's."""
        return self.bottom in ("skirt", "dress")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Where cloth begins and ends, on the scales of `bodies.FIELDS`, and its width in metres.

    `tail` is how far down a coat hangs; 0 where nothing hangs.
    """

    collar: float
    collar_depth: float
    sleeve: float
    top_hem: float
    top_ease: float
    waist: float
    hem: float
    ease: float
    flare: float
    shoe_top: float
    shoe_ease: float
    sole: float
    hair: float
    hair_length: float
    hairline: float
    tail: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Paints:
    """Colours in 0..1 and small decorations."""

    skin: Colour
    hair: Colour
    top: Colour
    stripe: Colour
    bottom: Colour
    shoe: Colour
    sole: Colour
    belt: bool
    open_front: bool
    stripe_width: float
    folds: float
    seed: float
    checks: float = 0.05
    seams: bool = False


@dataclass(frozen=True, slots=True)
class Outfit:
    words: Words
    cut: Cut
    paints: Paints


def draw_outfit(dice: Dice, *, female: bool, seated: bool = False) -> Outfit:
    """Dress a person at random; seated people wear no skirt (it would have to fold)."""
    words = _words(dice, female=female, skirts=not seated)
    return Outfit(words, _cut(dice, words), _paints(dice, words))


def draw_any_outfit(dice: Dice, *, female: bool, seated: bool = False) -> Outfit:
    """Dress a person at random; now and then in a dress, a coat, wide trousers or patterns."""
    words = _more_words(dice, _words(dice, female=female, skirts=not seated), hangs=not seated)
    cut, paints = _cut(dice, words), _paints(dice, words)
    if words.bottom == "wide trousers":
        cut = replace(
            cut, ease=float(dice.uniform(0.03, 0.05)), flare=float(dice.uniform(0.02, 0.06))
        )
    if words.top == "coat":
        cut = replace(cut, tail=float(dice.uniform(0.45, 1.3)), top_hem=0.1)
    paints = replace(
        paints, checks=float(dice.uniform(0.03, 0.08)), seams=bool(dice.random() < 0.7)
    )
    if words.bottom == "dress":
        paints = replace(paints, bottom=paints.top)
    return Outfit(words, cut, paints)


def _more_words(dice: Dice, words: Words, *, hangs: bool) -> Words:
    kind, chance = float(dice.random()), float(dice.random())
    if words.sex == "woman" and hangs and kind < 0.18:
        dress = {"top": "dress", "bottom": "dress", "bottom_colour": words.top_colour}
        words = replace(words, **dress, striped=False)
    elif words.bottom != "skirt" and hangs and kind < 0.32:
        words = replace(words, top="coat", sleeves="long", striped=False)
    if words.bottom in ("jeans", "trousers") and chance < 0.25:
        colour = words.bottom_colour
        words = replace(words, bottom="wide trousers", bottom_colour=colour)
    if not words.striped and words.top in ("shirt", "sweater", "t-shirt", "dress"):
        pattern = ("checked", "dotted", "", "", "")[int(dice.integers(5))]
        words = replace(words, pattern=pattern)
    if words.bottom in ("trousers", "wide trousers", "skirt", "shorts", "leggings"):
        pattern = ("checked", "striped", "", "", "", "")[int(dice.integers(6))]
        words = replace(words, bottom_pattern=pattern)
    return words


def _pick(dice: Dice, names: tuple[str, ...], weights: tuple[float, ...] | None = None) -> str:
    shares = None if weights is None else np.array(weights) / sum(weights)
    return names[int(dice.choice(len(names), p=shares))]


def _words(dice: Dice, *, female: bool, skirts: bool) -> Words:
    top = _pick(dice, TOPS, (0.32, 0.24, 0.18, 0.16, 0.1))
    wears = (0.3, 0.2, 0.16, 0.22, 0.12) if female else (0.42, 0.38, 0.2, 0.0, 0.0)
    wears = wears if skirts else (*wears[:3], 0.0, wears[4])
    bottom = _pick(dice, BOTTOMS, wears)
    shoes = _pick(dice, SHOES, (0.42, 0.2, 0.24, 0.14))
    hair = _pick(dice, HAIRS, (0.16, 0.5, 0.32, 0.02) if female else (0.78, 0.07, 0.03, 0.12))
    palette = tuple(PALETTE)
    return Words(
        sex="woman" if female else "man",
        hair=hair,
        hair_colour=_pick(dice, tuple(HAIR_COLOURS), (0.34, 0.32, 0.18, 0.06, 0.1)),
        top=top,
        top_colour=_pick(dice, palette),
        sleeves=_SLEEVES.get(top) or _pick(dice, ("short", "long"), (0.3, 0.7)),
        striped=bool(top in ("t-shirt", "sweater", "shirt") and dice.random() < 0.18),
        bottom=bottom,
        bottom_colour=_pick(
            dice,
            _BOTTOM_COLOURS.get(bottom, palette),
            (4, 1, 1, 0.5) if bottom == "jeans" else None,
        ),
        shoes=shoes,
        shoe_colour=None if shoes == "barefoot" else _pick(dice, _SHOE_COLOURS[shoes]),
    )


def _cut(dice: Dice, words: Words) -> Cut:
    sleeves = {"no": -0.12, "short": dice.uniform(0.4, 0.75), "long": dice.uniform(1.82, 1.98)}
    hems = {"shorts": dice.uniform(0.5, 0.95), "skirt": dice.uniform(0.5, 1.5)}
    hems["dress"] = hems["skirt"]
    tucked = words.skirted or dice.random() < 0.25
    top_hem = dice.uniform(-0.32, -0.2) if tucked else dice.uniform(-0.18, 0.06)
    eases = {"leggings": 0.003, "skirt": 0.012, "dress": 0.012, "shorts": dice.uniform(0.008, 0.03)}
    shoe_tops = {
        "sneakers": (1.9, 1.98),
        "boots": (1.45, 1.8),
        "shoes": (1.98, 2.03),
        "barefoot": (9, 9),
    }
    bulk = {"sweater": 0.018, "jacket": 0.022, "coat": 0.026, "tank top": 0.003}
    lengths = {"long": dice.uniform(0.16, 0.36), "tied": 0.0}
    return Cut(
        collar=float(dice.uniform(-1.52, -1.36)),
        collar_depth=float(dice.choice([0.0, dice.uniform(0.04, 0.22)])),
        sleeve=float(sleeves[words.sleeves]),
        top_hem=float(top_hem),
        top_ease=float(bulk.get(words.top, 0.007) + dice.uniform(0, 0.012)),
        waist=float(dice.uniform(-0.34, -0.22)),
        hem=float(hems.get(words.bottom, dice.uniform(1.72, 2.02))),
        ease=float(eases.get(words.bottom, dice.uniform(0.004, 0.024))),
        flare=float(dice.uniform(0, 0.02) if words.bottom in ("jeans", "trousers") else 0.0),
        shoe_top=float(dice.uniform(*shoe_tops[words.shoes])),
        shoe_ease=float({"boots": 0.012, "sneakers": 0.01}.get(words.shoes, 0.008)),
        sole=0.0 if words.shoes == "barefoot" else float(dice.uniform(0.016, 0.034)),
        hair={"shaved": 0.003}.get(words.hair, float(dice.uniform(0.01, 0.03))),
        hair_length=float(lengths.get(words.hair, -1.0)),
        hairline=float(dice.uniform(-0.012, 0.012)),
    )


def _paints(dice: Dice, words: Words) -> Paints:
    others = [name for name in PALETTE if name != words.top_colour]
    stripe = (
        "white"
        if words.top_colour not in ("white", "yellow", "beige")
        else _pick(dice, ("black", "blue", "red"))
    )
    return Paints(
        skin=skin_tone(dice),
        hair=jittered(dice, HAIR_COLOURS[words.hair_colour], amount=0.8),
        top=jittered(dice, PALETTE[words.top_colour]),
        stripe=jittered(
            dice, PALETTE[stripe if words.striped else others[int(dice.integers(len(others)))]]
        ),
        bottom=_denim(dice)
        if words.bottom == "jeans" and words.bottom_colour == "blue"
        else jittered(dice, PALETTE[words.bottom_colour]),
        shoe=jittered(dice, PALETTE[words.shoe_colour or "black"]),
        sole=jittered(dice, _SOLES.get(words.shoes, (60, 50, 44))),
        belt=bool(words.bottom in ("jeans", "trousers") and dice.random() < 0.3),
        open_front=bool(words.top in ("jacket", "coat") and dice.random() < 0.6),
        stripe_width=float(dice.uniform(0.03, 0.07)),
        folds=float(dice.uniform(0.04, 0.11)),
        seed=float(dice.uniform(0, 100)),
    )


def _denim(dice: Dice) -> Colour:
    """From raw indigo to washed."""
    washed = dice.uniform(0, 1)
    dark, pale = np.array((38, 54, 96)), np.array((104, 136, 180))
    return jittered(dice, tuple(int(c) for c in (1 - washed) * dark + washed * pale), amount=0.6)
