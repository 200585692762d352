"""A chat platform for tests: it keeps what people see, bears so many calls, and has bad days."""

import asyncio
import itertools
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field, replace
from typing import Protocol

from bot.incoming import Place, Remote
from bot.platform import (
    Action,
    ChatGone,
    ChatMoved,
    FileTooLarge,
    Label,
    MessageGone,
    PlatformError,
    Rejected,
    Shown,
    SlowDown,
    Unreachable,
)

LARGEST_FILE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What goes wrong with a call, before it is carried out or after; None never answers."""

    error: PlatformError | None
    after: bool = False

    async def strike(self) -> None:
        if self.error is not None:
            raise self.error
        await asyncio.Event().wait()


@dataclass(slots=True, kw_only=True)
class Message:
    """What people see of a message, and everything that it showed in turn."""

    id: str
    text: str
    rows: tuple[tuple[Label, ...], ...] = ()
    picture: bytes | None = None
    file: bytes | None = None
    name: str | None = None
    seen: list[tuple[float, Shown]] = field(default_factory=list[tuple[float, Shown]])

    @property
    def labels(self) -> list[str]:
        return [label.text for row in self.rows for label in row]

    @property
    def pictures(self) -> list[bytes]:
        """The pictures that it showed, each as often as it changed to it."""
        shown = [shown.picture for _, shown in self.seen if shown.picture is not None]
        return [picture for picture, _ in itertools.groupby(shown)]


@dataclass(slots=True)
class Chat:
    """One chat: its messages in order, and how it behaves.

    Attributes:
        messages: Oldest first.
        calls: When calls to it were carried out, with their kind.
        actions: What it was told that the bot is doing.
        uploads: How often a picture was sent.
        latency: Seconds that each call takes.
        gone: Whether the bot is blocked.
        moved: Where it is now.
        troubles: What goes wrong with the next calls of a kind.
    """

    messages: list[Message] = field(default_factory=list[Message])
    calls: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    actions: list[Action] = field(default_factory=list[Action])
    uploads: int = 0
    latency: float = 0.0
    gone: bool = False
    moved: str | None = None
    troubles: defaultdict[str, deque[Trouble]] = field(
        default_factory=lambda: defaultdict(deque[Trouble])
    )

    @property
    def files(self) -> list[Message]:
        return [message for message in self.messages if message.file is not None]

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages if message.file is None]

    def times(self, kind: str) -> list[float]:
        return [at for at, known in self.calls if known == kind]


class FakePlatform:
    """Carries calls out as Telegram would.

    Attributes:
        name: What it is called.
        chats: By their ids.
        refuses: A picture or text for which it says no, for good.
        limit: Calls to one chat within a second that it bears; None bears all.
        under_way: Calls that are being carried out; `most_at_once` of them were.
    """

    def __init__(self, name: str = "fake") -> None:
        self._name = name
        self.chats: defaultdict[str, Chat] = defaultdict(Chat)
        self.refuses: list[bytes | str] = []
        self.limit: int | None = None
        self.too_many = 0
        self.under_way = 0
        self.most_at_once = 0
        self._numbers = itertools.count(1)

    @property
    def name(self) -> str:
        return self._name

    async def fetch(self, remote: Remote) -> bytes:
        raise Rejected(f"nobody sent {remote.file}")

    async def post(self, place: Place, shown: Shown, *, reply_to: str | None = None) -> str:
        message = Message(id=str(next(self._numbers)), text="")

        def do(chat: Chat) -> str:
            chat.messages.append(message)
            _show(message, shown)
            return message.id

        self._refuse(shown)
        return await self._call(place, "post", do)

    async def edit(self, place: Place, message: str, shown: Shown) -> None:
        def do(chat: Chat) -> str:
            found = _find(chat, message)
            if found is None:
                raise MessageGone(message)
            chat.uploads += shown.picture is not None
            _show(found, replace(shown, picture=shown.picture or found.picture))
            return message

        self._refuse(shown)
        await self._call(place, "edit", do)

    async def strip(self, place: Place, message: str) -> None:
        def do(chat: Chat) -> str:
            found = _find(chat, message)
            if found is not None:
                found.rows = ()
            return message

        await self._call(place, "strip", do)

    async def send_file(
        self, place: Place, content: bytes, name: str, *, caption: str | None = None
    ) -> str:
        if len(content) > LARGEST_FILE:
            raise FileTooLarge(f"{len(content)} bytes")

        def do(chat: Chat) -> str:
            number = str(next(self._numbers))
            chat.messages.append(Message(id=number, text=caption or "", file=content, name=name))
            return number

        return await self._call(place, "file", do)

    async def answer(self, press: str, text: str | None) -> None:
        raise Rejected(f"nobody pressed {press}")

    async def act(self, place: Place, action: Action) -> None:
        chat = self._chat(place)
        chat.actions.append(action)

    async def _call(self, place: Place, kind: str, do: "Do") -> str:
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        try:
            chat = self._chat(place)
            await asyncio.sleep(chat.latency)
            trouble = chat.troubles[kind].popleft() if chat.troubles[kind] else None
            if trouble is not None and not trouble.after:
                await trouble.strike()
            self._count(chat, kind)
            done = do(chat)
            if trouble is not None:
                await trouble.strike()
            return done
        finally:
            self.under_way -= 1

    def _chat(self, place: Place) -> Chat:
        chat = self.chats[place.chat]
        if chat.gone:
            raise ChatGone(place.chat)
        if chat.moved is not None:
            raise ChatMoved(chat.moved)
        return chat

    def _count(self, chat: Chat, kind: str) -> None:
        now = time.monotonic()
        recent = [at for at, _ in chat.calls if at > now - 1]
        if self.limit is not None and len(recent) >= self.limit:
            self.too_many += 1
            raise SlowDown(1.0)
        chat.calls.append((now, kind))

    def _refuse(self, shown: Shown) -> None:
        if shown.picture in self.refuses or shown.text in self.refuses:
            raise Rejected("no")


class Do(Protocol):
    """What a call does to a chat."""

    def __call__(self, chat: Chat) -> str: ...


def lost(*, after: bool) -> Trouble:
    """An answer that does not come, the call being carried out or not."""
    return Trouble(error=Unreachable("no answer"), after=after)


def silent(*, after: bool) -> Trouble:
    """No answer at all, until the caller is killed."""
    return Trouble(error=None, after=after)


def failing(error: PlatformError) -> Trouble:
    return Trouble(error=error)


def _find(chat: Chat, message: str) -> Message | None:
    return next((known for known in chat.messages if known.id == message), None)


def _show(message: Message, shown: Shown) -> None:
    """Change a message; the same once more is no change."""
    if message.seen and message.seen[-1][1] == shown:
        return
    message.text, message.rows, message.picture = shown.text, shown.rows, shown.picture
    message.seen.append((time.monotonic(), shown))
