"""Jobs in the database: what waits, what runs where, and what became of it.

Every change of state is one UPDATE with its conditions in WHERE: either it changes one row, or what
it was for had come too late and nothing happens.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job that is under way.

    Attributes:
        id: Its own.
        session_id: The conversation that ordered it.
        number: The conversation's own number for it.
        user_id: Whose it is.
        kind: What it paints.
        dispatch: How often it was given away.
        starts: How often it was begun.
        order: What was ordered, as it was added.
    """

    id: int
    session_id: str
    number: int
    user_id: int
    kind: str
    dispatch: int
    starts: int
    order: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A job's place in the queue; 1 is next, and how many seconds until it is done, if known."""

    job: Job
    place: int
    seconds: float | None
