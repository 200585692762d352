"""Edits of a skeleton as words: one grammar for typed text, buttons and the command line."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from pipeline import posing
from pipeline.errors import EditError
from pipeline.skeleton import LEFT_LEG, RIGHT_LEG, Joint, Leg, Skeleton
from pipeline.stances import STANCES, preset

DIRECTIONS: dict[str, tuple[int, int]] = {
    "left": (-1, 0),
    "right": (1, 0),
    "up": (0, -1),
    "down": (0, 1),
}
SIDES = {"left": LEFT_LEG, "right": RIGHT_LEG, "l": LEFT_LEG, "r": RIGHT_LEG}
FARTHEST = 10_000.0  # pixels; a longer move is a slip of the finger
DEFAULT_STEP = 10.0  # pixels, where a nudge names none
EXAMPLES = "right_knee right 12, left_ankle to 340 900, hide left_knee, preset crossed"

_NUMBER = r"[-+]?\d{1,6}(?:\.\d{1,3})?"
_MOVE = re.compile(
    rf"(?P<joint>.+?) (?P<way>left|right|up|down)(?: (?P<by>{_NUMBER})(?: ?px)?)?", re.ASCII
)
_PULL = re.compile(
    rf"(?:drag )?(?P<joint>.+?) to (?P<x>{_NUMBER})[ ,]+(?P<y>{_NUMBER})(?: ?px)?", re.ASCII
)
_SHOW = re.compile(r"(?P<verb>hide|restore) (?P<joint>.+)")
_STANCE = re.compile(r"(?:preset )(?P<stance>\w+)")
_FRONT = re.compile(r"front (?P<side>left|right|none)(?: leg)?")
_TURN = re.compile(
    rf"(?P<verb>rotate|scale) (?P<side>left|right)(?: leg)? (?P<by>{_NUMBER})", re.ASCII
)
_MIRROR_LEG = re.compile(r"mirror (?P<side>left|right)(?: leg)?")


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a skeleton.

    Attributes:
        text: How a person would type it, in its plainest form.
        change: What it does.
    """

    text: str
    change: Callable[[Skeleton], Skeleton]


def apply(skeleton: Skeleton, edit: Edit) -> Skeleton:
    """Carry an edit out on a copy.

    Raises:
        EditError: This skeleton cannot be edited so.
    """
    return edit.change(skeleton)


def parse_edit(text: str) -> Edit:
    """Read one edit: `right_knee right 12`, `hide left ankle`, `preset crossed`, `swap legs`.

    Directions are the picture's (right is a larger x), the sides of the body the person's own.

    Raises:
        EditError: It is no edit that is known; the sentence shows some that are.
    """
    words = " ".join(text.replace("_", " ").lower().split())
    for read in (_read_fixed, _read_show, _read_stance, _read_front, _read_turn, _read_move):
        edit = read(words)
        if edit is not None:
            return edit
    raise EditError(f'I do not understand "{text.strip()[:60]}". Try one of: {EXAMPLES}')


def _read_fixed(words: str) -> Edit | None:
    if words in ("swap", "swap legs"):
        return Edit("swap legs", posing.swap_legs)
    if words == "mirror":
        return Edit("mirror", posing.mirror)
    match = _MIRROR_LEG.fullmatch(words)
    if match is None:
        return None
    source = SIDES[match["side"]]
    return Edit(f"mirror {match['side']} leg", partial(posing.mirror_leg, source=source))


def _read_show(words: str) -> Edit | None:
    match = _SHOW.fullmatch(words)
    if match is None:
        return None
    joint = joint_named(match["joint"])
    change = posing.hide if match["verb"] == "hide" else posing.restore
    return Edit(f"{match['verb']} {joint.label}", partial(change, joints=[joint]))


def _read_stance(words: str) -> Edit | None:
    match = _STANCE.fullmatch(words)
    if match is None and words not in STANCES:
        return None
    stance = match["stance"] if match else words
    return Edit(f"preset {stance}", partial(preset, stance=stance))


def _read_front(words: str) -> Edit | None:
    match = _FRONT.fullmatch(words)
    if match is None:
        return None
    leg: Leg | None = SIDES.get(match["side"])
    return Edit(f"front {match['side']}", partial(posing.in_front, leg=leg))


def _read_turn(words: str) -> Edit | None:
    match = _TURN.fullmatch(words)
    if match is None:
        return None
    leg, by = SIDES[match["side"]], float(match["by"])
    text = f"{match['verb']} {match['side']} leg {by:g}"
    if match["verb"] == "rotate":
        return Edit(text, partial(posing.rotate_leg, leg=leg, degrees=by))
    return Edit(text, partial(posing.scale_leg, leg=leg, factor=by))


def _read_move(words: str) -> Edit | None:
    pull = _PULL.fullmatch(words)
    if pull is not None:
        joint, x, y = joint_named(pull["joint"]), float(pull["x"]), float(pull["y"])
        return Edit(f"{joint.label} to {x:g} {y:g}", partial(posing.drag, joint=joint, x=x, y=y))
    match = _MOVE.fullmatch(words)
    if match is None:
        return None
    joint, way = joint_named(match["joint"]), DIRECTIONS[match["way"]]
    by = float(match["by"] or DEFAULT_STEP)
    if abs(by) > FARTHEST:
        raise EditError(f"A joint moves by {FARTHEST:g} pixels at most. Try: {joint.label} up 20")
    move = partial(posing.nudge, joint=joint, dx=way[0] * by, dy=way[1] * by)
    return Edit(f"{joint.label} {match['way']} {by:g}", move)


_SHORT = {"toe": "big toe", "foot": "ankle"}


def joint_named(name: str) -> Joint:
    """Find a joint by the name that a person typed: `right knee`, `r knee`, `rknee`, `left_toe`.

    Raises:
        EditError: There is no such joint.
    """
    words = name.replace("_", " ").strip()
    match = re.fullmatch(r"(?:(left|l|right|r)[ ]?)?([a-z ]+)", words)
    if match:
        side = {"l": "left", "r": "right"}.get(match[1] or "", match[1] or "")
        part = _SHORT.get(match[2], match[2])
        for joint in Joint:
            if joint.label == f"{side} {part}".strip().replace(" ", "_"):
                return joint
    raise EditError(
        f'I know no joint "{name.strip()[:40]}". Leg joints are: '
        + ", ".join(joint.label for leg in (RIGHT_LEG, LEFT_LEG) for joint in leg.joints)
    )
