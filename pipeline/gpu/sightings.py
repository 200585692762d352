"""What several looks at the same people say together: who is who, who is a ghost, whom to believe.

Detectors err to one side: of a body that the photo cuts they imagine a small one on its chest or
its arms, hardly ever one that is too large.
"""

from collections.abc import Sequence
from dataclasses import replace

from pipeline import anatomy
from pipeline.geometry import Size
from pipeline.skeleton import BODY_JOINTS, LEGS, Joint, Keypoint, Skeleton

SEEN = 0.5  # below this product of visibility and presence a landmark is imagined
SURE = 0.9  # above it, it is as good as certain
LEAST_SEEN = 6  # fewer joints than this are a cat, or a pattern in the wallpaper
SAME_PERSON = 0.06  # as a share of stature: two heads, or pairs of legs, cannot be nearer
LEAST_TRUNK = 0.12  # of a leg: somebody among others with less is a ghost on another's legs
SHARED = 4  # of hips, knees and ankles: so many are not shared by two people
SHRUNK = 0.85  # of the second tallest look's stature: what is smaller saw less than the body

_HEAD_AND_SHOULDERS = (Joint.NOSE, Joint.RIGHT_SHOULDER, Joint.LEFT_SHOULDER)
_TRUNK = (Joint.NECK, Joint.RIGHT_HIP, Joint.LEFT_HIP)


def marked(person: Skeleton, size: Size) -> Skeleton:
    """Mark what was not seen as guessed."""
    return Skeleton(
        {
            joint: replace(point, guessed=point.score < SEEN or not _is_inside(point, size))
            for joint, point in person.keypoints.items()
        }
    )


def is_somebody(person: Skeleton) -> bool:
    """Tell whether enough of a marked person was seen."""
    seen = [joint for joint in BODY_JOINTS if not person.keypoints[joint].guessed]
    return len(seen) >= LEAST_SEEN


def makes_sense(person: Skeleton, size: Size) -> bool:
    """Tell whether a look may be right: feet that are in the photo must be sure, legs hang on.

    At a cut MediaPipe sometimes tears legs apart, folds them into the hands, or fits a small body
    into a large one's shirt; another look helps. Of feet behind a table no look makes sense.
    """
    ankles = (person.keypoints[leg.ankle] for leg in LEGS)
    if any(ankle.score < SURE and _is_inside(ankle, size) for ankle in ankles):
        return False
    told = marked(person, size)
    return is_somebody(told) and anatomy.has_sound_guesses(told)


def has_sure_head(person: Skeleton) -> bool:
    return all(person.keypoints[joint].score > SURE for joint in _HEAD_AND_SHOULDERS)


def has_sure_feet(person: Skeleton) -> bool:
    return all(person.keypoints[leg.ankle].score > SURE for leg in LEGS)


def agreed(looks: Sequence[Skeleton], size: Size) -> Skeleton:
    """Choose among looks at one person the one that says the middle of where the legs end.

    Looks that make no sense, or that shrink the body, count only when there are no others. Of two
    in the middle the larger one is right more often.
    """
    sensible = [look for look in looks if makes_sense(look, size)]
    sound = sensible or [look for look in looks if anatomy.has_sound_guesses(marked(look, size))]
    told = [(anatomy.stature(marked(look, size)), look) for look in sound or looks]
    tall, *_ = sorted(stature for stature, _ in told)[-2:]
    whole = [look for stature, look in told if stature >= SHRUNK * tall]
    return sorted(whole, key=lambda look: _reach(look, size))[len(whole) // 2]


def _reach(look: Skeleton, size: Size) -> float:
    """Return how far from the neck standing legs would end, in pixels."""
    points = anatomy.complete(anatomy.with_small_toes(marked(look, size))).keypoints
    ends = (points[joint] for leg in LEGS for joint in leg.joints if joint in points)
    return max((points[Joint.NECK].distance(end) for end in ends), default=0.0)


def distinct(people: Sequence[Skeleton]) -> list[Skeleton]:
    """Drop ghosts and whoever was found twice; of two, the surer one stays."""
    whole = [person for person in people if not _lacks_trunk(person)] or people
    surest = sorted(whole, key=_certainty, reverse=True)
    return [
        person
        for index, person in enumerate(surest)
        if not any(_same_person(person, other) for other in surest[:index])
    ]


def apart(people: Sequence[Skeleton], bodies: Sequence[Skeleton]) -> list[Skeleton]:
    """Drop people whose trunk begins or ends on one of the bodies."""
    return [person for person in people if not any(_lies_on(person, body) for body in bodies)]


def same_of(people: Sequence[Skeleton], person: Skeleton) -> Skeleton | None:
    """Find somebody again; a look that shrinks a body shrinks its head little."""

    def is_same(other: Skeleton) -> bool:
        within = SAME_PERSON * max(anatomy.stature(person), anatomy.stature(other))
        return (
            _head_distance(person, other) < within or _shared_legs(person, other, within) >= SHARED
        )

    same = [other for other in people if is_same(other)]
    return min(same, key=lambda other: _head_distance(other, person), default=None)


def _is_inside(point: Keypoint, size: Size) -> bool:
    return 0 <= point.x < size.width and 0 <= point.y < size.height


def _certainty(person: Skeleton) -> float:
    return sum(point.score for point in person.keypoints.values())


def _same_person(one: Skeleton, other: Skeleton) -> bool:
    smaller, larger = sorted((anatomy.stature(one), anatomy.stature(other)))
    return (
        _head_distance(one, other) < SAME_PERSON * smaller
        or _shared_legs(one, other, SAME_PERSON * larger) >= SHARED
    )


def _lies_on(person: Skeleton, body: Skeleton) -> bool:
    xs = [point.x for point in body.keypoints.values()]
    ys = [point.y for point in body.keypoints.values()]
    ends = [person.keypoints[joint] for joint in _TRUNK]
    return any(min(xs) <= p.x <= max(xs) and min(ys) <= p.y <= max(ys) for p in ends)


def _lacks_trunk(person: Skeleton) -> bool:
    points = person.keypoints
    legs = [
        points[leg.hip].distance(points[leg.ankle])
        for leg in LEGS
        if leg.hip in points and leg.ankle in points
    ]
    return (person.torso or 0) < LEAST_TRUNK * max(legs, default=0)


def _shared_legs(one: Skeleton, other: Skeleton, within: float) -> int:
    """Count hips, knees and ankles that lie in one place: ghosts have a trunk on another's legs."""
    joints = [joint for leg in LEGS for joint in leg.joints[:3] if joint in one and joint in other]
    return sum(one.keypoints[j].distance(other.keypoints[j]) < within for j in joints)


def _head_distance(one: Skeleton, other: Skeleton) -> float:
    """Pixels between two noses or necks, whichever is less: doubtful trunks move the neck."""
    return min(one.keypoints[j].distance(other.keypoints[j]) for j in (Joint.NOSE, Joint.NECK))
