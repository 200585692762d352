"""Edits of a skeleton as words: one grammar for typed text, buttons and the command line.

Directions are the picture's (right is a larger x, down a larger y); the sides of the body are the
person's own. What the edits do is in `posing` and `stances`; how joints are called in `naming`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from pipeline import posing
from pipeline.errors import EditError
from pipeline.naming import is_joint, joint_named, part_named
from pipeline.skeleton import LEFT_LEG, RIGHT_LEG, Skeleton
from pipeline.stances import STANCES, preset

DIRECTIONS: dict[str, tuple[int, int]] = {
    "left": (-1, 0),
    "right": (1, 0),
    "up": (0, -1),
    "down": (0, 1),
}
LONGEST_TEXT = 120  # characters
FARTHEST = 10_000.0  # pixels; a longer move is a slip of the finger
DEFAULT_STEP = 10.0  # pixels, where a nudge names none
EXAMPLES = "right_knee right 12, left_ankle to 340 900, hide left_knee, preset crossed"

_SIDES = {"left": LEFT_LEG, "right": RIGHT_LEG}
_STANCE_NAMES = {
    **{stance: stance for stance in STANCES},
    "stand": "standing",
    "walk": "walking",
    "cross": "crossed",
    "cross legs": "crossed",
    "legs crossed": "crossed",
    "crossed legs": "crossed",
    "sit": "seated",
    "sitting": "seated",
}

_NUMBER = r"[-+]?[0-9]{1,6}(?:\.[0-9]{1,3})?"
_WAY = "(?:left|right|up|down)"
_STEP = rf"{_WAY}(?: {_NUMBER})?"
_STEP_REVERSED = rf"{_NUMBER} {_WAY}"
_MOVE = re.compile(
    rf"(?P<joint>.+?) "
    rf"(?P<moves>{_STEP}(?: {_STEP})*|{_STEP_REVERSED}(?: {_STEP_REVERSED})*)"
)
_STEPS = re.compile(rf"(?P<way>{_WAY})(?: (?P<by>{_NUMBER}))?")
_STEPS_REVERSED = re.compile(rf"(?P<by>{_NUMBER}) (?P<way>{_WAY})")
_PULL = re.compile(rf"(?P<joint>.+?) to (?P<x>{_NUMBER}) (?P<y>{_NUMBER})")
_SHOW = re.compile(r"(?P<verb>hide|restore|show) (?P<part>.+)")
_STANCE = re.compile(r"(?:preset )?(?P<stance>.+)")
_FRONT = re.compile(r"front (?P<side>left|right|none)(?: leg)?")
_IN_FRONT = re.compile(r"(?P<side>left|right)(?: leg)? in front")
_ROTATE = re.compile(rf"rotate (?P<side>left|right)(?: leg)? (?P<by>{_NUMBER})")
_SCALE = re.compile(rf"scale (?P<side>left|right)(?: leg)? (?P<by>{_NUMBER})(?P<percent> ?%)?")
_MIRROR_LEG = re.compile(r"mirror (?P<side>left|right)(?: leg)?")


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a skeleton; two are equal when they are typed alike.

    Attributes:
        text: How a person would type it, in its plainest form; `parse_edit` reads it back.
        change: What it does.
    """

    text: str
    change: Callable[[Skeleton], Skeleton] = field(compare=False, repr=False)


def apply(skeleton: Skeleton, edit: Edit) -> Skeleton:
    """Carry an edit out on a copy.

    Raises:
        EditError: This skeleton cannot be edited so.
    """
    return edit.change(skeleton)


def parse_edit(text: str) -> Edit:
    """Read one edit, forgiving about spaces, underscores, capitals and units.

    - `right_knee right 12`, `r knee 12 right 5 up`, `3 left`: moves a joint, by name or number;
    - `left_ankle to 340 900`: drags it, bones keep their length;
    - `rotate right leg 15`, `scale right leg 110%`, `mirror`, `mirror right leg`, `swap legs`;
    - `hide left_knee`, `restore left leg`, `front right`, `preset crossed`.

    Raises:
        EditError: It is no edit that is known; the sentence shows one that is.
    """
    words = _plain(text)
    for read in _READERS:
        edit = read(words)
        if edit is not None:
            return edit
    shown = text.strip()[:60]
    for end in range(words.count(" ") + 1, 0, -1):
        start = " ".join(words.split(" ")[:end])
        if is_joint(start):
            raise EditError(f'I do not understand "{shown}". Try: {start.replace(" ", "_")} up 20')
    raise EditError(f'I do not understand "{shown}". Try one of: {EXAMPLES}')


