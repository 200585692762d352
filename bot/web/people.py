"""Skeletons as the editor's page has them, and the page's document of one picture."""

from collections.abc import Mapping
from math import isfinite
from typing import Any, cast

from bot.desk import FARTHEST
from bot.states import People, State, Version
from bot.words import say, text, tongue
from pipeline.figure import CHOSEN_COLOUR, LEFT_COLOUR, MIDDLE_COLOUR, RIGHT_COLOUR
from pipeline.geometry import Size
from pipeline.merging import mark_of
from pipeline.naming import number_of
from pipeline.skeleton import (
    BODY_LIMBS,
    FOOT_LIMBS,
    LEGS,
    Joint,
    Keypoint,
    Skeleton,
    from_openpose,
)
from pipeline.stances import STANCES

MOST_PEOPLE = 50
_JOINTS: Mapping[str, Joint] = {joint.label: joint for joint in Joint}
_FRONTS: Mapping[str, Joint] = {leg.hip.label.partition("_")[0]: leg.hip for leg in LEGS}
_COLOURS = {
    "right": RIGHT_COLOUR,
    "left": LEFT_COLOUR,
    "middle": MIDDLE_COLOUR,
    "chosen": CHOSEN_COLOUR,
}

Json = dict[str, Any]


def write_people(people: People) -> list[Json]:
    """Write people: points as `[x, y, score]` in canvas pixels, by the joint's name."""
    return [_write(person) for person in people]


def read_people(told: object, count: int) -> People:
    """Read what `write_people` wrote and a page changed.

    Args:
        told: What the page sent.
        count: How many there must be.

    Raises:
        ValueError: They are not people, or not as many.
    """
    try:
        people = tuple(_read(one) for one in _listed(told, MOST_PEOPLE))
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError("not people") from error
    if len(people) != count:
        raise ValueError(f"{len(people)} people instead of {count}")
    return people


def read_openpose(told: Json, count: int, size: Size) -> People:
    """Read an OpenPose file as a picture's people.

    Args:
        told: What the file holds; made for a picture of another size, it is laid on this one.
        count: How many there must be.
        size: Of the canvas.

    Raises:
        ValueError: It is no such file, or not of as many people.
    """
    _listed(told.get("people"), MOST_PEOPLE)  # before thousands are read
    if _number(told.get("canvas_width", size.width)) <= 0:
        raise ValueError("a canvas without a width")
    scale = size.width / _number(told.get("canvas_width", size.width))
    people = tuple(person.mapped(scale=scale) for person in from_openpose(told))
    return read_people(write_people(people), count)


def document(state: State, version: Version, picture: Json, language: str | None) -> Json:
    """Tell a page all about a picture and whose joints it moves.

    Args:
        state: The conversation.
        version: The picture.
        picture: Where it is to be had, and its size there.
        language: Whoever reads it wants.
    """
    known = tongue(state.language or language)
    people, canvas = version.pose.present, version.made.canvas
    return {
        "session": state.session,
        "language": known,
        "version": version.number,
        "mark": mark_of(people),
        "canvas": {"width": canvas.size.width, "height": canvas.size.height},
        "photo": {
            "x": canvas.photo.left,
            "y": canvas.photo.top,
            "width": canvas.photo.width,
            "height": canvas.photo.height,
        },
        "picture": picture,
        "people": write_people(people),
        "person": min(state.person, max(0, len(people) - 1)),
        "joints": [
            {
                "name": joint.label,
                "number": number_of(joint),
                "label": say(text(f"joint.{joint.label}"), known),
            }
            for joint in Joint
        ],
        "bones": [[a.label, b.label] for a, b in (*BODY_LIMBS, *FOOT_LIMBS)],
        "colours": {name: "#" + bytes(colour).hex() for name, colour in _COLOURS.items()},
        "stances": [
            {"name": name, "label": say(text(f"button.stance.{name}"), known)} for name in STANCES
        ],
        "busy": state.work is not None,
    }


def _write(person: Skeleton) -> Json:
    points = person.keypoints.items()
    return {
        "keypoints": {joint.label: [point.x, point.y, point.score] for joint, point in points},
        "hidden": sorted(joint.label for joint in person.hidden),
        "guessed": sorted(joint.label for joint, point in points if point.guessed),
        "front": next((side for side, hip in _FRONTS.items() if hip is person.front), None),
    }


def _read(told: Any) -> Skeleton:
    points = cast("dict[str, Any]", told["keypoints"])
    guessed = frozenset(_joints(told.get("guessed", [])))
    front = told.get("front")
    known = {
        _JOINTS[name]: _point(_listed(point, 3), guessed=_JOINTS[name] in guessed)
        for name, point in points.items()
    }
    return Skeleton(
        known,
        hidden=frozenset(_joints(told.get("hidden", []))) & known.keys(),
        front=None if front is None else _FRONTS[front],
    )


def _point(told: list[Any], *, guessed: bool) -> Keypoint:
    x, y, score = map(_number, told)
    if max(abs(x), abs(y)) > FARTHEST or not 0 <= score <= 1:
        raise ValueError("too far away")
    return Keypoint(x, y, score, guessed=guessed)


def _number(told: object) -> float:
    if isinstance(told, bool) or not isinstance(told, int | float) or not isfinite(told):
        raise ValueError("no number")
    return float(told)


def _joints(told: object) -> list[Joint]:
    return [_JOINTS[name] for name in _listed(told, len(Joint))]


def _listed(told: object, most: int) -> list[Any]:
    if not isinstance(told, list | tuple) or len(cast("list[Any]", told)) > most:
        raise ValueError("no list, or too long a one")
    return list(cast("list[Any]", told))
