"""Skeletons and their undo steps as JSON and back.

A step differs from its neighbour by a joint or two, and a pose from what was found on its picture
by little more: only that is written, so that fifty steps back cost little more than none.
"""

from typing import cast

from bot.painting import People
from pipeline.history import History
from pipeline.packing import (
    Json,
    read_joint,
    read_joints,
    read_points,
    read_skeleton,
    write_joint,
    write_joints,
    write_points,
    write_skeleton,
)
from pipeline.skeleton import Skeleton


def write_people(people: People, known: People) -> Json:
    """Write people as what differs from others who are written already, if they may be the same."""
    if len(people) != len(known):
        return [write_skeleton(person) for person in people]
    return {"like": [_difference(*pair) for pair in zip(known, people, strict=True)]}


def read_people(value: Json, known: People) -> People:
    if isinstance(value, list):
        return tuple(read_skeleton(person) for person in cast("list[Json]", value))
    return tuple(_changed(*pair) for pair in zip(known, value["like"], strict=True))


def write_poses(poses: History[People], known: People) -> Json:
    """Write what everybody's pose is, and each step away from it as a difference."""
    return {
        "is": "History",
        "present": write_people(poses.present, known),
        "past": _differences(poses.present, poses.past[::-1]),
        "future": _differences(poses.present, poses.future),
    }


def read_poses(value: Json, known: People) -> History[People]:
    present = read_people(value["present"], known)
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
        written["keypoints"] = write_points(moved)
    if gone := known.keypoints.keys() - other.keypoints.keys():
        written["gone"] = write_joints(gone)
    if known.hidden != other.hidden:
        written["hidden"] = write_joints(other.hidden)
    if known.front is not other.front:
        written["front"] = write_joint(other.front)
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
    gone = read_joints(step.get("gone", ()))
    points = {**known.keypoints, **read_points(step.get("keypoints", {}))}
    return Skeleton(
        {joint: point for joint, point in points.items() if joint not in gone},
        hidden=read_joints(step["hidden"]) if "hidden" in step else known.hidden,
        front=read_joint(step["front"]) if "front" in step else known.front,
    )