def _plain(text: str) -> str:
    """Reduce what was typed to lower-case words and numbers with single spaces between."""
    words = text[:LONGEST_TEXT].lower()
    words = re.sub(r"[_,;:]|(?<=[a-z])-(?=[a-z])|\band\b", " ", words, flags=re.ASCII)
    words = re.sub(r"(?<=\d) ?(?:px|pixels?|°|deg(?:rees?)?)(?![a-z])", " ", words, flags=re.ASCII)
    words = re.sub(r"^\s*(?:move|nudge|drag)\s", "", words)
    return " ".join(words.split())


def _read_fixed(words: str) -> Edit | None:
    if words in ("swap", "swap legs"):
        return Edit("swap legs", posing.swap_legs)
    if words == "mirror":
        return Edit("mirror", posing.mirror)
    return None


def _read_mirrored_leg(words: str) -> Edit | None:
    match = _MIRROR_LEG.fullmatch(words)
    if match is None:
        return None
    change = partial(posing.mirror_leg, source=_SIDES[match["side"]])
    return Edit(f"mirror {match['side']} leg", change)


def _read_show(words: str) -> Edit | None:
    match = _SHOW.fullmatch(words)
    if match is None:
        return None
    verb = "hide" if match["verb"] == "hide" else "restore"
    name, joints = part_named(match["part"])
    change = posing.hide if verb == "hide" else posing.restore
    return Edit(f"{verb} {name}", partial(change, joints=joints))


def _read_stance(words: str) -> Edit | None:
    match = _STANCE.fullmatch(words)
    if match is None:
        return None
    stance = _STANCE_NAMES.get(match["stance"])
    if stance is None:
        if words.startswith("preset "):
            known = ", ".join(STANCES)
            raise EditError(f'I know no stance "{match["stance"]}". Try one of: {known}')
        return None
    return Edit(f"preset {stance}", partial(preset, stance=stance))


def _read_front(words: str) -> Edit | None:
    match = _FRONT.fullmatch(words) or _IN_FRONT.fullmatch(words)
    if match is None:
        return None
    change = partial(posing.in_front, leg=_SIDES.get(match["side"]))
    return Edit(f"front {match['side']}", change)


def _read_rotate(words: str) -> Edit | None:
    match = _ROTATE.fullmatch(words)
    if match is None:
        return None
    by = float(match["by"])
    change = partial(posing.rotate_leg, leg=_SIDES[match["side"]], degrees=by)
    return Edit(f"rotate {match['side']} leg {_number(by)}", change)


def _read_scale(words: str) -> Edit | None:
    match = _SCALE.fullmatch(words)
    if match is None:
        return None
    by = float(match["by"]) / (100 if match["percent"] else 1)
    change = partial(posing.scale_leg, leg=_SIDES[match["side"]], factor=by)
    return Edit(f"scale {match['side']} leg {_number(by)}", change)


def _read_pull(words: str) -> Edit | None:
    match = _PULL.fullmatch(words)
    if match is None:
        return None
    joint, x, y = joint_named(match["joint"]), float(match["x"]), float(match["y"])
    change = partial(posing.drag, joint=joint, x=x, y=y)
    return Edit(f"{joint.label} to {_number(x)} {_number(y)}", change)


def _read_move(words: str) -> Edit | None:
    match = _MOVE.fullmatch(words)
    if match is None:
        return None
    joint = joint_named(match["joint"])
    steps = list(_steps(match["moves"]))
    if max(abs(by) for _, by in steps) > FARTHEST:
        raise EditError(f"A joint moves by {FARTHEST:g} pixels at most. Try: {joint.label} up 20")
    dx = sum(DIRECTIONS[way][0] * by for way, by in steps)
    dy = sum(DIRECTIONS[way][1] * by for way, by in steps)
    told = " ".join(f"{way} {_number(by)}" for way, by in steps)
    return Edit(f"{joint.label} {told}", partial(posing.nudge, joint=joint, dx=dx, dy=dy))


def _steps(moves: str) -> Iterator[tuple[str, float]]:
    """Yield directions and pixels from `right 12 up` or `12 right 5 up`."""
    pattern = _STEPS_REVERSED if moves[0] in "+-0123456789" else _STEPS
    for match in pattern.finditer(moves):
        yield match["way"], float(match["by"] or DEFAULT_STEP)


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


_READERS = (
    _read_fixed,
    _read_mirrored_leg,
    _read_show,
    _read_stance,
    _read_front,
    _read_rotate,
    _read_scale,
    _read_pull,
    _read_move,
)
