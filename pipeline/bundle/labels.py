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


GARMENT_LABELS = (Label.TROUSERS, Label.BARE_LEG, Label.SKIRT)  # bare feet are BARE_LEG
SHOE_LABELS = (Label.SHOE, Label.SOLE)
LEG_LABELS = (*GARMENT_LABELS, *SHOE_LABELS)  # from the hips down: what the painter has to learn
PERSON_LABELS = tuple(label for label in Label if label not in (Label.BACKGROUND, Label.PROP))
