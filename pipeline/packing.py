"""Our frozen dataclasses as plain JSON and back; what is read is checked against annotations.

A dataclass becomes an object that names its class under `is`. Reading is strict: a key too many or
too few, a wrong kind, a number that is none of the finite ones are all refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from math import isfinite
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from pipeline.skeleton import Joint, Keypoint, Skeleton

Json = Any
T = TypeVar("T")


def to_plain(value: Any) -> Json:
    """Turn a value into what `json` writes."""
    if isinstance(value, Skeleton):
        return _plain_skeleton(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [to_plain(item) for item in cast("tuple[Any, ...]", value)]
    if is_dataclass(value):
        known = {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
        return {"is": type(value).__name__, **known}
    return value


def from_plain(kind: type[T] | UnionType, document: Json) -> T:
    """Read what `to_plain` wrote of a value of this kind.

    Raises:
        ValueError: It is no such value.
    """
    try:
        return _typed(document, kind)
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"not a {_name(kind)}") from error


def _plain_skeleton(skeleton: Skeleton) -> Json:
    return {
        "is": "Skeleton",
        "keypoints": {
            joint.label: [point.x, point.y, point.score, point.guessed]
            for joint, point in skeleton.keypoints.items()
        },
        "hidden": sorted(joint.label for joint in skeleton.hidden),
        "front": skeleton.front.label if skeleton.front is not None else None,
    }


def _typed(value: Json, kind: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _typed(value, _meant(value, get_args(kind)))
    if origin is tuple:
        return _typed_tuple(value, get_args(kind))
    if kind is Skeleton:
        return _typed_skeleton(value)
    if _is_enum(kind):
        return kind(value)
    if _is_ours(kind):
        return _typed_fields(value, kind)
    return _typed_simple(value, kind)


def _is_enum(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _is_ours(kind: object) -> bool:
    return is_dataclass(kind)


def _typed_fields(value: Json, kind: Any) -> Any:
    hints = _hints(kind)
    if value["is"] != kind.__name__ or set(value) != {"is", *hints}:
        raise ValueError(f"not a {kind.__name__}")
    return kind(**{name: _typed(value[name], hint) for name, hint in hints.items()})


def _typed_simple(value: Json, kind: Any) -> Any:
    fits = isinstance(value, (int, float) if kind is float else kind)
    if not fits or (isinstance(value, bool) and kind is not bool):
        raise ValueError(f"{value!r} is not {_name(kind)}")
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
    return (exact or [kind for kind in simple if kind is not NoneType] or [NoneType])[0]


def _name(kind: Any) -> str:
    return getattr(kind, "__name__", str(kind))


def _typed_skeleton(value: Json) -> Skeleton:
    if set(value) != {"is", "keypoints", "hidden", "front"}:
        raise ValueError("not a Skeleton")
    keypoints = {
        Joint[label.upper()]: Keypoint(
            _typed_simple(x, float),
            _typed_simple(y, float),
            _typed_simple(score, float),
            _typed_simple(guessed, bool),
        )
        for label, (x, y, score, guessed) in value["keypoints"].items()
    }
    hidden = frozenset(Joint[label.upper()] for label in value["hidden"])
    front = value["front"]
    return Skeleton(keypoints, hidden=hidden, front=Joint[front.upper()] if front else None)


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind)
