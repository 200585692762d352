"""What people call joints: full names, short forms, and the numbers that the preview shows."""

from difflib import get_close_matches

from pipeline.errors import EditError
from pipeline.skeleton import LEGS, Joint

NUMBERED: tuple[Joint, ...] = tuple(
    joint
    for right, left in zip(LEGS[0].joints, LEGS[1].joints, strict=True)
    for joint in (right, left)
    if joint.name.endswith(("HIP", "KNEE", "ANKLE", "BIG_TOE"))
)
"""Leg joints in the order of their numbers, 1 to 8: right before left, hips before toes."""

_OTHER_WORDS = {
    "big_toe": ("toe", "toes"),
    "small_toe": ("littletoe",),
    "ankle": ("foot",),  # an ankle that is moved takes its foot along
}


def number_of(joint: Joint) -> int | None:
    """The number that a leg joint wears in the preview."""
    return NUMBERED.index(joint) + 1 if joint in NUMBERED else None


def joint_named(name: str) -> Joint:
    """Find a joint by what a person typed: `right_knee`, `r knee`, `RKnee`, `left toe`, `3`.

    Raises:
        EditError: There is no such joint; the sentence names the one that may have been meant.
    """
    spelling = _squeezed(name)
    if spelling in _SPELLINGS:
        return _SPELLINGS[spelling]
    if "right" + spelling in _SPELLINGS:
        right = _SPELLINGS["right" + spelling]
        raise EditError(f"Which {spelling}? Say {right.label} or {right.mirrored.label}.")
    close = get_close_matches(spelling, _SPELLINGS, n=1, cutoff=0.8)
    meant = [_SPELLINGS[close[0]]] if close else [joint for leg in LEGS for joint in leg.joints]
    hint = "Did you mean" if close else "Leg joints are"
    raise EditError(
        f'I know no joint "{name.strip()[:40]}". {hint}: {", ".join(j.label for j in meant)}'
    )


def part_named(name: str) -> tuple[str, tuple[Joint, ...]]:
    """Find a joint, a leg from the knee down, or a foot's points; with its plainest name.

    Raises:
        EditError: There is no such part.
    """
    spelling = _squeezed(name)
    if spelling in _PARTS:
        return _PARTS[spelling]
    joint = joint_named(name)
    return joint.label, (joint,)


def is_joint(name: str) -> bool:
    """Whether a joint is called so."""
    return _squeezed(name) in _SPELLINGS


def _squeezed(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


def _spellings() -> dict[str, Joint]:
    """Map every accepted spelling, without spaces, to its joint."""
    names = {str(number): joint for number, joint in enumerate(NUMBERED, start=1)}
    for joint in Joint:
        side, _, part = joint.label.partition("_")
        if joint.mirrored is joint:
            names[joint.label] = joint
            continue
        for word in (part.replace("_", ""), *_OTHER_WORDS.get(part, ())):
            names[side + word] = names[side[0] + word] = joint
    return names


def _parts() -> dict[str, tuple[str, tuple[Joint, ...]]]:
    """Map the spellings of legs and feet to their names and joints."""
    parts: dict[str, tuple[str, tuple[Joint, ...]]] = {}
    for leg, side in zip(LEGS, ("right", "left"), strict=True):
        for part, joints in (("leg", leg.joints[1:]), ("foot", leg.foot)):
            parts[side + part] = parts[side[0] + part] = (f"{side} {part}", joints)
    return parts


_SPELLINGS = _spellings()
_PARTS = _parts()
