"""Joints, parts of the body and edits as texts, for sentences in any language."""

import re

from bot.words import Text, text
from pipeline.skeleton import Joint

_ARROWS = {"left": "←", "right": "→", "up": "↑", "down": "↓"}
_STEP = re.compile(r"(left|right|up|down) (-?[0-9.]+)")


def joint_text(joint: Joint) -> Text:
    """Name a joint."""
    return text(f"joint.{joint.label}")


def edit_text(edit: str) -> Text:
    """Tell an edit, as `pipeline.edits` writes it in its plainest words."""
    verb, _, rest = edit.partition(" ")
    match verb:
        case "mirror" | "front":
            return text(f"edit.{verb}.{rest.partition(' ')[0] or 'all'}")
        case "swap":
            return text("edit.swap")
        case "preset":
            return text("edit.preset", stance=text(f"button.stance.{rest}"))
        case "hide" | "restore":
            return text(f"edit.{verb}", part=_part(rest))
        case "rotate" | "scale":
            side, _, by = rest.partition(" leg ")
            return text(f"edit.{verb}", part=text(f"part.{side}_leg"), by=by)
        case _:
            return _moved(verb, rest)


def _part(name: str) -> Text:
    label = name.replace(" ", "_")
    return text(f"joint.{label}" if label.upper() in Joint.__members__ else f"part.{label}")


def _moved(label: str, rest: str) -> Text:
    joint = text(f"joint.{label}")
    if rest.startswith("to "):
        x, y = rest.split(" ")[1:]
        return text("edit.drag", joint=joint, x=x, y=y)
    moves = " ".join(f"{_ARROWS[way]} {by}" for way, by in _STEP.findall(rest))
    return text("edit.move", joint=joint, moves=moves)
