"""What a conversation remembers, as a value, and what of it a person's next one begins with."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.commands import CommandError
from bot.painting import Kind, Made, Options, Order, People, Version, Work
from bot.words import Text, text
from pipeline.skeleton import Joint

__all__ = [
    "Arrival",
    "Defaults",
    "Kind",
    "Made",
    "Options",
    "Order",
    "Page",
    "People",
    "State",
    "Version",
    "Work",
    "begin",
    "defaults_of",
    "remembered",
]

MOST_VERSIONS = 24  # that are kept; older ones are forgotten
DEFAULT_STEP = 10  # pixels


class Page(StrEnum):
    """What the card shows."""

    WELCOME = "welcome"
    RECEIVING = "receiving"
    WORKING = "working"
    POSE = "pose"
    STANCES = "stances"
    VARIANTS = "variants"
    RESULT = "result"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SETTINGS = "settings"


class Arrival(StrEnum):
    """What shall become of a photo that was announced and whose file is still on its way."""

    AWAITED = "awaited"
    CANCELLED = "cancelled"


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
        arrival: Of a photo that was announced and whose file is still being fetched.
        photo: Reference to the photo as it was sent.
        skips: Whether this photo's picture is a result without a pose step.
        work: What is queued or runs.
        failed: The last order that gave no picture, until another does.
        reason: Why there is none, for the person.
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
    arrival: Arrival | None = None
    photo: str | None = None
    skips: bool = False
    work: Work | None = None
    failed: Order | None = None
    reason: Text | None = None
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
    def siblings(self) -> tuple[Version, ...]:
        """All the pictures that came from one job, the one that is worked on among them."""
        at = self.version
        return tuple(known for known in self.versions if at and known.job == at.job)

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
        named |= {
            reference for order in orders for reference in (order.photo, order.base, order.mask)
        }
        return frozenset(reference for reference in named if reference is not None)

    def current(self) -> Version:
        """Return the version that is worked on.

        Raises:
            CommandError: There is none yet, or it is being painted.
        """
        if self.work is not None or self.arrival is Arrival.AWAITED:
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
        return order.kind is Kind.PREPARE and not self.skips

    def settled(self) -> "State":
        """Return a copy in which it no longer matters what failed."""
        return replace(self, failed=None, reason=None)

    def having(self, version: Version) -> "State":
        """Return a copy in which a version is replaced, by its number."""
        changed = (version if old.number == version.number else old for old in self.versions)
        return replace(self, versions=tuple(changed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What a person's next conversation begins with.

    What belongs to a photo (its frame, its prompt, what the legs wear, the seed) is among it only
    if it was said before there was one: with the next photo it is spent.
    """

    language: str | None = None
    options: Options = field(default_factory=Options)
    seed: int = 0
    step: int = DEFAULT_STEP


def begin(session: str, defaults: Defaults | None = None) -> State:
    """Begin a conversation as the person had it last."""
    known = defaults or Defaults()
    return State(
        session=session,
        language=known.language,
        options=known.options,
        seed=known.seed,
        step=known.step,
    )


def defaults_of(state: State) -> Defaults:
    """Return what is worth remembering of a conversation for the next."""
    known = state.options
    if state.photo is None and state.arrival is None:
        return Defaults(language=state.language, options=known, seed=state.seed, step=state.step)
    lasting = Options(quality=known.quality, method=known.method, best=known.best, auto=known.auto)
    return Defaults(language=state.language, options=lasting, step=state.step)


def remembered(defaults: Defaults, before: State, after: State) -> Defaults:
    """Take over what one event changed in one conversation, and leave alone what it did not.

    A person has many conversations: what was set in a later one must outlive a change of something
    else in an earlier one.
    """
    old, new = defaults_of(before), defaults_of(after)
    names = [name for name in Options.__slots__ if _differ(old.options, new.options, name)]
    options = replace(defaults.options, **{name: getattr(new.options, name) for name in names})
    others = [name for name in ("language", "seed", "step") if _differ(old, new, name)]
    return replace(defaults, options=options, **{name: getattr(new, name) for name in others})


def _differ(old: object, new: object, name: str) -> bool:
    return getattr(old, name) != getattr(new, name)
