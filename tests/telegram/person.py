"""Somebody with a phone: sends, types, taps and looks."""

import asyncio
from collections.abc import Callable, Sequence

from tests.telegram.entities import found_in
from tests.telegram.pictures import photo_sizes
from tests.telegram.rules import EDITABLE, Json
from tests.telegram.values import Chat, File, Look, Message, Press
from tests.telegram.world import World

PATIENCE = 5.0  # seconds


class Person:
    """One person, in the private chat with the bot unless another chat is named."""

    def __init__(self, world: World, name: str = "Ana", language: str | None = "en") -> None:
        self.world = world
        self.user = world.new_user(name, language)

    @property
    def chat(self) -> Chat:
        return self.world.chats[self.user.id]

    async def types(
        self,
        text: str,
        *,
        chat: Chat | None = None,
        reply_to: Message | None = None,
        thread: int | None = None,
    ) -> Message:
        look = Look(text=text, entities=tuple(found_in(text)))
        return self._send(look, chat, reply_to=reply_to, thread=thread)

    async def sends_photo(
        self,
        content: bytes,
        caption: str = "",
        *,
        chat: Chat | None = None,
        reply_to: Message | None = None,
        thread: int | None = None,
        is_forwarded: bool = False,
    ) -> Message:
        photo = await self._photo(content)
        look = Look(text=caption, entities=tuple(found_in(caption)), photo=photo)
        extra = self._forwarded() if is_forwarded else {}
        return self._send(look, chat, reply_to=reply_to, thread=thread, extra=extra)

    async def sends_file(
        self,
        content: bytes,
        name: str | None = "photo.png",
        mime: str | None = "image/png",
        caption: str = "",
        *,
        chat: Chat | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        file = self.world.keep(content, "documents", name=name, mime=mime)
        look = Look(text=caption, entities=tuple(found_in(caption)), file=file)
        return self._send(look, chat, reply_to=reply_to)

    async def sends_album(
        self, contents: Sequence[bytes], caption: str = "", *, chat: Chat | None = None
    ) -> list[Message]:
        """Send photos as one album: as many updates, of which the first has the caption."""
        photos = [await self._photo(content) for content in contents]
        extra: Json = {"media_group_id": str(self.world.new_number())}
        looks = [Look(text=caption, entities=tuple(found_in(caption)), photo=photos[0])]
        looks += [Look(photo=photo) for photo in photos[1:]]
        return [self._send(look, chat, extra=extra) for look in looks]

    async def sends(self, kind: str, what: Json, *, chat: Chat | None = None) -> Message:
        """Send anything else, such as a sticker, as Telegram writes it."""
        return self._send(Look(other={kind: what}), chat)

    async def edits(self, message: Message, text: str) -> None:
        """Change one's own message afterwards."""
        self.world.show(message, Look(text=text, photo=message.now.photo))
        self.world.queue.put("edited_message", message.chat.id, message.wire())

    async def taps(self, message: Message, label: str, *, look: int = -1) -> Press:
        """Tap a button that a message has, or had at an earlier look.

        Raises:
            LookupError: It has none of this label.
        """
        for row in message.looks[look].keyboard:
            for button in row:
                if button["text"] == label:
                    return await self.forges(message, button["callback_data"])
        raise LookupError(f"no {label} in {message.looks[look].labels}")

    async def forges(self, message: Message, carried: str) -> Press:
        """Send what no button of a message carries."""
        is_old = self.world.now() - message.date > EDITABLE
        return self.world.press(message, self.user, carried, is_old=is_old)

    async def is_answered(self, press: Press, *, within: float = PATIENCE) -> str | None:
        """Wait for what a press is answered with."""
        await press.message.chat.bell.until(lambda: bool(press.answers), within)
        return press.answers[0]

    async def sees(
        self,
        what: str | Callable[[Message], bool],
        *,
        chat: Chat | None = None,
        within: float = PATIENCE,
    ) -> Message:
        """Wait for a message of the bot that shows a text, or something else.

        Raises:
            TimeoutError: There is none after so many seconds.
        """

        def found() -> list[Message]:
            return [message for message in self.looks(chat) if _shows(message, what)]

        try:
            await (chat or self.chat).bell.until(lambda: bool(found()), within)
        except TimeoutError as error:
            raise TimeoutError([message.text for message in self.looks(chat)]) from error
        return found()[-1]

    def looks(self, chat: Chat | None = None) -> list[Message]:
        """List the bot's messages, oldest first."""
        place = chat or self.chat
        return [
            message
            for message in place.messages.values()
            if message.sender.is_bot and not message.is_deleted
        ]

    async def blocks(self) -> None:
        self.chat.is_open = False

    async def unblocks(self) -> None:
        self.chat.is_open = True

    def menu(self) -> list[tuple[str, str]]:
        """List what the menu beside the text field offers."""
        scopes = ("all_private_chats", "default")
        keys = [(scope, language) for scope in scopes for language in (self.user.language, "")]
        for scope, language in keys:
            commands = self.world.menus.get((scope, language or ""))
            if commands:
                return [(told["command"], told["description"]) for told in commands]
        return []

    async def _photo(self, content: bytes) -> tuple[File, ...]:
        sizes = await asyncio.to_thread(photo_sizes, content)
        return tuple(
            self.world.keep(jpeg, "photos", size=(width, height)) for jpeg, width, height in sizes
        )

    def _forwarded(self) -> Json:
        other = {"id": 777, "is_bot": False, "first_name": "Somebody"}
        origin = {"type": "user", "sender_user": other, "date": int(self.world.now())}
        return {"forward_origin": origin}

    def _send(
        self,
        look: Look,
        chat: Chat | None,
        *,
        reply_to: Message | None = None,
        thread: int | None = None,
        extra: Json | None = None,
    ) -> Message:
        place = chat or self.chat
        place.is_open = True if place.is_private else place.is_open
        message = self.world.post(
            place, self.user, look, reply_to=reply_to, thread=thread, extra=extra or {}
        )
        if place.is_open and _is_shown_to(
            self.world.bot.id, self.world.bot.username or "", message
        ):
            kind = "channel_post" if place.kind == "channel" else "message"
            self.world.queue.put(kind, place.id, message.wire())
        return message


def _shows(message: Message, what: str | Callable[[Message], bool]) -> bool:
    return what in message.text if isinstance(what, str) else what(message)


def _is_shown_to(bot: int, username: str, message: Message) -> bool:
    """Whether privacy mode lets a bot see a message: commands, replies to it, mentions of it."""
    if message.chat.is_private or not message.chat.privacy:
        return True
    if message.reply_to is not None and message.reply_to.sender.id == bot:
        return True
    words = message.text.lower()
    command, _, other = words.split(maxsplit=1)[0].partition("@") if words.split() else ("", "", "")
    if command.startswith("/"):
        return other in ("", username.lower())
    return f"@{username.lower()}" in words
