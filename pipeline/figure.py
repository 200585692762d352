"""A person as the marks that a drawing is made of: limbs, joints and their numbers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import atan2, cos, hypot, sin

from pipeline.badges import Badge, Room, badge_marks
from pipeline.geometry import Size
from pipeline.naming import NUMBERED, number_of
from pipeline.skeleton import BODY_LIMBS, FOOT_LIMBS, LEGS, Joint, Keypoint, Skeleton
from pipeline.strokes import DARK, FILLED, Colour, Disc, Line, Mark, Shape, Spot, Stroke, dot

# Okabe and Ito's colours, which colour-blind people tell apart: the person's right is orange.
RIGHT_COLOUR: Colour = (230, 159, 0)
LEFT_COLOUR: Colour = (86, 180, 233)
MIDDLE_COLOUR: Colour = (240, 240, 240)
CHOSEN_COLOUR: Colour = (255, 80, 160)
UNSURE = 0.5  # below this score a joint is drawn hollow, as if it were guessed

_LIMBS = (*BODY_LIMBS, *FOOT_LIMBS)
_INNER_NEIGHBOUR = {outer: inner for inner, outer in _LIMBS}
_FAR = 1 << 16  # pixels; joints further off would overflow OpenCV's coordinates


def _colour(joint: Joint) -> Colour:
    if joint.name.startswith("RIGHT_"):
        return RIGHT_COLOUR
    return LEFT_COLOUR if joint.name.startswith("LEFT_") else MIDDLE_COLOUR


_JOINT_COLOURS = {joint: _colour(joint) for joint in Joint}
_LIMB_COLOURS = [_colour(b if b.mirrored is not b else a) for a, b in _LIMBS]


@dataclass(frozen=True, slots=True)
class _Pen:
    """Widths in pixels of the picture that is drawn on.

    Attributes:
        line: Of a limb.
        handle: Radius of a joint that has a number.
        dot: Radius of any other joint.
        ring: Radius of what surrounds the chosen joint.
        badge: Radius of what a number stands on; a phone shows a third of a picture's pixels.
    """

    line: int
    handle: int
    dot: int
    ring: int
    badge: int

    @classmethod
    def on(cls, size: Size) -> "_Pen":
        unit = max(hypot(size.width, size.height) / 620, size.width / 480)  # a phone is narrow
        return cls(
            line=max(1, round(2 * unit)),
            handle=max(4, round(6 * unit)),
            dot=max(3, round(4 * unit)),
            ring=max(7, round(10 * unit)),
            badge=max(7, round(10 * unit)),
        )


@dataclass(frozen=True, slots=True)
class _Figure:
    """A person and the picture that they are drawn on.

    Attributes:
        person: In its pixels.
        size: Of the picture.
        pen: What to draw with.
        chosen: The joint to highlight.
        points: The joints that are seen.
    """

    person: Skeleton
    size: Size
    pen: _Pen
    chosen: Joint | None
    points: Mapping[Joint, Keypoint]

    def colour(self, joint: Joint) -> Colour:
        return CHOSEN_COLOUR if joint == self.chosen else _JOINT_COLOURS[joint]

    def has_inside(self, point: Keypoint) -> bool:
        return 0 <= point.x < self.size.width and 0 <= point.y < self.size.height

    def has_arrow(self, joint: Joint) -> bool:
        """Whether a joint that lies outside is the first of its limb that does."""
        inner = self.points.get(_INNER_NEIGHBOUR.get(joint, joint))
        return inner is None or self.has_inside(inner)

    def border(self, point: Keypoint) -> tuple[float, float]:
        """Return where inside the border an arrow to a joint stands."""
        edge = 2 * self.pen.dot
        return (
            min(max(point.x, edge), self.size.width - 1 - edge),
            min(max(point.y, edge), self.size.height - 1 - edge),
        )


def marks_of(person: Skeleton, size: Size, *, chosen: Joint | None = None) -> tuple[Mark, ...]:
    """List what is drawn of the person who is edited, undermost first."""
    figure = _Figure(person, size, _Pen.on(size), chosen, person.visible())
    numbers = badge_marks(_badges(figure), _room(figure), (size.width, size.height))
    return (*_limbs(figure), *_joints(figure), *numbers)


def bare_marks_of(person: Skeleton, size: Size) -> tuple[Mark, ...]:
    """List what is drawn of anybody else: no numbers, and all joints of one size."""
    pen = _Pen.on(size)
    figure = _Figure(person, size, replace(pen, handle=pen.dot), None, person.visible())
    return (*_limbs(figure), *_joints(figure))


@lru_cache(maxsize=3)
def _order(front: Joint | None) -> tuple[list[int], list[Joint]]:
    """Order limbs, by number, and joints: the leg in front lies over the other, numbers on top."""
    leg = {joint for leg in LEGS if leg.hip == front for joint in leg.joints}
    limbs = sorted(range(len(_LIMBS)), key=lambda number: leg.issuperset(_LIMBS[number]))
    return limbs, sorted(Joint, key=lambda joint: (joint in leg, joint in NUMBERED))


def _limbs(figure: _Figure) -> Iterator[Mark]:
    points, width = figure.points, figure.pen.line
    for number in _order(figure.person.front)[0]:
        start, end = _LIMBS[number]
        if start in points and end in points:
            parts = _parts(points[start], points[end], width)
            dark = [Line(c, d, DARK, 2 * width + 1) for c, d in parts]
            bright = [Line(c, d, _LIMB_COLOURS[number], width) for c, d in parts]
            yield Mark(("limb", number), (*dark, *bright))


def _parts(a: Keypoint, b: Keypoint, width: int) -> list[tuple[Spot, Spot]]:
    """Cut a limb into dashes if it is a guess."""
    if not _is_unsure(a) and not _is_unsure(b):
        return [(_spot(a.x, a.y), _spot(b.x, b.y))]
    count = min(200, max(1, round(a.distance(b) / (7 * width))))
    dx, dy = (b.x - a.x) / count, (b.y - a.y) / count
    return [
        (_spot(a.x + n * dx, a.y + n * dy), _spot(a.x + (n + 0.5) * dx, a.y + (n + 0.5) * dy))
        for n in range(count)
    ]


def _joints(figure: _Figure) -> Iterator[Mark]:
    for joint in _order(figure.person.front)[1]:
        point = figure.points.get(joint)
        if point is None:
            continue
        if figure.has_inside(point):
            yield Mark(("joint", joint), _handle(joint, point, figure))
        elif figure.has_arrow(joint):
            yield Mark(("joint", joint), _arrow(joint, point, figure))


def _handle(joint: Joint, point: Keypoint, figure: _Figure) -> tuple[Stroke, ...]:
    pen, colour, spot = figure.pen, figure.colour(joint), _spot(point.x, point.y)
    radius = pen.handle if joint in NUMBERED else pen.dot
    rim = pen.line if _is_unsure(point) else None
    handle = (Disc(spot, radius + pen.line, DARK), *dot(spot, radius, colour, rim=rim))
    if joint != figure.chosen:
        return handle
    ring = (Disc(spot, pen.ring + pen.line, DARK), *dot(spot, pen.ring, colour, rim=pen.line))
    return (*ring, *handle)


def _arrow(joint: Joint, point: Keypoint, figure: _Figure) -> tuple[Stroke, ...]:
    """Point from the border towards a joint that lies outside."""
    x, y = figure.border(point)
    angle, length = atan2(point.y - y, point.x - x), figure.pen.dot
    corners = tuple(
        _spot(x + length * share * cos(angle + turn), y + length * share * sin(angle + turn))
        for turn, share in ((0, 1.8), (2.4, 1.6), (-2.4, 1.6))
    )
    return (
        Shape(corners, DARK, 2 * figure.pen.line + 1),
        Shape(corners, figure.colour(joint), FILLED),
    )


def _badges(figure: _Figure) -> list[Badge]:
    """Number each leg joint that is seen, or the arrow that stands for it; the chosen one first."""
    seen = {joint: figure.points[joint] for joint in NUMBERED if joint in figure.points}
    anchors = {
        joint: (point.x, point.y) if figure.has_inside(point) else figure.border(point)
        for joint, point in seen.items()
        if figure.has_inside(point) or figure.has_arrow(joint)
    }
    return [
        Badge(
            text=str(number_of(joint)),
            anchor=anchors[joint],
            colour=figure.colour(joint),
            hollow=_is_unsure(seen[joint]),
            apart=anchors.get(joint.mirrored),
        )
        for joint in sorted(anchors, key=lambda joint: (joint != figure.chosen, number_of(joint)))
    ]


def _room(figure: _Figure) -> Room:
    spots = {joint: _spot(point.x, point.y) for joint, point in figure.points.items()}
    return Room(
        radius=figure.pen.badge,
        handle=figure.pen.ring + figure.pen.line,
        line=figure.pen.line,
        handles=list(spots.values()),
        limbs=[(spots[a], spots[b]) for a, b in _LIMBS if a in spots and b in spots],
    )


def _is_unsure(point: Keypoint) -> bool:
    return point.guessed or point.score < UNSURE


def _spot(x: float, y: float) -> Spot:
    return round(min(max(x, -_FAR), _FAR)), round(min(max(y, -_FAR), _FAR))
