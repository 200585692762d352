"""What Telegram keeps: people, chats, files, and messages with all that they ever showed."""

from dataclasses import dataclass, field
from typing import Any

from tests.telegram.bell import Bell
from tests.telegram.rules import Json, Keyboard


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person or a bot."""

    id: int
    name: str
    username: str | None = None
    language: str | None = None
    is_bot: bool = False

    def wire(self) -> Json:
        told = {
            "id": self.id,
            "is_bot": self.is_bot,
            "first_name": self.name,
            "username": self.username,
            "language_code": self.language,
        }
        return present(told)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file; a photo is several of them.

    Attributes:
        id: By which it is fetched or sent again.
        path: Under which it is downloaded.
        content: Its bytes.
        name: As its sender called it.
        mime: What its sender took it for.
        size: Width and height of a photo, in pixels.
    """

    id: str
    path: str
    content: bytes = field(repr=False)
    name: str | None = None
    mime: str | None = None
    size: tuple[int, int] | None = None

    def wire(self) -> Json:
        told: Json = {
            "file_id": self.id,
            "file_unique_id": f"u{self.id}",
            "file_size": len(self.content),
            "file_name": self.name,
            "mime_type": self.mime,
        }
        if self.size is not None:
            told["width"], told["height"] = self.size
        return present(told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a message shows at one time.

    Attributes:
        text: Its text or caption.
        entities: What of it is formatted.
        photo: The sizes of its photo, the largest last.
        file: Its document.
        keyboard: Its buttons.
        other: A sticker, video, place ..., as Telegram writes it.
    """

    text: str = ""
    entities: tuple[Json, ...] = ()
    photo: tuple[File, ...] = ()
    file: File | None = None
    keyboard: Keyboard = ()
    other: Json = field(default_factory=dict[str, Any])

    @property
    def picture(self) -> bytes | None:
        """The photo as a person sees it: Telegram's JPEG."""
        return self.photo[-1].content if self.photo else None

    @property
    def has_media(self) -> bool:
        return bool(self.photo or self.file or self.other)

    @property
    def labels(self) -> list[list[str]]:
        return [[button["text"] for button in row] for row in self.keyboard]

    def wire(self) -> Json:
        words, entities = (
            ("caption", "caption_entities") if self.has_media else ("text", "entities")
        )
        told: Json = {
            words: self.text or None,
            entities: list(self.entities) or None,
            "photo": [file.wire() for file in self.photo] or None,
            "document": self.file and self.file.wire(),
            "reply_markup": {"inline_keyboard": self.keyboard} if self.keyboard else None,
        }
        return present(told | self.other)


@dataclass(slots=True, kw_only=True, eq=False)
class Chat:
    """A private chat, group or channel.

    Attributes:
        privacy: Whether the bot sees only what is meant for it.
        topics: Names of a forum's topics, by thread id.
        is_open: False once the bot was blocked or kicked; None before the person's first word.
        moved_to: Its id after it was made a supergroup.
        shows: What the bot said to be doing, such as `typing`.
        bell: Rung when something in it changes.
    """

    id: int
    kind: str
    title: str
    privacy: bool = True
    topics: dict[int, str] = field(default_factory=dict[int, str])
    is_open: bool | None = True
    moved_to: int | None = None
    messages: "dict[int, Message]" = field(default_factory=dict[int, "Message"])
    shows: list[str] = field(default_factory=list[str])
    bell: Bell = field(default_factory=Bell)

    @property
    def is_private(self) -> bool:
        return self.kind == "private"

    def wire(self) -> Json:
        name = "first_name" if self.is_private else "title"
        return present(
            {"id": self.id, "type": self.kind, name: self.title, "is_forum": bool(self.topics)}
        )


@dataclass(slots=True, kw_only=True, eq=False)
class Message:
    """One message.

    Attributes:
        looks: All that it ever showed, and how it looks now at the end.
        extra: Where it was forwarded from, which album it is of, what service it tells of.
        edited: When it was last edited.
    """

    id: int
    chat: Chat
    sender: User
    date: int
    looks: list[Look]
    thread: int | None = None
    reply_to: "Message | None" = None
    extra: Json = field(default_factory=dict[str, Any])
    edited: int | None = None
    is_deleted: bool = False

    @property
    def now(self) -> Look:
        return self.looks[-1]

    @property
    def text(self) -> str:
        return self.now.text

    @property
    def picture(self) -> bytes | None:
        return self.now.picture

    @property
    def labels(self) -> list[list[str]]:
        return self.now.labels

    @property
    def pictures(self) -> list[bytes]:
        """All pictures that it ever showed, each once for as long as it stayed."""
        shown = [look.picture for look in self.looks if look.picture is not None]
        return [one for one, before in zip(shown, [None, *shown], strict=False) if one != before]

    def wire(self, *, with_reply: bool = True) -> Json:
        replied = self.reply_to if with_reply else None
        told: Json = {
            "message_id": self.id,
            "date": self.date,
            "chat": self.chat.wire(),
            "from": None if self.chat.kind == "channel" else self.sender.wire(),
            "message_thread_id": self.thread,
            "is_topic_message": self.thread is not None or None,
            "reply_to_message": replied and replied.wire(with_reply=False),
            "edit_date": self.edited,
        }
        return present(told | self.now.wire() | self.extra)


@dataclass(slots=True, kw_only=True, eq=False)
class Press:
    """A tap on a button.

    Attributes:
        answers: What the bot answered, None for nothing to say; at most one is let through.
        answered_in: Seconds until then.
    """

    id: str
    message: Message
    carried: str
    at: float
    answers: list[str | None] = field(default_factory=list[str | None])
    answered_in: float | None = None


def present(told: Json) -> Json:
    """Leave out what is not there, as Telegram does."""
    return {name: value for name, value in told.items() if value is not None}
