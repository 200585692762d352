"""Somebody with Discord open: sends, types, calls commands, presses, fills in and looks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tests.discord.choosing import arguments, find_command, found_button
from tests.discord.errors import Json
from tests.discord.filling import filled
from tests.discord.looks import File, Look
from tests.discord.presses import COMMAND, COMPONENT, MODAL, Press
from tests.discord.values import SEND, TEXT, Channel, Guild, Message
from tests.discord.world import World

PATIENCE = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Sent:
    """A file to send."""

    content: bytes = field(repr=False)
    name: str = "photo.jpg"
    mime: str | None = "image/jpeg"


class Person:
    """One person, in the private chat with the bot unless another channel is named."""

    def __init__(self, world: World, name: str = "Ana", language: str = "en-US") -> None:
        self.world = world
        self.user = world.new_user(name, language)

    @property
    def channel(self) -> Channel:
        return self.world.dm_with(self.user)

    async def types(
        self, text: str, *, channel: Channel | None = None, reply_to: Message | None = None
    ) -> Message:
        return await self._send(text, (), channel, reply_to)

    async def sends_photo(
        self,
        content: bytes,
        text: str = "",
        *,
        channel: Channel | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        return await self.sends_files([Sent(content)], text, channel=channel, reply_to=reply_to)

    async def sends_files(
        self,
        files: Sequence[Sent],
        text: str = "",
        *,
        channel: Channel | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        place = channel or self.channel
        kept = tuple(self._kept(one, place) for one in files)
        return await self._send(text, kept, place, reply_to)

    async def sends_sticker(self, *, channel: Channel | None = None) -> Message:
        sticker: Json = {"id": "749054660769218631", "name": "Wave", "format_type": 3}
        look = Look(stickers=(sticker,))
        return await self.world.post(channel or self.channel, self.user, look)

    async def edits(self, message: Message, text: str) -> None:
        """Change one's own message afterwards."""
        await self.world.show(message, replace(message.now, content=text))

    async def sends_slash(
        self, name: str, *, channel: Channel | None = None, **options: object
    ) -> Press:
        """Call a command; bytes or a `Sent` for an option are a file.

        Raises:
            LookupError: There is no such command here, or it does not take this.
        """
        place = channel or self.channel
        command = find_command(self.world, place, name, kind=1)
        files = {
            option: self._kept(told if isinstance(told, Sent) else Sent(told), place, "ephemeral")
            for option, told in options.items()
            if isinstance(told, bytes | Sent)
        }
        data = arguments(self.world, command, options, files)
        return await self.world.interact(COMMAND, self.user, place, data)

    async def opens_menu(self, name: str, message: Message) -> Press:
        """Choose what a message's menu offers."""
        command = find_command(self.world, message.channel, name, kind=3)
        data: Json = {
            "id": command["id"],
            "name": command["name"],
            "type": 3,
            "target_id": str(message.id),
            "resolved": {"messages": {str(message.id): self.world.wire(message)}},
        }
        return await self.world.interact(COMMAND, self.user, message.channel, data)

    async def presses(self, message: Message, label: str, *, look: int = -1) -> Press:
        """Press a button, or choose what a menu offers, as it is or was at an earlier look.

        Raises:
            LookupError: There is none of this label that can be pressed.
        """
        if message.is_deleted or message.viewer not in (None, self.user):
            raise LookupError("the message is not there for this person")
        return await self.chooses(message, found_button(message.looks[look], label))

    async def chooses(self, message: Message, data: Json) -> Press:
        """Press what one saw, whatever its message shows by now."""
        return await self.world.interact(COMPONENT, self.user, message.channel, data, message)

    async def forges(self, message: Message, carried: str) -> Press:
        """Send what no button of a message carries."""
        return await self.chooses(message, {"custom_id": carried, "component_type": 2})

    async def fills(self, press: Press, *values: object) -> Press:
        """Fill in the form that a press was answered with, field by field.

        Raises:
            LookupError: There is no form, or it does not take this.
        """
        await press.channel.bell.until(lambda: press.form is not None, PATIENCE)
        form = press.form or {}

        def keep(told: object) -> File:
            sent = told if isinstance(told, Sent) else Sent(bytes(told))  # pyright: ignore[reportArgumentType]
            return self._kept(sent, press.channel, "ephemeral")

        data = filled(self.world, form, values, keep)
        return await self.world.interact(MODAL, self.user, press.channel, data, press.target)

    async def is_acknowledged(self, press: Press, *, within: float = PATIENCE) -> float:
        """Wait for the first answer, and tell in how many seconds it came."""
        await press.channel.bell.until(lambda: press.answered_in is not None, within)
        return press.answered_in or 0.0

    async def is_answered(self, press: Press, *, within: float = PATIENCE) -> str:
        """Wait for words that only came for this press: its answer, or what followed it."""
        await press.channel.bell.until(lambda: bool(press.said), within)
        return press.said[-1]

    async def sees(
        self,
        what: str | Callable[[Message], bool],
        *,
        channel: Channel | None = None,
        within: float = PATIENCE,
    ) -> Message:
        """Wait for a message of the bot that shows a text, or something else.

        Raises:
            TimeoutError: There is none after so many seconds.
        """

        def found() -> list[Message]:
            return [message for message in self.looks(channel) if _shows(message, what)]

        try:
            await (channel or self.channel).bell.until(lambda: bool(found()), within)
        except TimeoutError as error:
            raise TimeoutError([message.text for message in self.looks(channel)]) from error
        return found()[-1]

    def looks(self, channel: Channel | None = None) -> list[Message]:
        """List the bot's messages that this person sees, oldest first."""
        return [
            message
            for message in (channel or self.channel).messages.values()
            if message.sender.is_bot
            and not message.is_deleted
            and message.viewer in (None, self.user)
        ]

    def has_failed(self, press: Press) -> bool:
        """Whether Discord says to this person that the interaction failed."""
        return press.has_failed(self.world.now())

    async def blocks(self) -> None:
        self.channel.permissions = (self.channel.permissions or 0) & ~SEND

    async def unblocks(self) -> None:
        self.channel.permissions = (self.channel.permissions or 0) | SEND

    def elsewhere(self) -> Channel:
        """Open a private chat with somebody else: the bot is only there in its commands."""
        number = self.world.new_id()
        place = Channel(id=number, kind=TEXT, name="elsewhere", guild=Guild(id=1, name="Others"))
        place.permissions = None
        self.world.channels[number] = place
        return place

    def _kept(self, sent: Sent, place: Channel, folder: str = "attachments") -> File:
        where = "ephemeral-attachments" if folder == "ephemeral" else folder
        return self.world.shelf.keep(sent.content, sent.name, place, mime=sent.mime, folder=where)

    async def _send(
        self,
        text: str,
        files: tuple[File, ...],
        channel: Channel | None,
        reply_to: Message | None,
    ) -> Message:
        look = Look(content=text, files=files)
        return await self.world.post(channel or self.channel, self.user, look, reply_to=reply_to)


def _shows(message: Message, what: str | Callable[[Message], bool]) -> bool:
    return what in message.text if isinstance(what, str) else what(message)
