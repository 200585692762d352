"""What a conversation wants done, as values: jobs, messages, and the card."""

from dataclasses import dataclass
from enum import StrEnum

from bot.states import Order, People, State
from bot.words import Text
from pipeline.skeleton import Joint


@dataclass(frozen=True, slots=True)
class Button:
    """A button and what it carries.

    Attributes:
        label: What it says.
        token: What it carries.
        editor: Whether it opens the skeleton editor, which a platform may do in its own way.
    """

    label: Text
    token: str
    editor: bool = False


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What the card shows.

    Attributes:
        base: Reference to a stored picture.
        people: Skeletons to draw over it with their handles; empty for the bare picture.
        person: The index of whom the handles belong to.
        joint: The handle to stand out.
        sheet: References to pictures to show side by side, numbered from 1, instead of `base`.
    """

    base: str
    people: People = ()
    person: int = 0
    joint: Joint | None = None
    sheet: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The one message that lives from the queue to the result."""

    lines: tuple[Text, ...]
    rows: Rows = ()
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Enqueue:
    """Have something painted; `job` is the conversation's own number for it."""

    job: int
    order: Order


@dataclass(frozen=True, slots=True)
class CancelJob:
    """Take a job from the queue, or stop it."""

    job: int


@dataclass(frozen=True, slots=True)
class ShowCard:
    """Edit the card's message; `fresh` sends a new one, which is the card from then on."""

    card: Card
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Say:
    """Send a message of its own."""

    text: Text
    rows: Rows = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer a press, shortly or with nothing; each press gets exactly one."""

    text: Text | None = None


@dataclass(frozen=True, slots=True)
class SendFile:
    """Send a stored picture as a file, byte for byte."""

    picture: str
    name: str


@dataclass(frozen=True, slots=True)
class ForgetAll:
    """Delete everything that is stored of this person."""


@dataclass(frozen=True, slots=True)
class TakeSample:
    """Take the sample photo as if the person had sent it."""


@dataclass(frozen=True, slots=True)
class OpenEditor:
    """Show the way to the skeleton editor of this conversation."""


class Topic(StrEnum):
    """What only the program around the conversation can tell."""

    PRIVACY = "privacy"  # how long things are kept
    STATS = "stats"  # how busy it is; for those who run it


@dataclass(frozen=True, slots=True)
class Tell:
    """Send a message about a topic."""

    topic: Topic


Effect = (
    Enqueue
    | CancelJob
    | ShowCard
    | Say
    | Answer
    | SendFile
    | ForgetAll
    | TakeSample
    | OpenEditor
    | Tell
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a command leads to.

    Attributes:
        state: The conversation afterwards.
        note: A short answer, for those who do not see it on the card.
        effects: What to do besides showing the card.
        fresh: Whether the card shall come as a new message.
    """

    state: State
    note: Text | None = None
    effects: tuple[Effect, ...] = ()
    fresh: bool = False
