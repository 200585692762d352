"""Telegram itself, as far as one bot and the people around it can tell."""

import itertools
import time
from collections.abc import Sequence

from tests.faults import Faults
from tests.telegram.bell import Bell
from tests.telegram.limits import Limits
from tests.telegram.rules import ApiError, Json, bad
from tests.telegram.updates import Queue
from tests.telegram.values import Chat, File, Look, Message, Press, User, present
from tests.telegram.webhook import Webhook

# Larger than 32 bits can tell, as real ones are.
FIRST_USER, FIRST_CHANNEL = 5_000_000_001, 1_002_000_000_001

FILE_ID = "AgAC"  # how ids of files begin


class World:
    """Everything on Telegram's side."""

    def __init__(self, *, username: str = "toeframe_test_bot") -> None:
        self.token = "123456789:AAF-local_test_token_local_test_to0"
        self.bot = User(id=123456789, name="Toeframe", username=username, is_bot=True)
        self.url = ""
        self.bell = Bell()
        self.faults = Faults()
        self.limits = Limits(self.now)
        self.queue = Queue(self.now, self.bell)
        self.webhook = Webhook(self.queue, self.now)
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, File] = {}
        self.paths: dict[str, File] = {}
        self.links: dict[str, float] = {}
        self.presses: dict[str, Press] = {}
        self.menus: dict[tuple[str, str], list[Json]] = {}
        self.calls: list[str] = []
        self._skipped = 0.0
        self._users = itertools.count(FIRST_USER)
        self._channels = itertools.count(FIRST_CHANNEL)
        self._messages = itertools.count(101)
        self._files = itertools.count(1)

    def now(self) -> float:
        return time.time() + self._skipped

    def skip(self, seconds: float) -> None:
        """Let time pass at once."""
        self._skipped += seconds
        self.bell.ring()

    def new_user(self, name: str, language: str | None) -> User:
        user = User(id=next(self._users), name=name, username=name.lower(), language=language)
        self.chats[user.id] = Chat(id=user.id, kind="private", title=name, is_open=None)
        return user

    def new_chat(self, title: str, kind: str, *, privacy: bool, topics: Sequence[str]) -> Chat:
        chat = Chat(
            id=-next(self._channels),
            kind=kind,
            title=title,
            privacy=privacy,
            topics={self.new_number(): topic for topic in topics},
        )
        self.chats[chat.id] = chat
        return chat

    def new_number(self) -> int:
        return next(self._messages)

    def keep(
        self,
        content: bytes,
        folder: str,
        *,
        name: str | None = None,
        mime: str | None = None,
        size: tuple[int, int] | None = None,
    ) -> File:
        number = next(self._files)
        file = File(
            id=f"{FILE_ID}{number:06}",
            path=f"{folder}/file_{number}",
            content=content,
            name=name,
            mime=mime,
            size=size,
        )
        self.files[file.id] = self.paths[file.path] = file
        return file

    def post(self, chat: Chat, sender: User, look: Look, **more: object) -> Message:
        """Put a message into a chat."""
        fresh = Message(
            id=self.new_number(), chat=chat, sender=sender, date=int(self.now()), looks=[look]
        )
        for name, value in more.items():
            setattr(fresh, name, value)
        chat.messages[fresh.id] = fresh
        self.ring(chat)
        return fresh

    def show(self, message: Message, look: Look) -> None:
        """Change what a message shows."""
        message.looks.append(look)
        message.edited = int(self.now())
        self.ring(message.chat)

    def ring(self, chat: Chat) -> None:
        """Say that something in a chat changed."""
        chat.bell.ring()
        self.bell.ring()

    def open_chat(self, number: int | None) -> Chat:
        """Find a chat that the bot may write to.

        Raises:
            ApiError: There is none, or none any more.
        """
        chat = self.chats.get(number or 0)
        if chat is None:
            raise bad("chat not found")
        if chat.moved_to is not None:
            raise bad(
                "group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.moved_to
            )
        if chat.is_open is None:
            raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")
        if not chat.is_open:
            told = (
                "was blocked by the user"
                if chat.is_private
                else f"was kicked from the {chat.kind} chat"
            )
            raise ApiError(403, f"Forbidden: bot {told}")
        return chat

    def open_thread(self, chat: Chat, thread: int | None) -> int | None:
        if thread is not None and thread not in chat.topics:
            raise bad("message thread not found")
        return thread

    def upgrade(self, chat: Chat, teller: User) -> Chat:
        """Make a group a supergroup, which has another id."""
        larger = self.new_chat(chat.title, "supergroup", privacy=chat.privacy, topics=())
        chat.moved_to = larger.id
        for place, told in (
            (chat, {"migrate_to_chat_id": larger.id}),
            (larger, {"migrate_from_chat_id": chat.id}),
        ):
            message = self.post(place, teller, Look(), extra=told)
            self.queue.put("message", place.id, message.wire())
        return larger

    def press(self, message: Message, presser: User, carried: str, *, is_old: bool) -> Press:
        """Tap a button, or forge a tap."""
        press = Press(
            id=str(4_000_000_000_000_000_000 + len(self.presses)),
            message=message,
            carried=carried,
            at=self.now(),
        )
        self.presses[press.id] = press
        shown = {"chat": message.chat.wire(), "message_id": message.id, "date": 0}
        body = {
            "id": press.id,
            "from": presser.wire(),
            "message": shown if is_old or message.is_deleted else message.wire(),
            "chat_instance": str(-message.chat.id),
            "data": carried,
        }
        self.queue.put("callback_query", message.chat.id, present(body))
        return press
