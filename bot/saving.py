"""States, events and effects as JSON and back, with a format number.

Every value is one of our frozen dataclasses; what is read is checked against their annotations.
"""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from enum import Enum
from functools import cache
from math import isfinite
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from bot import effects, events
from bot.saving_poses import (
    plain_people,
    plain_poses,
    plain_skeleton,
    typed_people,
    typed_poses,
    typed_skeleton,
)
from bot.states import Defaults, Made, Order, State, Version
from pipeline.skeleton import Skeleton

FORMAT = 1
Json = Any
T = TypeVar("T")


def save_state(state: State) -> dict[str, Json]:
    """Write a state; its versions, which are large and seldom change, lie beside the rest."""
    written = _plain(state)
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
    return {"format": FORMAT, "defaults": _plain(defaults)}


def load_defaults(document: Mapping[str, Json]) -> Defaults:
    """Read what `save_defaults` wrote.

    Raises:
        ValueError: It is no such document, or of a newer format.
    """
    return _load(document, "defaults", Defaults)


def save_event(event: events.Event) -> dict[str, Json]:
    return {"format": FORMAT, "event": _plain(event)}


def load_event(document: Mapping[str, Json]) -> events.Event:
    """Read what `save_event` wrote.

    Raises:
        ValueError: It is no such document, or of a newer format.
    """
    return _load(document, "event", events.Event)


def save_effect(effect: effects.Effect) -> dict[str, Json]:
    return {"format": FORMAT, "effect": _plain(effect)}


def load_effect(document: Mapping[str, Json]) -> effects.Effect:
    """Read what `save_effect` wrote.

    Raises:
        ValueError: It is no such document, or of a newer format.
    """
    return _load(document, "effect", effects.Effect)


def _load(document: Mapping[str, Json], name: str, kind: Any) -> Any:
    try:
        if document["format"] != FORMAT:
            raise ValueError(f"not a saved {name} of format {FORMAT}")
        return _typed(document[name], kind)
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"not a saved {name}") from error


def _plain(value: Any) -> Json:
    """Turn a value into what `json` writes; a dataclass says what it is."""
    if isinstance(value, Skeleton):
        return plain_skeleton(value)
    if isinstance(value, Version):
        return _plain_version(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(item) for item in cast("tuple[Any, ...]", value)]
    if is_dataclass(value):
        known = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {"is": type(value).__name__, **known}
    return value


def _plain_version(version: Version) -> Json:
    """Write a version; whom it was ordered with and how they stand now, as they differ."""
    found = version.made.people
    order = _plain(replace(version.order, people=()))
    return {
        "is": "Version",
        "number": version.number,
        "parent": version.parent,
        "job": version.job,
        "made": _plain(version.made),
        "order": {**order, "people": plain_people(version.order.people, found)},
        "pose": plain_poses(version.pose, found),
    }


def _typed_version(value: Json) -> Version:
    made = _typed(value["made"], Made)
    order = _typed({**value["order"], "people": []}, Order)
    return Version(
        number=_typed_simple(value["number"], int),
        parent=_typed(value["parent"], int | None),
        job=_typed_simple(value["job"], int),
        made=made,
        order=replace(order, people=typed_people(value["order"]["people"], made.people)),
        pose=typed_poses(value["pose"], made.people),
    )


def _typed(value: Json, kind: Any) -> Any:
    """Turn JSON into a value of the annotated kind."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _typed(value, _meant(value, get_args(kind)))
    if origin is tuple:
        return _typed_tuple(value, get_args(kind))
    if kind is Skeleton:
        return typed_skeleton(value)
    if kind is Version:
        return _typed_version(value)
    if _is_enum(kind):
        return kind(value)
    if _is_ours(kind):
        return _typed_fields(value, kind)
    return _typed_simple(value, kind)


def _is_enum(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _is_ours(kind: object) -> bool:
    return is_dataclass(kind)


def _typed_fields(value: Json, kind: type[Any]) -> Any:
    if value["is"] != kind.__name__:
        raise ValueError(f"{value['is']} is not {kind.__name__}")
    hints = _hints(kind)
    # What an earlier version of the program did not know yet is as in a new value.
    known = [field.name for field in fields(kind) if field.name in value or _is_needed(field)]
    return kind(**{name: _typed(value[name], hints[name]) for name in known})


def _is_needed(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _typed_simple(value: Json, kind: Any) -> Any:
    fits = isinstance(value, (int, float) if kind is float else kind)
    if not fits or (isinstance(value, bool) and kind is not bool):
        raise ValueError(f"{value!r} is not {kind}")
    if isinstance(value, float) and not isfinite(value):
        raise ValueError("not a finite number")
    return value


def _typed_tuple(value: Json, kinds: Sequence[Any]) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    items = cast("list[Json]", value)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_typed(item, kinds[0]) for item in items)
    return tuple(_typed(item, kind) for item, kind in zip(items, kinds, strict=True))


def _meant(value: Json, kinds: Sequence[Any]) -> Any:
    """Tell which of several kinds a value is."""
    if isinstance(value, dict):
        name = cast("dict[str, Json]", value).get("is")
        return next((kind for kind in kinds if _name(kind) == name), NoneType)
    simple = [kind for kind in kinds if not _is_ours(kind)]
    exact = [kind for kind in simple if isinstance(value, kind)]
    enums = [kind for kind in simple if _is_enum(kind)]
    return (exact or enums or simple or [NoneType])[0]


def _name(kind: Any) -> str:
    return getattr(kind, "__name__", getattr(kind, "__forward_arg__", ""))


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind)
