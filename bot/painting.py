"""What is painted in a conversation, as values: wishes, orders, running work, pictures."""

from dataclasses import dataclass, field

from bot.commands import Quality, When
from pipeline.canvas import Canvas
from pipeline.extension import Extension
from pipeline.history import History
from pipeline.jobs import Method, Stage
from pipeline.skeleton import Skeleton
from pipeline.wire import Kind as Kind

People = tuple[Skeleton, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the person wants it; None leaves it to the program."""

    extension: Extension = field(default_factory=Extension)
    prompt: str | None = None
    garment: str | None = None
    footwear: str | None = None
    floor: str | None = None
    quality: Quality = Quality.NORMAL
    method: int = 1
    best: int = 1
    auto: When = When.OFF


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
        repaint: Which form of the second method repaints; of no meaning for other kinds.
        mask: Reference to what was drawn of where to paint anew; None for where the limbs are.
    """

    kind: Kind
    photo: str
    base: str | None
    people: People
    options: Options
    seed: int
    count: int = 1
    repaint: Method = Method.RENOISE
    mask: str | None = None


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
        canvas: Where the photo lies in it.
        caption: What the whole picture shows, as it was told to the painter.
        changed: How many of the photo's pixels differ.
        score: How well the legs came out, 0..1, where somebody looked.
        notes: Sentences of the painter for the person.
    """

    picture: str
    people: People
    canvas: Canvas
    caption: str
    changed: int = 0
    score: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A picture in the tree of what was tried.

    Attributes:
        number: 1, 2, 3 in a conversation; never given twice.
        parent: The version that it was painted from.
        job: The number of the job that gave it; variants have it in common.
        order: What was ordered, with this picture's own seed.
        made: What came.
        pose: Its people as they are being edited, with undo and redo.
    """

    number: int
    parent: int | None
    job: int
    order: Order
    made: Made
    pose: History[People]

    @property
    def is_edited(self) -> bool:
        return self.pose.present != self.made.people
