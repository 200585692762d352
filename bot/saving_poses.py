"""Skeletons and their undo steps as JSON and back.

A step differs from its neighbour by a joint or two, and a pose from what was found on its picture
by little more: only that is written, so that fifty steps back cost little more than none.
"""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any, cast

from bot.painting import People
from pipeline.history import History
from pipeline.skeleton import Joint, Keypoint, Skeleton

Json = Any


def plain_skeleton(skeleton: Skeleton) -> Json:
    return {
        "is": "Skeleton",
        "keypoints": _plain_points(skeleton.keypoints),
        "hidden": _plain_joints(skeleton.hidden),
        "front": _plain_joint(skeleton.front),
    }


def typed_skeleton(value: Json) -> Skeleton:
    return Skeleton(
        _typed_points(value["keypoints"]),
        hidden=_typed_joints(value["hidden"]),
        front=_typed_joint(value["front"]),
    )


def plain_people(people: People, known: People) -> Json:
    """Write people as what differs from others who are written already, if they may be the same."""
    if len(people) != len(known):
        return [plain_skeleton(person) for person in people]
    return {"like": [_difference(*pair) for pair in zip(known, people, strict=True)]}


def typed_people(value: Json, known: People) -> People:
    if isinstance(value, list):
        return tuple(typed_skeleton(person) for person in cast("list[Json]", value))
    return tuple(_changed(*pair) for pair in zip(known, value["like"], strict=True))


def plain_poses(poses: History[People], known: People) -> Json:
    """Write what everybody's pose is, and each step away from it as a difference."""
    return {
        "is": "History",
        "present": plain_people(poses.present, known),
        "past": _differences(poses.present, poses.past[::-1]),
        "future": _differences(poses.present, poses.future),
    }


def typed_poses(value: Json, known: People) -> History[People]:
    present = typed_people(value["present"], known)
    past, future = (_followed(present, value[name]) for name in ("past", "future"))
    return History(present, past=past[::-1], future=future)


def _differences(present: People, steps: tuple[People, ...]) -> Json:
    """Write each step as what it changes of the one before it, the nearest to the present first."""
    return [
        [_difference(known, other) for known, other in zip(before, after, strict=True)]
        for before, after in zip((present, *steps), steps, strict=False)
    ]


def _difference(known: Skeleton, other: Skeleton) -> Json:
    moved = {
        joint: point
        for joint, point in other.keypoints.items()
        if point is not known.keypoints.get(joint) and point != known.keypoints.get(joint)
    }
    written: dict[str, Json] = {}
    if moved:
        written["keypoints"] = _plain_points(moved)
    if gone := known.keypoints.keys() - other.keypoints.keys():
        written["gone"] = _plain_joints(gone)
    if known.hidden != other.hidden:
        written["hidden"] = _plain_joints(other.hidden)
    if known.front is not other.front:
        written["front"] = _plain_joint(other.front)
    return written


def _followed(present: People, steps: Json) -> tuple[People, ...]:
    found: list[People] = []
    for step in steps:
        before = found[-1] if found else present
        found.append(tuple(_changed(*pair) for pair in zip(before, step, strict=True)))
    return tuple(found)


def _changed(known: Skeleton, step: Json) -> Skeleton:
    if not step:
        return known
    gone = _typed_joints(step.get("gone", ()))
    points = {**known.keypoints, **_typed_points(step.get("keypoints", {}))}
    return Skeleton(
        {joint: point for joint, point in points.items() if joint not in gone},
        hidden=_typed_joints(step["hidden"]) if "hidden" in step else known.hidden,
        front=_typed_joint(step["front"]) if "front" in step else known.front,
    )


def _plain_points(points: Mapping[Joint, Keypoint]) -> Json:
    return {
        joint.label: [point.x, point.y, point.score, point.guessed]
        for joint, point in points.items()
    }


def _typed_points(value: Json) -> dict[Joint, Keypoint]:
    return {Joint[label.upper()]: _typed_point(*point) for label, point in value.items()}


def _typed_point(x: Json, y: Json, score: Json, guessed: Json) -> Keypoint:
    for number in (x, y, score):
        if not isinstance(number, (int, float)) or isinstance(number, bool) or not isfinite(number):
            raise ValueError(f"{number!r} is not a finite number")
    if not isinstance(guessed, bool):
        raise TypeError(f"{guessed!r} is not true or false")
    return Keypoint(x, y, score, guessed)


def _plain_joint(joint: Joint | None) -> str | None:
    return None if joint is None else joint.label


def _typed_joint(label: Json) -> Joint | None:
    return None if label is None else Joint[label.upper()]


def _plain_joints(joints: Iterable[Joint]) -> list[str]:
    return sorted(joint.label for joint in joints)


def _typed_joints(labels: Json) -> frozenset[Joint]:
    return frozenset(Joint[label.upper()] for label in labels)
