"""How far to extend a photo so that the toes fit, and where the body that nobody sees will be.

Pure: takes the people that a detector found, gives a canvas and whole skeletons on it. Which parts
of the canvas are painted together is `windows`' matter.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil

from pipeline import anatomy, completion
from pipeline.canvas import Canvas
from pipeline.completion import Stance as Stance
from pipeline.completion import stances as stances
from pipeline.errors import PlanError
from pipeline.extension import AUTO as AUTO
from pipeline.extension import NOTHING as NOTHING
from pipeline.extension import Amount as Amount
from pipeline.extension import Extension as Extension
from pipeline.extension import Unit as Unit
from pipeline.extension import parse_amount as parse_amount
from pipeline.geometry import Box, Size
from pipeline.skeleton import LEGS, Skeleton

LARGEST = 3  # a canvas may have this many times the photo's height, or its width
MOST_PIXELS = 50_000_000  # of a canvas; completing and refining it then take at most 1.5 GB
PROMINENT = 0.5  # people below this share of the tallest one's stature are in the background
SOLE = 0.02  # of stature: shoes go on beyond the toes' joints
MARGIN = 0.14  # of stature: air below the soles, and what the estimate may be wrong by
LIKELY = 0.2  # the frame has room below for every stance that is at least so likely
ASIDE = (
    anatomy.FOOT
)  # of stature: how far a leg must leave the photo sideways before the canvas follows

_LEG_JOINTS = tuple(joint for leg in LEGS for joint in leg.joints)
_TOES = tuple(joint for leg in LEGS for joint in leg.foot)


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be painted.

    Attributes:
        canvas: The frame, and where the photo lies in it.
        skeletons: Whole people in canvas pixels, the largest first; unseen joints are marked as
            guessed.
        notes: Sentences for the person.
        stances: For each skeleton the ways in which its unseen legs may stand, the likeliest first:
            that is the skeleton's own.
    """

    canvas: Canvas
    skeletons: tuple[Skeleton, ...] = ()
    notes: tuple[str, ...] = ()
    stances: tuple[tuple[Stance, ...], ...] = ()

    @property
    def likelihoods(self) -> tuple[dict[str, float], ...]:
        """Of each person's stances by name, the likeliest first."""
        return tuple({one.name: one.likelihood for one in person} for person in self.stances)


@dataclass(frozen=True, slots=True)
class _Person:
    """Somebody in every stance that they may have.

    Attributes:
        stances: The likeliest first.
        tall: Stature in pixels.
    """

    stances: tuple[Stance, ...]
    tall: float

    @property
    def likeliest(self) -> Skeleton:
        return self.stances[0].skeleton

    @property
    def likely(self) -> Iterator[Skeleton]:
        return (s.skeleton for s in self.stances if s.likelihood >= LIKELY or s is self.stances[0])


@dataclass(frozen=True, slots=True)
class _Sides:
    """Pixels on each side of the photo."""

    down: int = 0
    left: int = 0
    right: int = 0
    up: int = 0

    def __iter__(self) -> Iterator[int]:
        return iter((self.down, self.left, self.right, self.up))


def plan_canvas(
    photo: Size, people: Sequence[Skeleton], extension: Extension | None = None
) -> Plan:
    """Plan a canvas in which the toes fit, and complete the people on it.

    Args:
        photo: The photo's size.
        people: Who was found in it, in photo pixels.
        extension: How far each side grows; None means as far as the feet need.

    Raises:
        PlanError: No amount was named and there is nothing to go by: nobody was found, or the feet
            are in the picture already. Or the canvas would be more than `LARGEST` times the photo,
            or more than `MOST_PIXELS`.
    """
    extension = extension or Extension()
    everybody = sorted(map(_person, people), key=lambda person: person.tall, reverse=True)
    main = _prominent(everybody)
    needed = _needed(photo, main)
    if not extension.names_an_amount:
        _refuse_needless(extension, [person.likeliest for person in main], needed)
    sides = _resolved(photo, extension, needed)
    _refuse_huge(photo, extension, sides)
    size = Size(sides.left + photo.width + sides.right, sides.up + photo.height + sides.down)
    _refuse_heavy(size)
    canvas = Canvas(size, Box(sides.left, sides.up, photo.width, photo.height))
    placed = tuple(_placed(person, canvas) for person in everybody)
    return Plan(
        canvas,
        tuple(offered[0].skeleton for offered in placed),
        tuple(_notes(len(everybody), len(main), needed, sides)),
        placed,
    )


def _person(found: Skeleton) -> _Person:
    offered = completion.stances(found)
    return _Person(offered, anatomy.stature(offered[0].skeleton))


def _placed(person: _Person, canvas: Canvas) -> tuple[Stance, ...]:
    dx, dy = canvas.photo.left, canvas.photo.top
    return tuple(
        replace(stance, skeleton=stance.skeleton.mapped(dx=dx, dy=dy)) for stance in person.stances
    )


def _prominent(people: Sequence[_Person]) -> list[_Person]:
    tallest = max((person.tall for person in people), default=0.0)
    return [person for person in people if person.tall >= PROMINENT * tallest]


