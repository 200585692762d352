"""Our frozen dataclasses as plain JSON and back; what is read is checked against annotations.

A dataclass becomes an object that names its class under `is`. Reading is strict: a wrong kind, a
number that is none of the finite ones are refused, and unless it is said otherwise a key too many
or too few. What may have been written by an earlier version of the program, as a job that waits
is, may lack what has a default.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from enum import Enum
from functools import cache
from math import isfinite
from types import MappingProxyType, NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from pipeline.skeleton import Joint, Keypoint, Skeleton

Json = Any
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shape:
    """How values of one kind are written in a way of their own, and read back."""

    write: Callable[[Any], Json]
    read: Callable[[Json], Any]


@dataclass(frozen=True, slots=True)
class Packing:
    """A way of writing values.

    Attributes:
        shapes: By kind, those that are not written field by field.
        fills_in: Whether a field that is missing has its default: for what an earlier version of
            the program may have written.
        passes_over: Whether a field too many is passed over: for what a later one may have.
    """

    shapes: Mapping[type, Shape] = field(default_factory=lambda: MappingProxyType(SKELETONS))
    fills_in: bool = False
    passes_over: bool = False

    def write(self, value: Any) -> Json:
        """Turn a value into what `json` writes."""
        shape = self.shapes.get(value.__class__)
        if shape is not None:
            return shape.write(value)
        if isinstance(value, Enum):
            return value.value
        if isinstance(value, tuple):
            return [self.write(item) for item in cast("tuple[Any, ...]", value)]
        if is_dataclass(value):
            known = {one.name: self.write(getattr(value, one.name)) for one in fields(value)}
            return {"is": type(value).__name__, **known}
        return value

    def read(self, kind: type[T] | UnionType, document: Json) -> T:
        """Read what `write` wrote of a value of this kind.

        Raises:
            ValueError: It is no such value.
        """
        try:
            return self._read(document, kind)
        except (KeyError, TypeError, AttributeError, OverflowError) as error:
            raise ValueError(f"not a {_name(kind)}") from error

    def _read(self, value: Json, kind: Any) -> Any:
        origin = get_origin(kind)
        if origin in (Union, UnionType):
            return self._read(value, _meant(value, get_args(kind)))
        if origin is tuple:
            return self._read_tuple(value, get_args(kind))
        if kind in self.shapes:
            return self.shapes[kind].read(value)
        if _is_enum(kind):
            return kind(value)
        if _is_ours(kind):
            return self._read_fields(value, kind)
        return read_simple(value, kind)

    def _read_fields(self, value: Json, kind: Any) -> Any:
        hints = _hints(kind)
        if value["is"] != kind.__name__:
            raise ValueError(f"not a {kind.__name__}")
        names = [one.name for one in fields(kind) if one.name in value or self._needs(one)]
        if not self.passes_over and not {"is", *hints}.issuperset(value):
            raise ValueError(f"not a {kind.__name__}")
        return kind(**{name: self._read(value[name], hints[name]) for name in names})

    def _needs(self, one: Field[Any]) -> bool:
        has_none = one.default is MISSING and one.default_factory is MISSING
        return has_none or not self.fills_in

    def _read_tuple(self, value: Json, kinds: Sequence[Any]) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise TypeError("not a list")
        items = cast("list[Json]", value)
        if len(kinds) == 2 and kinds[1] is Ellipsis:
            return tuple(self._read(item, kinds[0]) for item in items)
        return tuple(self._read(item, kind) for item, kind in zip(items, kinds, strict=True))


def read_simple(value: Json, kind: Any) -> Any:
    """Return a text, a number, or true or false.

    Raises:
        ValueError: It is not of this kind, or not finite.
    """
    fits = isinstance(value, (int, float) if kind is float else kind)
    if not fits or (isinstance(value, bool) and kind is not bool):
        raise ValueError(f"{value!r} is not {_name(kind)}")
    if isinstance(value, float) and not isfinite(value):
        raise ValueError("not a finite number")
    return value


def write_skeleton(skeleton: Skeleton) -> Json:
    return {
        "is": "Skeleton",
        "keypoints": write_points(skeleton.keypoints),
        "hidden": write_joints(skeleton.hidden),
        "front": write_joint(skeleton.front),
    }


def read_skeleton(value: Json) -> Skeleton:
    if set(value) != {"is", "keypoints", "hidden", "front"}:
        raise ValueError("not a Skeleton")
    return Skeleton(
        read_points(value["keypoints"]),
        hidden=read_joints(value["hidden"]),
        front=read_joint(value["front"]),
    )


def write_points(points: Mapping[Joint, Keypoint]) -> Json:
    return {
        joint.label: [point.x, point.y, point.score, point.guessed]
        for joint, point in points.items()
    }


def read_points(value: Json) -> dict[Joint, Keypoint]:
    return {Joint[label.upper()]: _read_point(*point) for label, point in value.items()}


def _read_point(x: Json, y: Json, score: Json, guessed: Json) -> Keypoint:
    numbers = (read_simple(number, float) for number in (x, y, score))
    return Keypoint(*numbers, guessed=read_simple(guessed, bool))


def write_joint(joint: Joint | None) -> str | None:
    return None if joint is None else joint.label


def read_joint(label: Json) -> Joint | None:
    return None if label is None else Joint[label.upper()]


def write_joints(joints: Iterable[Joint]) -> list[str]:
    return sorted(joint.label for joint in joints)


def read_joints(labels: Json) -> frozenset[Joint]:
    return frozenset(Joint[label.upper()] for label in labels)


SKELETONS: dict[type, Shape] = {Skeleton: Shape(write_skeleton, read_skeleton)}
PACKING = Packing(fills_in=True)


def to_plain(value: Any) -> Json:
    """Turn a value into what `json` writes."""
    return PACKING.write(value)


def from_plain(kind: type[T] | UnionType, document: Json) -> T:
    """Read what `to_plain` wrote of a value of this kind, perhaps before a field was added.

    Raises:
        ValueError: It is no such value.
    """
    return PACKING.read(kind, document)


def _is_enum(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _is_ours(kind: object) -> bool:
    return is_dataclass(kind)


def _meant(value: Json, kinds: Sequence[Any]) -> Any:
    """Tell which of several kinds a value is."""
    if isinstance(value, dict):
        name = cast("dict[str, Json]", value).get("is")
        return next((kind for kind in kinds if _name(kind) == name), NoneType)
    simple = [kind for kind in kinds if not _is_ours(kind)]
    exact = [kind for kind in simple if isinstance(value, kind)]
    enums = [kind for kind in simple if _is_enum(kind)]
    others = [kind for kind in simple if kind is not NoneType]
    return (exact or enums or others or [NoneType])[0]


def _name(kind: Any) -> str:
    return getattr(kind, "__name__", None) or getattr(kind, "__forward_arg__", str(kind))


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind)
