"""What goes between the bot and a worker, as JSON strings: requests one way, news the other.

Pictures go by reference: the SHA-256 of their bytes in hex. The bytes lie in a store that both
sides reach.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import UnionType
from typing import Any, TypeVar

from pipeline.canvas import Canvas
from pipeline.extension import Extension
from pipeline.jobs import Settings, Stage
from pipeline.packing import from_plain, to_plain
from pipeline.quality import Score
from pipeline.skeleton import Skeleton

VERSION = 1
MOST_COUNT = 8  # variants, and tries per variant
_HASH = re.compile(r"[0-9a-f]{64}")

T = TypeVar("T")


class WireError(ValueError):
    """A message is none that this version reads."""


class Kind(StrEnum):
    """What a job paints."""

    PREPARE = "prepare"
    REFINE = "refine"
    REPAINT = "repaint"


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored picture's name and what it is.

    Attributes:
        hash: SHA-256 of the bytes, in hex.
        size: Bytes.
        mime: `image/png` or `image/jpeg`.
    """

    hash: str
    size: int
    mime: str

    def __post_init__(self) -> None:
        """Refuse what names no picture."""
        check_hash(self.hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The picture that is to be changed.

    Attributes:
        picture: Its hash.
        canvas: Where the photo lies in it.
        people: Everybody as they are in it, canvas pixels.
        caption: What the whole picture shows.
    """

    picture: str
    canvas: Canvas
    people: tuple[Skeleton, ...]
    caption: str

    def __post_init__(self) -> None:
        """Refuse what names no picture."""
        check_hash(self.picture)


@dataclass(frozen=True, slots=True, kw_only=True)
class Painting:
    """Everything that a job's pictures depend on.

    Attributes:
        kind: What to paint.
        photo: Hash of the photo as it was sent.
        base: The picture to change; None for a photo that is yet to be completed.
        people: Where everybody's joints shall be, the same people in the same order as the base's;
            empty without a base.
        extension: How far to extend which side; without a base only.
        caption: What the whole picture shall show; None asks the captioner, or takes the base's.
        settings: How to paint. The seed is the first variant's.
        count: How many variants; each has the next seed.
        mask: Hash of a PNG, white where to refine; None for where the limbs are.
    """

    kind: Kind
    photo: str
    base: Base | None = None
    people: tuple[Skeleton, ...] = ()
    extension: Extension = field(default_factory=Extension)
    caption: str | None = None
    settings: Settings = field(default_factory=Settings)
    count: int = 1
    mask: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be painted."""
        check_hash(self.photo)
        if self.mask is not None:
            check_hash(self.mask)
            if self.kind is not Kind.REFINE:
                raise ValueError(f"a {self.kind} with a mask")
        if (self.base is None) is not (self.kind is Kind.PREPARE):
            raise ValueError(f"a {self.kind} {'without' if self.base is None else 'with'} a base")
        if len(self.people) != len(self.base.people if self.base else ()):
            raise ValueError("the people are not those of the base")
        if not (1 <= self.count <= MOST_COUNT and 1 <= self.settings.best <= MOST_COUNT):
            raise ValueError("too many pictures, or too few")


@dataclass(frozen=True, slots=True)
class Request:
    """A job for a worker.

    Attributes:
        job: Its id in the database.
        dispatch: How often it has been given away, this time included. News of an earlier time are
            out of date.
        painting: What to paint.
    """

    job: int
    dispatch: int
    painting: Painting


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    """A picture that a job gave.

    Attributes:
        picture: The whole canvas, without loss.
        canvas: Where the photo lies in it.
        people: Everybody on it, canvas pixels.
        caption: What it shows.
        seed: Its own; a job of one picture with this seed gives it again.
        changed: How many of the photo's pixels differ; counted.
        score: How well it shows the people who were planned; None where nobody was.
    """

    picture: Stored
    canvas: Canvas
    people: tuple[Skeleton, ...]
    caption: str
    seed: int
    changed: int
    score: Score | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a job gave.

    Attributes:
        pictures: One for each variant.
        notes: Sentences for the person.
        seconds: How long it took, loading not included.
    """

    pictures: tuple[Painted, ...]
    notes: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Loading:
    """The worker has the job and loads its weights first."""

    job: int
    dispatch: int


@dataclass(frozen=True, slots=True)
class Started:
    """The worker begins."""

    job: int
    dispatch: int


@dataclass(frozen=True, slots=True)
class Beating:
    """The job still runs, without any step having been done."""

    job: int
    dispatch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progressed:
    """`step` of `steps` of a stage is done; perhaps there is a small picture of it."""

    job: int
    dispatch: int
    stage: Stage
    step: int
    steps: int
    preview: Stored | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """The job gave its pictures."""

    job: int
    dispatch: int
    response: Response


@dataclass(frozen=True, slots=True)
class Failed:
    """The job gave nothing.

    Attributes:
        job: Its id.
        dispatch: Which time it was.
        sentence: What the person can do about it; None where the fault is not theirs.
        retry: Whether it is worth another try.
    """

    job: int
    dispatch: int
    sentence: str | None
    retry: bool


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The job was stopped, or dropped before it began."""

    job: int
    dispatch: int


News = Loading | Started | Beating | Progressed | Finished | Failed | Cancelled


def pack(value: Request | News) -> str:
    """Write a value as JSON, with the version of this format."""
    return json.dumps(document_of(value), ensure_ascii=False)


def unpack(kind: type[T] | UnionType, text: str) -> T:
    """Read what `pack` wrote of a value of this kind: `Request` or `News`.

    Raises:
        WireError: It is no such value, or of another version.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise WireError("not JSON") from error
    return from_document(kind, document)


def document_of(value: Request | Painting | News) -> dict[str, Any]:
    """Write a value as plain data for JSON, with the version of this format."""
    return {"wire": VERSION, "value": to_plain(value)}


def from_document(kind: type[T] | UnionType, document: Any) -> T:
    """Read what `document_of` wrote of a value of this kind.

    Raises:
        WireError: It is no such value, or of another version.
    """
    try:
        version, value = document["wire"], document["value"]
        if version != VERSION or len(document) != 2:
            raise WireError(f"not a message of version {VERSION}")
        return from_plain(kind, value)
    except (KeyError, TypeError, ValueError) as error:
        raise WireError("not a message") from error


def size_of(document: Mapping[str, Any]) -> tuple[str, int]:
    """Tell of a written `Painting` what takes its time: kind and quality, and how many pictures."""
    try:
        asked = document["value"]
        settings = asked["settings"]
        return f"{asked['kind']} {settings['quality']}", asked["count"] * settings["best"]
    except (KeyError, TypeError):
        return "unreadable", 1


def check_hash(reference: str) -> None:
    """Refuse what is no SHA-256 in hex.

    Raises:
        ValueError: It is none.
    """
    if not _HASH.fullmatch(reference):
        raise ValueError(f"{reference[:80]!r} is no picture's hash")
