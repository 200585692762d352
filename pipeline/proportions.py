"""How tall somebody is, from whatever of the body was seen, and the proportions that say so.

Source: R. Drillis and R. Contini, Body Segment Parameters, 1966, as D. A. Winter prints it,
Biomechanics and Motor Control of Human Movement, 4th ed. 2009, fig. 4.1: segment lengths as shares
of stature; adjusted to what detectors mark, see below.
"""

from pipeline import planar
from pipeline.planar import Points
from pipeline.skeleton import LEGS, Joint, Skeleton

# Shares of stature. Detectors mark joints in other places than anatomists do, and a camera at chest
# height sees shanks at a slant; so these are medians of what MediaPipe marks on rendered people who
# stand before a camera 2.5 to 5 m away (300 drawn). Behind each: what the tables have.
TORSO = 0.286  # shoulder to hip: 0.288
THIGH = 0.228  # 0.245
SHANK = 0.21  # 0.246
UPPER_ARM = 0.151  # 0.186
FOREARM = 0.136  # 0.146
SHOULDERS = 0.184  # the joints' centres; over the bones' ends 0.259
HIPS = 0.108  # 0.191
NOSE = 0.123  # from the middle of the shoulders
EARS = 0.13  # from there to the middle of the ears
LOOK_DOWN = 0.25  # sine of the angle at which a camera held at chest height sees the floor
CLOSE_UP = 1.07  # of a body cut above the hips, detectors that guess those mark the rest too small

# Bones that share a joint are wrong together, so each group has one word in the stature.
_BONES = (
    ((Joint.RIGHT_SHOULDER, Joint.LEFT_SHOULDER, SHOULDERS),),
    (
        (Joint.RIGHT_SHOULDER, Joint.RIGHT_ELBOW, UPPER_ARM),
        (Joint.RIGHT_ELBOW, Joint.RIGHT_WRIST, FOREARM),
    ),
    (
        (Joint.LEFT_SHOULDER, Joint.LEFT_ELBOW, UPPER_ARM),
        (Joint.LEFT_ELBOW, Joint.LEFT_WRIST, FOREARM),
    ),
    ((Joint.RIGHT_HIP, Joint.RIGHT_KNEE, THIGH), (Joint.RIGHT_KNEE, Joint.RIGHT_ANKLE, SHANK)),
    ((Joint.LEFT_HIP, Joint.LEFT_KNEE, THIGH), (Joint.LEFT_KNEE, Joint.LEFT_ANKLE, SHANK)),
)


def stature(skeleton: Skeleton) -> float:
    """Estimate standing height in pixels: from what was seen, or else from guesses.

    Turning and leaning shorten a measure, so long ones are right; the second longest counts (of
    three or more), as the longest may be an arm that reaches for the camera, or an error. Returns 0
    when nothing is known.
    """
    points = skeleton.keypoints
    seen = {joint: point for joint, point in points.items() if not point.guessed}
    close_up = all(leg.hip in points and points[leg.hip].guessed for leg in LEGS)
    return (_stature(seen) or _stature(points)) * (CLOSE_UP if close_up else 1.0)


def _stature(points: Points) -> float:
    statures = [
        max(planar.length(points, start, end) / share for start, end, share in bones)
        for bones in _BONES
    ]
    neck = planar.first(
        planar.between(points, Joint.RIGHT_SHOULDER, Joint.LEFT_SHOULDER),
        planar.at(points, Joint.NECK),
    )
    if neck is not None:
        hips = planar.between(points, Joint.RIGHT_HIP, Joint.LEFT_HIP)
        nose, ears = (
            planar.at(points, Joint.NOSE),
            planar.between(points, Joint.RIGHT_EAR, Joint.LEFT_EAR),
        )
        statures.append(abs(hips - neck) / TORSO if hips is not None else 0.0)
        statures.append(
            max(
                abs(nose - neck) / NOSE if nose is not None else 0.0,
                abs(ears - neck) / EARS if ears is not None else 0.0,
            )
        )
    longest, second, third = sorted(statures, reverse=True)[:3]
    return second if third else longest