def _needed(photo: Size, people: Sequence[_Person]) -> _Sides:
    """Return what the feet need: everybody's below, the main person's on the other sides.

    That a photo cuts off a little of a leg at its side is usual; more than a foot of it is somebody
    who lies. But when nothing else is missing, a little counts too.
    """
    downs = (_overhangs(photo, body).down for person in people for body in person.likely)
    below = max(downs, default=0)
    if not people:
        return _Sides()
    main = people[0].likeliest
    beside = _overhangs(photo, main, least=ASIDE)
    if not below and not any(beside):
        beside = _overhangs(photo, main)
    return _Sides(below, beside.left, beside.right, beside.up)


def _overhangs(photo: Size, person: Skeleton, *, least: float = 0.0) -> _Sides:
    """Return how far each side must grow for one person's legs, soles and margin.

    Args:
        photo: The photo's size.
        person: Completed, in photo pixels.
        least: Share of stature by which a leg must stick out for its side to grow at all.
    """
    legs = person.visible(_LEG_JOINTS).values()
    if not legs:
        return _Sides()
    tall = anatomy.stature(person)
    beyond = (
        max(point.y for point in legs) - photo.height,
        -min(point.x for point in legs),
        max(point.x for point in legs) - photo.width,
        -min(point.y for point in legs),
    )
    edges = (pixels + SOLE * tall for pixels in beyond)
    return _Sides(*(ceil(edge + MARGIN * tall) if edge > least * tall else 0 for edge in edges))


def _resolved(photo: Size, extension: Extension, needed: _Sides) -> _Sides:
    """Return what each side gets: what was said, or where nothing was said, what is needed."""
    follows = extension.down.is_auto
    asked = (extension.down, extension.left, extension.right, extension.up)
    lengths = (photo.height, photo.width, photo.width, photo.height)
    return _Sides(
        *(
            need if amount.is_auto or (follows and not amount.value) else amount.pixels(length)
            for amount, length, need in zip(asked, lengths, needed, strict=True)
        )
    )


def _refuse_needless(extension: Extension, people: Sequence[Skeleton], needed: _Sides) -> None:
    if not extension.down.is_auto:
        raise PlanError(
            "Nothing is to be extended. Say --down auto, or how far, such as --down 60%."
        )
    if any(needed):
        return
    if not people:
        raise PlanError(
            "I found nobody in the photo. Say how far to extend it, such as --down 60%,"
            " or send a photo in which the face and the shoulders can be seen."
        )
    if not any(person.visible(_TOES) for person in people):
        raise PlanError(
            "I see too little of the body to tell where the feet are."
            " Say how far to extend the photo, such as --down 60%."
        )
    if not any(_sees_a_foot(person) for person in people):
        raise PlanError(
            "I do not see the feet, but they should be within the photo."
            " Say --down 30% to extend it all the same."
        )
    raise PlanError(
        "The feet are already in the picture. Say --down 30% to extend it all the same."
    )


def _sees_a_foot(person: Skeleton) -> bool:
    """Tell whether any ankle was seen; toes may be guesses of detectors that know none."""
    ankles = person.visible(leg.ankle for leg in LEGS).values()
    return any(not ankle.guessed for ankle in ankles)


def _refuse_huge(photo: Size, extension: Extension, sides: _Sides) -> None:
    high = (sides.up + photo.height + sides.down) / photo.height
    wide = (sides.left + photo.width + sides.right) / photo.width
    if max(high, wide) <= LARGEST:
        return
    extent = f"{high:.1f} times as high" if high >= wide else f"{wide:.1f} times as wide"
    if extension.names_an_amount:
        raise PlanError(
            f"That would make the picture {extent} as the photo; {LARGEST} times is the most."
            " Say a smaller amount."
        )
    raise PlanError(
        f"The legs would need a picture {extent} as the photo; {LARGEST} times is the most."
        " Send a photo that shows more of the body,"
        f" or say how far to extend it, such as --down {LARGEST - 1}00%."
    )


def _refuse_heavy(size: Size) -> None:
    if size.area > MOST_PIXELS:
        raise PlanError(
            f"The whole picture would have {size.area / 1e6:.0f} megapixels; "
            f"{MOST_PIXELS // 10**6} is the most. Send the photo in a smaller size."
        )


def _notes(everybody: int, main: int, needed: _Sides, sides: _Sides) -> Iterator[str]:
    if not everybody:
        yield "I found nobody in the photo, so the new part is painted without a skeleton."
        return
    if main > 1:
        yield f"I found {main} people; the frame is planned for the feet of all of them."
    if everybody > main:
        yield f"{everybody - main} more in the background did not count."
    short = [
        f"{need} px {where}"
        for need, side, where in zip(needed, sides, _WHERE, strict=True)
        if side < need
    ]
    if short:
        missing = " and ".join(short)
        yield f"The toes will not fit: they need {missing}. Say --down auto to fit them."


_WHERE = ("below", "on the left", "on the right", "above")
