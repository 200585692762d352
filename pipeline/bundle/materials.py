"""What a point of a dressed body is made of: its label and its colour before lighting."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.bundle.bodies import FIELDS, BodyPlan, Floats
from pipeline.bundle.clothes import hair_cover, landmark, smoothstep
from pipeline.bundle.labels import Label
from pipeline.bundle.outfits import Cut, Outfit
from pipeline.skeleton import Joint

_LIPS = np.array((158, 84, 84), np.float32) / 255
# On the scales of `bodies.FIELDS`, and metres across.
COLLAR, CUFF = 0.14, 0.14
PLACKET, ZIP, CREASE = 0.013, 0.008, 0.008
_STITCHES = np.array((0.78, 0.56, 0.3), np.float32)
_EYE_WHITE = np.array((236, 232, 228), np.float32) / 255


def body_labels(
    fields: Floats, above_ground: Floats, leather: Any, outfit: Outfit, plan: BodyPlan
) -> NDArray[np.uint8]:
    """Label points of the body's surface.

    Args:
        fields: `bodies.FIELDS` of each point, (N, 6).
        leather: Which points are on the shoes' own surface, (N).
        above_ground: Height of each point over the rest body's soles, (N), metres.
        outfit: What is worn.
        plan: The body plan.
    """
    cut, words = outfit.cut, outfit.words
    x, y, z, down, arm, head = (fields[:, FIELDS.index(name)] for name in FIELDS)
    labels = np.full(len(fields), Label.SKIN, np.uint8)
    trunk = arm < -0.5
    labels[trunk & (down > 0.12)] = Label.BARE_LEG
    if not words.skirted:
        labels[trunk & (down > cut.waist) & (down < cut.hem)] = Label.TROUSERS
    else:  # what shows between shirt and skirt is lining
        labels[trunk & (down > cut.waist - 0.05) & (down < 0.2)] = Label.SKIRT
    neckline = cut.collar + cut.collar_depth * smoothstep(-np.abs(x), -0.07, 0.0) * (y < -0.02)
    wide = 0.3 * smoothstep(np.abs(x), 0.06, 0.12) if words.sleeves != "no" else 0.0
    labels[trunk & (down < cut.top_hem) & (down > neckline - wide) & (head < 0.3)] = Label.TOP
    labels[~trunk & (arm < cut.sleeve)] = Label.TOP
    shod = leather | (trunk & (down > cut.shoe_top))
    labels[shod] = Label.SHOE
    labels[shod & (above_ground < cut.sole * 0.85)] = Label.SOLE
    labels[(head > 0.5) & (hair_cover(plan, cut, x, y, z) > 0)] = Label.HAIR
    return labels


def body_colours(
    fields: Floats, labels: NDArray[np.uint8], outfit: Outfit, plan: BodyPlan
) -> Floats:
    """Colour points of the body's surface, (N, 3) in 0..1, with folds, stripes and a face."""
    paints, cut = outfit.paints, outfit.cut
    x, y, z, down, arm, _ = (fields[:, FIELDS.index(name)] for name in FIELDS)
    table = np.zeros((len(Label), 3), np.float32)
    table[Label.SKIN] = table[Label.BARE_LEG] = paints.skin
    table[Label.HAIR], table[Label.TOP], table[Label.TROUSERS] = (
        paints.hair,
        paints.top,
        paints.bottom,
    )
    table[Label.SKIRT], table[Label.SHOE], table[Label.SOLE] = (
        paints.bottom * 0.6,
        paints.shoe,
        paints.sole,
    )
    colours = table[labels]
    folds = _folds(x, y, z, paints.seed) * paints.folds
    cloth = (labels == Label.TOP) | (labels == Label.TROUSERS)
    colours *= (1 + folds * cloth)[:, None]
    top = labels == Label.TOP
    if outfit.words.striped:
        along = np.where(arm > -0.3, arm * 0.27, z)
        _tint(
            colours, top & (along % (2 * paints.stripe_width) < paints.stripe_width), paints.stripe
        )
    if paints.open_front:
        _tint(
            colours, top & (np.abs(x) < 0.045 + 0.02 * down) & (y < 0) & (arm < -0.5), paints.stripe
        )
    _finish_top(colours, fields, top, outfit)
    trousers = labels == Label.TROUSERS
    _weave(colours, fields, (top, trousers), outfit)
    if paints.seams:
        colours[trousers] *= (1 - 0.3 * _seam(fields[trousers], cut, plan))[:, None]
    _finish_trousers(colours, fields, trousers, outfit, plan)
    if outfit.words.bottom == "jeans":
        worn = 0.16 * np.exp(-(((down - 0.75) / 0.45) ** 2)) * (y < 0.0)
        colours *= (1 + worn * trousers)[:, None]
    if paints.belt:
        _tint(colours, trousers & (down < cut.waist + 0.1), paints.sole * 0.0 + np.float32(0.13))
    shoe = labels == Label.SHOE
    if outfit.words.shoes == "sneakers" or (paints.seams and outfit.words.shoes == "boots"):
        laces = (
            shoe
            & (y < -0.07)
            & (np.abs(np.abs(x) - 0.2) < 0.022)
            & ((y * 90) % 1 < 0.45)
            & (z > 0.05)
        )
        _tint(colours, laces, np.float32(0.9) - 0.35 * (paints.shoe.mean() > 0.7))
    _paint_face(colours, fields, labels, outfit, plan)
    strands = (
        0.1 * np.sin(x * 420 + 9 * np.sin(z * 40 + paints.seed)) * np.sin(y * 160 + paints.seed)
    )
    colours *= (1 + strands * (labels == Label.HAIR))[:, None]
    return np.clip(colours, 0, 1)


