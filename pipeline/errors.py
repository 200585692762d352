"""Errors whose sentence a person may read: what happened, and what to do next."""


class StudioError(Exception):
    """Something the person can act on. `str(error)` is shown as it stands.

    Takes exactly one positional sentence, so that it survives being rebuilt on another machine.
    """


class PhotoError(StudioError):
    """The photo cannot be used: not an image, too small, too large, damaged."""


class PlanError(StudioError):
    """No sensible frame can be planned: no person, or the legs would need too much room."""


class EditError(StudioError):
    """The skeleton cannot be changed in the way that was asked for."""


class WishError(StudioError):
    """What was asked for contradicts itself."""


class ModelError(StudioError):
    """The weights asked for are missing, damaged, or do not fit together."""
