"""What the bot asks of a platform, and how a platform says that it cannot."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Protocol

from bot.commands import CommandError
from bot.grammar import read_token
from bot.incoming import Incoming, Place, Remote


class PlatformError(Exception):
    """A platform did not do what it was asked for."""


class SlowDown(PlatformError):
    """Too many calls: nothing to this chat before `seconds` are over."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"wait {seconds:g} s")
        self.seconds = seconds


class Unreachable(PlatformError):
    """Time-out, cut connection, or an error of the server: the call may or may not have counted."""


class ChatGone(PlatformError):
    """Blocked, kicked out, or there is no such chat: nothing more can be sent to it."""


class ChatMoved(PlatformError):
    """The chat has another id now."""

    def __init__(self, chat: str) -> None:
        super().__init__(f"moved to {chat}")
        self.chat = chat


class MessageGone(PlatformError):
    """The message to edit is not there any more, or is too old to be edited."""


class Rejected(PlatformError):
    """The platform refuses this content for good."""


class FileTooLarge(PlatformError):
    """The file is larger than the platform lets a bot fetch or send."""


class Action(StrEnum):
    """What a chat shows that the bot is doing."""

    TYPING = "typing"
    UPLOADING = "uploading"


@dataclass(frozen=True, slots=True)
class Label:
    """A button.

    Attributes:
        text: What it says.
        token: What it carries.
        editor: Whether it opens the skeleton editor; a platform that can opens it at once, and one
            that cannot leaves the button out.
    """

    text: str
    token: str
    editor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message in words.

    Attributes:
        text: Plain text; no markup.
        rows: Its buttons.
        picture: JPEG or PNG bytes above the text.
    """

    text: str
    rows: tuple[tuple[Label, ...], ...] = ()
    picture: bytes | None = None

    @property
    def session(self) -> str | None:
        """The conversation that its buttons belong to, if it has any."""
        for label in chain.from_iterable(self.rows):
            with suppress(CommandError):
                return read_token(label.token).session
        return None


class Handled(Protocol):
    """What became of something that came in."""

    @property
    def answer(self) -> str | None:
        """What the answer to a press says."""
        ...

    @property
    def link(self) -> str | None:
        """An address that answers a press, for whoever pressed alone."""
        ...


Handle = Callable[[Incoming], Awaitable[Handled]]
"""Takes one thing in; a `StorageError` says that it could not be kept."""


class Platform(Protocol):
    """One chat platform. Every call may raise `SlowDown`, `Unreachable` or `ChatGone`."""

    @property
    def name(self) -> str: ...

    async def fetch(self, remote: Remote) -> bytes:
        """Download a file that somebody sent.

        Raises:
            FileTooLarge: It is larger than a bot may fetch.
            Rejected: It is not to be had any more.
        """
        ...

    async def post(self, place: Place, shown: Shown, *, reply_to: str | None = None) -> str:
        """Send a message and return its id.

        Raises:
            Rejected: The platform refuses it for good.
            ChatMoved: The chat has another id.
        """
        ...

    async def edit(self, place: Place, message: str, shown: Shown) -> None:
        """Change a message; the same content is no error.

        One without a picture may get one; without a picture in `shown` it keeps what it has.

        Raises:
            MessageGone: There is nothing to edit.
            Rejected: The platform refuses it for good.
        """
        ...

    async def strip(self, place: Place, message: str) -> None:
        """Take the buttons off a message; it is no error if it is gone."""
        ...

    async def send_file(
        self, place: Place, content: bytes, name: str, *, caption: str | None = None
    ) -> str:
        """Send a file, byte for byte, and return the message's id.

        Raises:
            FileTooLarge: It is larger than a bot may send.
        """
        ...

    async def answer(self, press: str, text: str | None) -> None:
        """Answer a press; too late is no error."""
        ...

    async def act(self, place: Place, action: Action) -> None:
        """Show for a few seconds what the bot is doing."""
        ...