def _finish_top(colours: Floats, fields: Floats, top: Any, outfit: Outfit) -> None:
    """Draw what tells tops apart: a shirt's collar and buttons, ribs of a sweater, a zip."""
    paints, cut, kind = outfit.paints, outfit.cut, outfit.words.top
    x, y, down, arm = (fields[:, FIELDS.index(name)] for name in ("x", "y", "down", "arm"))
    trunk = arm < -0.5
    collar = trunk & (down < cut.collar + COLLAR)
    rims = ~trunk & (arm > cut.sleeve - CUFF)
    front = trunk & (y < 0)
    if kind == "shirt":
        pale = 0.4 * paints.top + np.float32(0.6) * (paints.top.mean() < 0.75)
        _tint(colours, top & (collar | rims), pale)
        _tint(colours, top & front & (np.abs(x) < PLACKET), pale)
    elif kind == "sweater":
        ribs = collar | rims | (trunk & (down > cut.top_hem - CUFF))
        colours[top & ribs] *= 0.62
    elif kind == "jacket" and not paints.open_front:
        _tint(colours, top & front & (np.abs(x) < ZIP), np.float32(0.15))


def _finish_trousers(
    colours: Floats, fields: Floats, trousers: Any, outfit: Outfit, plan: BodyPlan
) -> None:
    """Draw what tells trousers apart: the stitches of jeans, the crease of the others."""
    cut, kind = outfit.cut, outfit.words.bottom
    x, y, down = (fields[:, FIELDS.index(name)] for name in ("x", "y", "down"))
    if kind == "jeans":
        hem = np.abs(down - cut.hem + 0.06) < 0.02
        pockets = (np.abs(down - 0.1 + 1.1 * np.abs(x)) < 0.025) & (y < 0)
        _tint(colours, trousers & (hem | pockets), _STITCHES)
    elif kind in ("trousers", "wide trousers"):
        joints = (Joint.LEFT_HIP, Joint.LEFT_KNEE, Joint.LEFT_ANKLE)
        middle = np.interp(down, (0, 1, 2), [float(landmark(plan, j)[0]) for j in joints])
        crease = (np.abs(np.abs(x) - np.abs(middle)) < CREASE) & (y < 0.02) & (down > 0.1)
        colours[trousers & crease] *= 0.6


