"""Words as the networks take them: of the whole picture, and of windows in which nobody is."""

from collections.abc import Iterator

from pipeline.geometry import Box
from pipeline.gpu.models import Models
from pipeline.gpu.predict import Words
from pipeline.skeleton import BODY_LIMBS, FOOT_LIMBS, Skeleton
from pipeline.windows import Layout
from pipeline.wording import prompt_of

CLOTHED = 0.15  # of the torso: how far flesh and clothes reach beyond a limb


def encode_caption(models: Models, caption: str) -> Words:
    """Encode a caption with the profile's own words, and the negative prompt."""
    profile = models.profile
    prompt = prompt_of(caption, suffix=profile.suffix)
    return Words(prompt=models.encoded_text(prompt), negative=models.encoded_text(profile.negative))


def encode_scenery(models: Models) -> Words:
    """Encode what windows show in which nobody is."""
    profile = models.profile
    return Words(
        prompt=models.encoded_text(profile.scenery),
        negative=models.encoded_text(profile.no_scenery),
    )


def empty_windows(layout: Layout, people: tuple[Skeleton, ...]) -> frozenset[Box]:
    """Return the windows of a layout in which nobody is.

    A network that is told of a person paints one, wherever it looks: of several windows, those
    beside the person must not be told. Where nobody is known to be anywhere, all are told.

    Args:
        layout: One pass.
        people: Everybody, canvas pixels.
    """
    if not people or len(layout.windows) == 1:
        return frozenset()
    reached = [box for person in people for box in _reach(person)]
    return frozenset(
        window
        for window in layout.windows
        if all(box.within(layout.on_canvas(window)).is_empty for box in reached)
    )


def _reach(person: Skeleton) -> Iterator[Box]:
    """Return the boxes of all limbs, with room for what is worn."""
    room = round(CLOTHED * (person.torso or 0.0))
    points = person.visible(person.keypoints)
    for one, other in (*BODY_LIMBS, *FOOT_LIMBS):
        if one in points and other in points:
            (x, y), (u, v) = ((points[joint].x, points[joint].y) for joint in (one, other))
            left, top = int(min(x, u)), int(min(y, v))
            yield Box.from_edges(left, top, int(max(x, u)) + 1, int(max(y, v)) + 1).grown(room)
