"""What a person can say, as values; how they are read is in `grammar`.

Every command knows its plainest wording in `words`, which `grammar.parse` reads back.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.words import Text, say
from pipeline.errors import StudioError
from pipeline.extension import AUTO, NOTHING, Extension
from pipeline.jobs import Method
from pipeline.jobs import Quality as Quality
from pipeline.skeleton import Joint

LONGEST_TOKEN = 64  # bytes that Telegram lets a button carry
LONGEST_PROMPT = 400  # characters; the painter reads some 77 tokens
LONGEST_WEAR = 60
LARGEST_SEED = 2**32 - 1
MOST_VARIANTS = 8
LARGEST_STEP = 200
FARTHEST_PIXELS = 20_000
FARTHEST_SHARE = 10.0


class CommandError(StudioError):
    """What was said or pressed cannot be obeyed; `text` is the sentence in any language."""

    def __init__(self, text: Text) -> None:
        super().__init__(say(text))
        self.text = text


class Word(StrEnum):
    """Commands of one word that take nothing."""

    START = "start"
    HELP = "help"
    STATUS = "status"
    PRIVACY = "privacy"
    FORGET = "forget"
    FORGET_ALL = "forget everything"
    CANCEL = "cancel"
    UNDO = "undo"
    REDO = "redo"
    RESET = "reset"
    REFINE = "refine"
    AGAIN = "again"
    ADJUST = "adjust"
    STANCES = "stances"
    EDITOR = "editor"
    PICK = "pick"
    BACK = "back"
    FORWARD = "forward"
    DONE = "done"
    ORIGINAL = "original"
    FILE = "file"
    SETTINGS = "settings"
    LANGUAGES = "languages"
    SAMPLE = "sample"
    STATS = "stats"

    @property
    def words(self) -> str:
        return self.value


class When(StrEnum):
    """Whether photos skip the pose step: none, the next one, or all."""

    OFF = "off"
    ONCE = "once"
    ON = "on"


class Wear(StrEnum):
    """What is said about the new part: what legs and feet wear, and what they stand on."""

    GARMENT = "garment"
    FOOTWEAR = "footwear"
    FLOOR = "floor"


class Count(StrEnum):
    """Commands that take a whole number."""

    STEP = "step"
    PERSON = "person"
    VERSION = "version"
    VARIANTS = "variants"
    BEST = "best"
    METHOD = "method"
    SEED = "seed"


@dataclass(frozen=True, slots=True)
class Counted:
    """A command with a whole number, such as `variants 4`."""

    verb: Count
    number: int

    @property
    def words(self) -> str:
        return f"{self.verb} {self.number}"


@dataclass(frozen=True, slots=True)
class Pose:
    """An edit of the skeleton in the plainest words of `pipeline.edits`."""

    edit: str

    @property
    def words(self) -> str:
        return self.edit


@dataclass(frozen=True, slots=True)
class Push:
    """A nudge of whichever joint is chosen: `up 20`."""

    moves: str

    @property
    def words(self) -> str:
        return self.moves


@dataclass(frozen=True, slots=True)
class Choose:
    """Take a joint for the arrows."""

    joint: Joint

    @property
    def words(self) -> str:
        return f"joint {self.joint.label}"


@dataclass(frozen=True, slots=True)
class Extend:
    """Say how far the sides grow."""

    extension: Extension

    @property
    def words(self) -> str:
        sides = {side: getattr(self.extension, side) for side in ("left", "right", "up")}
        told = "".join(f" {side} {by}" for side, by in sides.items() if by != NOTHING)
        return f"extend {self.extension.down}{told}"


@dataclass(frozen=True, slots=True)
class Prompt:
    """Say what the whole picture shows; None leaves it to the captioner."""

    prompt: str | None

    @property
    def words(self) -> str:
        return f"prompt {self.prompt or AUTO}"


@dataclass(frozen=True, slots=True)
class Dress:
    """Say what the new part shows; None leaves it to the painter."""

    wear: Wear
    what: str | None

    @property
    def words(self) -> str:
        return f"{self.wear} {self.what or AUTO}"


@dataclass(frozen=True, slots=True)
class Paint:
    """Say how much time a picture may take."""

    quality: Quality

    @property
    def words(self) -> str:
        return f"quality {self.quality}"


@dataclass(frozen=True, slots=True)
class Repaint:
    """Paint the new part anew by one of the second method's forms; no leg moves."""

    form: Method = Method.RENOISE

    @property
    def words(self) -> str:
        return f"repaint {self.form}"


@dataclass(frozen=True, slots=True)
class Auto:
    """Say which photos skip the pose step."""

    when: When

    @property
    def words(self) -> str:
        return f"auto {self.when}"


@dataclass(frozen=True, slots=True)
class Speak:
    """Choose a language; None takes the platform's."""

    language: str | None

    @property
    def words(self) -> str:
        return f"language {self.language or AUTO}"


Command = (
    Word | Counted | Pose | Push | Choose | Extend | Prompt | Dress | Paint | Repaint | Auto | Speak
)


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button, read.

    Attributes:
        session: The conversation that showed it.
        revision: What that conversation was at when it did.
        command: What it stands for.
    """

    session: str
    revision: int
    command: Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What came with a photo, read.

    Attributes:
        commands: In their order.
        prompt: What is left; None leaves it to the captioner.
        refused: Why a command among it could not be read.
    """

    commands: tuple[Command, ...]
    prompt: str | None
    refused: CommandError | None
