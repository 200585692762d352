"""What a conversation remembers, as values: settings, running work, versions and their poses."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.commands import CommandError, Quality
from bot.words import text
from pipeline.extension import Extension
from pipeline.history import History
from pipeline.jobs import Stage
from pipeline.skeleton import Joint, Skeleton

MOST_VERSIONS = 24  # that are kept; older ones are forgotten
DEFAULT_STEP = 10  # pixels

People = tuple[Skeleton, ...]


class Kind(StrEnum):
    """What a job paints."""

    PREPARE = "prepare"
    REFINE = "refine"
    REPAINT = "repaint"


class Page(StrEnum):
    """What the card shows."""

    WELCOME = "welcome"
    WORKING = "working"
    POSE = "pose"
    STANCES = "stances"
    RESULT = "result"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the person wants it; None leaves it to the program."""

    extension: Extension = field(default_factory=Extension)
    prompt: str | None = None
    garment: str | None = None
    footwear: str | None = None
    quality: Quality = Quality.NORMAL
    method: int = 1
    best: int = 1
    auto: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Everything that a job's pictures depend on.

    Attributes:
        kind: What to paint.
        photo: Reference to the photo as it was sent.
        base: Reference to the picture to change; None for a photo that is yet to be completed.
        people: Where everybody's joints shall be; empty where nobody knows yet.
        options: How.
        seed: Of the first picture; the next variant has the next seed.
        count: How many variants.
    """

    kind: Kind
    photo: str
    base: str | None
    people: People
    options: Options
    seed: int
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A job that is queued or runs.

    Attributes:
        job: Its number in this conversation.
        order: What was ordered.
        parent: The version that it changes.
        place: Its place in the queue, while it waits; 1 is next.
        seconds: How long it may take still.
        stage: What is being done.
        step: How far that is.
        steps: Of how many.
        preview: Reference to a picture of it so far.
    """

    job: int
    order: Order
    parent: int | None = None
    place: int | None = None
    seconds: int | None = None
    stage: Stage | None = None
    step: int = 0
    steps: int = 0
    preview: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A picture that a job gave.

    Attributes:
        picture: Reference to it, the whole canvas.
        people: Everybody on it, canvas pixels.
        changed: How many of the photo's pixels differ.
        notes: Sentences of the painter for the person.
    """

    picture: str
    people: People
    changed: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A picture in the tree of what was tried.

    Attributes:
        number: 1, 2, 3 in a conversation; never given twice.
        parent: The version that it was painted from.
        order: What was ordered, with this picture's own seed.
        made: What came.
        pose: Its people as they are being edited, with undo and redo.
    """

    number: int
    parent: int | None
    order: Order
    made: Made
    pose: History[People]

    @property
    def is_edited(self) -> bool:
        return self.pose.present != self.made.people


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One conversation.

    Attributes:
        session: Its short name on buttons, lower-case letters and digits.
        revision: Counts up whenever what the buttons stand for becomes another thing.
        language: None for the platform's.
        options: How the person wants it.
        seed: For the next picture.
        jobs: How many jobs were ordered.
        photo: Reference to the photo as it was sent.
        work: What is queued or runs.
        failed: The last order that gave no picture, until another does.
        reason: Why `failed` did, as a sentence for the person.
        versions: Oldest first.
        at: The number of the version that is worked on.
        page: What the card shows.
        person: The index of whom the edits move.
        joint: The joint that the arrows move.
        step: How many pixels an arrow moves it.
    """

    session: str
    revision: int = 0
    language: str | None = None
    options: Options = field(default_factory=Options)
    seed: int = 0
    jobs: int = 0
    photo: str | None = None
    work: Work | None = None
    failed: Order | None = None
    reason: str | None = None
    versions: tuple[Version, ...] = ()
    at: int | None = None
    page: Page = Page.WELCOME
    person: int = 0
    joint: Joint | None = None
    step: int = DEFAULT_STEP

    @property
    def version(self) -> Version | None:
        """The version that is worked on."""
        return next((known for known in self.versions if known.number == self.at), None)

    @property
    def newest(self) -> int:
        return self.versions[-1].number if self.versions else 0

    @property
    def pictures(self) -> frozenset[str]:
        """References to all stored pictures that this conversation may still need."""
        orders = [version.order for version in self.versions]
        orders += [self.work.order] if self.work else []
        orders += [self.failed] if self.failed else []
        named = {self.photo, self.work.preview if self.work else None}
        named |= {version.made.picture for version in self.versions}
        named |= {reference for order in orders for reference in (order.photo, order.base)}
        return frozenset(reference for reference in named if reference is not None)

    def current(self) -> Version:
        """Return the version that is worked on.

        Raises:
            CommandError: There is none yet, or it is being painted.
        """
        if self.work is not None:
            raise CommandError(text("refused.busy" if self.versions else "refused.not_yet"))
        if self.version is None:
            key = "refused.no_photo" if self.photo is None else "refused.no_picture"
            raise CommandError(text(key))
        return self.version

    def original(self) -> str:
        """Return the photo of the version that is worked on, or else the one that was sent last.

        Raises:
            CommandError: There is none.
        """
        photo = self.version.order.photo if self.version else self.photo
        if photo is None:
            raise CommandError(text("refused.no_photo"))
        return photo

    def poses(self, order: Order) -> bool:
        """Whether what was ordered is posed before it counts as a result."""
        return order.kind is Kind.PREPARE and not self.options.auto

    def having(self, version: Version) -> "State":
        """Return a copy in which a version is replaced, by its number."""
        changed = (version if old.number == version.number else old for old in self.versions)
        return replace(self, versions=tuple(changed))
