"""What happens to a conversation, as values: what people do, and what becomes of their jobs."""

from dataclasses import dataclass
from enum import StrEnum

from bot.states import Made, People
from bot.words import Text
from pipeline.jobs import Stage


class Strange(StrEnum):
    """What people send besides photos and words."""

    STICKER = "sticker"
    VIDEO = "video"
    VOICE = "voice"
    LOCATION = "location"
    TOO_LARGE = "too_large"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PhotoComing:
    """A photo was sent, as photo or as file; the file is still to be fetched."""

    caption: str | None = None


@dataclass(frozen=True, slots=True)
class PhotoLost:
    """The photo that was announced could not be fetched; `reason` is told to the person."""

    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class PhotoSent:
    """A photo is here; `photo` refers to the stored bytes.

    The caption counts where the photo was not announced.
    """

    photo: str
    caption: str | None = None


@dataclass(frozen=True, slots=True)
class TextSent:
    """Somebody typed something."""

    said: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """Somebody who may do so pressed a button, which carried this."""

    carried: str


@dataclass(frozen=True, slots=True)
class PoseSaved:
    """Somebody moved people by hand; `people` is everybody of that version as they are now."""

    version: int
    people: People


@dataclass(frozen=True, slots=True)
class MaskDrawn:
    """Somebody wants a version painted anew; `mask` refers to what they drew, if they did."""

    version: int
    mask: str | None = None


@dataclass(frozen=True, slots=True)
class StrangeSent:
    """Something came that cannot be used."""

    what: Strange


@dataclass(frozen=True, slots=True)
class Refused:
    """What was just ordered, or the photo that was announced, may not be had now: too many."""

    reason: Text


@dataclass(frozen=True, slots=True)
class Queued:
    """A job waits at this place; 1 is next."""

    job: int
    place: int
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Progressed:
    """A job is at a step of a stage."""

    job: int
    stage: Stage
    step: int
    steps: int
    seconds: int | None = None
    preview: str | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A photo was completed."""

    job: int
    made: Made


@dataclass(frozen=True, slots=True)
class Refined:
    """A part was painted anew, once for each variant."""

    job: int
    made: tuple[Made, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """A job gave nothing; `reason` is a sentence for the person, or None."""

    job: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A job was ended from outside the conversation."""

    job: int


Event = (
    PhotoComing
    | PhotoSent
    | PhotoLost
    | TextSent
    | Pressed
    | PoseSaved
    | MaskDrawn
    | StrangeSent
    | Refused
    | Queued
    | Progressed
    | Prepared
    | Refined
    | Failed
    | Cancelled
)
