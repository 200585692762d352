"""States, events and effects as JSON and back, with a format number.

Every value is one of our frozen dataclasses; what is read is checked against their annotations.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot import effects, events
from bot.saving_poses import read_people, read_poses, write_people, write_poses
from bot.states import Defaults, Made, Order, State, Version
from pipeline.packing import SKELETONS, Json, Packing, Shape

FORMAT = 1


def save_state(state: State) -> dict[str, Json]:
    """Write a state; its versions, which are large and seldom change, lie beside the rest."""
    written = PACKING.write(state)
    return {"format": FORMAT, "versions": written.pop("versions"), "state": written}


def load_state(document: Mapping[str, Json]) -> State:
    """Read what `save_state` wrote.

    Raises:
        ValueError: It is no such document, or of a newer format.
    """
    try:
        whole = {**document["state"], "versions": document["versions"]}
    except (KeyError, TypeError) as error:
        raise ValueError("not a saved state") from error
    return _load({**document, "state": whole}, "state", State)


def save_defaults(defaults: Defaults) -> dict[str, Json]:
    return {"format": FORMAT, "defaults": PACKING.write(defaults)}


def load_defaults(document: Mapping[str, Json]) -> Defaults:
    """Read what `save_defaults` wrote.

    Raises:
        ValueError: It is no such document, or of a newer format.
    """
    return _load(document, "defaults", Defaults)


def save_event(event: events.Event) -> dict[str, Json]:
    return {"format": FORMAT, "event": PACKING.write(event)}


def load_event(document: Mapping[str, Json]) -> events.Event:
    """Read what `save_event` wrote.

    Raises:
        ValueError: It is no such document, or of a newer format.
    """
    return _load(document, "event", events.Event)


def save_effect(effect: effects.Effect) -> dict[str, Json]:
    return {"format": FORMAT, "effect": PACKING.write(effect)}


def load_effect(document: Mapping[str, Json]) -> effects.Effect:
    """Read what `save_effect` wrote.

    Raises:
        ValueError: It is no such document, or of a newer format.
    """
    return _load(document, "effect", effects.Effect)


def _load(document: Mapping[str, Json], name: str, kind: Any) -> Any:
    try:
        if document["format"] == FORMAT:
            return PACKING.read(kind, document[name])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a saved {name}: {error}") from error
    raise ValueError(f"not a saved {name} of format {FORMAT}")


def _write_version(version: Version) -> Json:
    """Write a version; whom it was ordered with and how they stand now, as they differ."""
    found = version.made.people
    order = PACKING.write(replace(version.order, people=()))
    return {
        "is": "Version",
        "number": version.number,
        "parent": version.parent,
        "job": version.job,
        "made": PACKING.write(version.made),
        "order": {**order, "people": write_people(version.order.people, found)},
        "pose": write_poses(version.pose, found),
    }


def _read_version(value: Json) -> Version:
    made = PACKING.read(Made, value["made"])
    order = PACKING.read(Order, {**value["order"], "people": []})
    return Version(
        number=PACKING.read(int, value["number"]),
        parent=PACKING.read(int | None, value["parent"]),
        job=PACKING.read(int, value["job"]),
        made=made,
        order=replace(order, people=read_people(value["order"]["people"], made.people)),
        pose=read_poses(value["pose"], made.people),
    )


# What an earlier version of the program did not know yet is as in a new value.
PACKING = Packing(
    {**SKELETONS, Version: Shape(_write_version, _read_version)}, fills_in=True, passes_over=True
)
