"""Who is told that there is something to do, once a transaction is kept."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(slots=True)
class After:
    """What is to be done once a transaction is kept.

    Attributes:
        chats: Who has something to be shown or sent.
        queued: Whether there is a new job.
        fetching: Whether there is a photo to fetch.
        stopped: Jobs that a worker may still have.
        dropped: Pictures that nobody needs any more.
    """

    chats: set[int] = field(default_factory=set[int])
    queued: bool = False
    fetching: bool = False
    stopped: list[int] = field(default_factory=list[int])
    dropped: set[str] = field(default_factory=set[str])


class Bells(Protocol):
    """Who is told that there is something to do, once it is kept."""

    def show(self, chat_id: int) -> None:
        """A chat has something to be shown or sent."""
        ...

    def paint(self) -> None:
        """There is a new job."""
        ...

    def fetch(self) -> None:
        """There is a photo to fetch."""
        ...

    def stop(self, job: int) -> None:
        """A worker may still have this job."""
        ...

    def drop(self, hashes: set[str]) -> None:
        """Nobody needs these pictures any more."""
        ...


def ring(bells: Bells, after: After) -> None:
    """Tell everybody what a transaction that is kept left to do."""
    for chat_id in after.chats:
        bells.show(chat_id)
    if after.queued:
        bells.paint()
    if after.fetching:
        bells.fetch()
    for job in after.stopped:
        bells.stop(job)
    if after.dropped:
        bells.drop(after.dropped)