def _weave(colours: Floats, fields: Floats, cloths: tuple[Any, Any], outfit: Outfit) -> None:
    """Checks, dots and stripes on the body's own cloth: the top's and the trousers'."""
    x, z, arm = fields[:, 0], fields[:, 2], fields[:, FIELDS.index("arm")]
    along = np.where(arm > -0.3, arm * 0.27, z)
    names = (outfit.words.pattern, outfit.words.bottom_pattern)
    for where, name in zip(cloths, names, strict=True):
        second = pattern_at(name, x, along, outfit.paints.checks)
        colours[where] += (second[:, None] * (outfit.paints.stripe - colours))[where] * 0.8


def pattern_at(name: str, across: Any, along: Any, size: float) -> Any:
    """How much of a pattern's second colour there is, 0..1, at metres on the cloth."""
    u, v = across / size, along / size
    if name == "checked":
        return ((u % 1 < 0.5).astype(np.float32) + (v % 1 < 0.5)) / 2
    if name == "dotted":
        return (np.hypot(u % 1 - 0.5, v % 1 - 0.5) < 0.28).astype(np.float32)
    if name == "striped":
        return (u % 1 < 0.35).astype(np.float32)
    return np.zeros_like(u, np.float32)


def _seam(fields: Floats, cut: Cut, plan: BodyPlan) -> Any:
    """Where trousers are sewn: along the outer and inner side of each leg, and at the hem."""
    down = fields[:, FIELDS.index("down")]
    joints = (Joint.LEFT_HIP, Joint.LEFT_KNEE, Joint.LEFT_ANKLE)
    middle = np.interp(down, (0, 1, 2), [float(landmark(plan, joint)[1]) for joint in joints])
    side = np.abs(fields[:, 1] - middle) < 0.006
    return side | (np.abs(down - cut.hem + 0.04) < 0.012)


def _tint(colours: Floats, where: Any, colour: Any) -> None:
    colours[where] = colour


def _folds(x: Any, y: Any, z: Any, seed: float) -> Any:
    """Soft creases: two warped waves."""
    warp = np.sin(x * 11 + seed) + np.sin(y * 13 + seed * 2)
    return np.sin(z * 23 + 1.6 * warp + seed) * 0.6 + np.sin((x + z * 0.6) * 41 + warp * 2) * 0.4


def _paint_face(
    colours: Floats,
    fields: Floats,
    labels: NDArray[np.uint8],
    outfit: Outfit,
    plan: BodyPlan,
) -> None:
    x, y, z = fields[:, 0], fields[:, 1], fields[:, 2]
    head = (fields[:, FIELDS.index("head")] > 0.5) & (labels == Label.SKIN)
    if not head.any():
        return
    rows, columns, weights = plan.regressor
    mine = rows == Joint.LEFT_EYE
    eye = (plan.fields[columns[mine], :3] * weights[mine, None]).sum(axis=0)
    front = head & (y < eye[1] + 0.035)
    aside, above = np.abs(x), z - eye[2]
    brow = (
        front
        & (np.abs(above - 0.021 + 0.25 * np.abs(aside - 0.033)) < 0.0035)
        & (np.abs(aside - 0.033) < 0.019)
    )
    _tint(colours, brow, outfit.paints.hair * 0.5 + outfit.paints.skin * 0.3)
    mouth = (
        front
        & (np.abs(above + 0.071) < 0.0065 - 0.12 * np.maximum(aside - 0.01, 0))
        & (aside < 0.024)
    )
    lips = 0.5 * _LIPS + 0.4 * outfit.paints.skin
    _tint(colours, mouth, lips)
    across, up = aside - eye[0], above
    almond = front & ((across / 0.0145) ** 2 + (up / 0.0068) ** 2 < 1)
    _tint(colours, almond, _EYE_WHITE)
    _tint(colours, almond & (np.hypot(across, up) < 0.0058), np.float32(0.14))
