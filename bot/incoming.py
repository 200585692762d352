"""What comes in from a platform, as values: who, where, and what was sent, typed or pressed."""

from dataclasses import dataclass
from pathlib import PurePath

from bot.events import Strange

IMAGES = frozenset(
    {".avif", ".bmp", ".gif", ".heic", ".heif", ".jfif", ".jpeg", ".jpg", ".jxl", ".png"}
    | {".tif", ".tiff", ".webp"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a conversation is held.

    Attributes:
        platform: `telegram`, `discord` or `web`.
        chat: The platform's id of the chat.
        thread: Of its topic or thread, if it has some.
        is_group: Whether others are there too.
    """

    platform: str
    chat: str
    thread: str | None = None
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent it: the platform's id, and the language that the platform shows to that person."""

    id: str
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """A file that lies with the platform.

    Attributes:
        file: How the platform fetches it.
        size: Bytes, where that is known beforehand.
        name: As the sender's machine called it.
    """

    file: str
    size: int | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo, sent as photo or as file."""

    remote: Remote
    caption: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A typed line."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PressedButton:
    """A pressed button.

    Attributes:
        press: The platform's id of this press, by which it is answered.
        carried: What the button carries.
        message: The message that it is under.
    """

    press: str
    carried: str
    message: str


@dataclass(frozen=True, slots=True)
class Odd:
    """Something that cannot be used."""

    what: Strange


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One update of a platform.

    Attributes:
        source: Unique for ever: the same update that comes again has the same one.
        place: Where it came from.
        sender: Whose it is.
        what: What it is.
        message: The platform's id of the message, if it is one.
        reply_to: The message that it replies to.
        addressed: Whether it is meant for the bot: in private always; in groups a command, a reply
            or a mention.
    """

    source: str
    place: Place
    sender: Sender
    what: Photo | Said | PressedButton | Odd
    message: str | None = None
    reply_to: str | None = None
    addressed: bool = True


def is_image(mime: str, name: str) -> bool:
    """Whether a file can be a photo, as far as its sender's machine tells."""
    return mime.startswith("image/") or PurePath(name).suffix.lower() in IMAGES


def storable(text: str) -> str:
    """Drop what a database does not take: zero bytes and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()
