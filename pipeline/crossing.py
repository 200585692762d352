"""Which of two legs that cross lies in front, and from which limb on that matters."""

from collections.abc import Iterator
from dataclasses import replace

from pipeline.planar import at
from pipeline.skeleton import LEGS, Joint, Leg, Skeleton

MEETS = 0.1  # of the torso: limbs whose middle lines come this near cover each other


def front_leg(skeleton: Skeleton) -> Leg | None:
    """Return the leg that the person named as the one in front."""
    return next((leg for leg in LEGS if leg.hip == skeleton.front), None)


def covering(skeleton: Skeleton) -> tuple[Joint, ...]:
    """List the joints of the part of the front leg that may cover the other leg.

    It begins where the first limb that crosses the other leg begins, and goes on to the toes; a
    foot begins at its ankle.

    Returns:
        Nothing when no front leg was named, or the legs do not cross.
    """
    front = front_leg(skeleton)
    if front is None:
        return ()
    other = next(leg for leg in LEGS if leg is not front)
    near = MEETS * (skeleton.torso or 0.0)
    behind = [line for _, line in _lines(skeleton, other)]
    for start, line in _lines(skeleton, front):
        if any(_gap(line, other_line) <= near for other_line in behind):
            return front.joints[front.joints.index(start) :]
    return ()


def uncovered(skeleton: Skeleton) -> Skeleton:
    """Hide what of the front leg may cover the other one: how the picture is before it is painted.

    The joint at which that part begins stays: it ends the limb above it.
    """
    return replace(skeleton, hidden=skeleton.hidden | frozenset(covering(skeleton)[1:]))


def only_covering(skeleton: Skeleton) -> Skeleton:
    """Hide all of both legs but what of the front one may cover the other."""
    legs = {joint for leg in LEGS for joint in leg.joints}
    return replace(skeleton, hidden=skeleton.hidden | legs.difference(covering(skeleton)))


_Line = tuple[complex, complex]


def _lines(skeleton: Skeleton, leg: Leg) -> Iterator[tuple[Joint, _Line]]:
    """List a leg's limbs from the hip down, each with the joint at which it begins."""
    points = skeleton.visible(leg.joints)
    limbs = ((leg.hip, leg.knee), (leg.knee, leg.ankle))
    for start, end in (*limbs, *((leg.ankle, joint) for joint in leg.foot)):
        a, b = at(points, start), at(points, end)
        if a is not None and b is not None:
            yield start, (a, b)


def _gap(one: _Line, other: _Line) -> float:
    """Measure how near two stretches of line come to each other; 0 where they meet."""
    if _parts(one, other) and _parts(other, one):
        return 0.0
    ends = [(point, other) for point in one] + [(point, one) for point in other]
    return min(_distance(point, line) for point, line in ends)


def _parts(line: _Line, other: _Line) -> bool:
    """Tell whether the ends of `other` lie on both sides of a line."""
    return _side(line, other[0]) * _side(line, other[1]) < 0


def _side(line: _Line, point: complex) -> float:
    start, end = line
    return ((end - start).conjugate() * (point - start)).imag


def _distance(point: complex, line: _Line) -> float:
    start, end = line
    along = end - start
    if not along:
        return abs(point - start)
    share = ((point - start) * along.conjugate()).real / abs(along) ** 2
    return abs(point - (start + min(1.0, max(0.0, share)) * along))
