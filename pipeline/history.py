"""Undo and redo, as a value."""

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from pipeline.errors import EditError

T = TypeVar("T")
LONGEST = 50  # steps back; older ones are forgotten


@dataclass(frozen=True, slots=True)
class History(Generic[T]):
    """What was edited, with everything that it was before and that was undone.

    Attributes:
        present: The value as it is now, such as everybody's skeletons.
        past: What it was before, oldest first.
        future: What was undone, the next to redo first.
    """

    present: T
    past: tuple[T, ...] = ()
    future: tuple[T, ...] = ()

    def recorded(self, value: T) -> "History[T]":
        """Go on to a new value, which ends what could be redone; the same value changes nothing."""
        if value == self.present:
            return self
        return History(value, (*self.past, self.present)[-LONGEST:])

    def undone(self) -> "History[T]":
        """Go back one step.

        Raises:
            EditError: This is where it began.
        """
        if not self.past:
            raise EditError("There is nothing to undo.")
        *past, present = self.past
        return replace(self, present=present, past=tuple(past), future=(self.present, *self.future))

    def redone(self) -> "History[T]":
        """Take one undone step again.

        Raises:
            EditError: Nothing was undone.
        """
        if not self.future:
            raise EditError("There is nothing to redo.")
        present, *future = self.future
        return replace(self, present=present, past=(*self.past, self.present), future=tuple(future))
