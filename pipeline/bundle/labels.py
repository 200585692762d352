"""What each pixel of a rendered scene shows."""

from enum import IntEnum


class Label(IntEnum):
    """The classes of a scene's label map; the numbers are stored in the shards."""

    BACKGROUND = 0
    SKIN = 1
    HAIR = 2
    TOP = 3
    TROUSERS = 4
    BARE_LEG = 5
    SHOE = 6
    SOLE = 7
    SKIRT = 8
    PROP = 9


# From the hips down: what the painter has to learn. Bare feet are BARE_LEG.
LEG_LABELS = (Label.TROUSERS, Label.BARE_LEG, Label.SHOE, Label.SOLE, Label.SKIRT)
PERSON_LABELS = tuple(label for label in Label if label not in (Label.BACKGROUND, Label.PROP))
