"""Discord itself, as far as one bot and the people around it can tell."""

import itertools
import secrets
import time
from dataclasses import replace

from tests.discord.errors import MISSING_ACCESS, Json, unknown_channel, unknown_message
from tests.discord.gateway import DM_MESSAGES, GUILD_MESSAGES, GUILDS, Gateway, Session
from tests.discord.limits import Limits
from tests.discord.looks import Look
from tests.discord.presses import Press
from tests.discord.shelf import Shelf
from tests.discord.values import DM, EPOCH, TEXT, THREAD, Channel, Guild, Message, User
from tests.discord.wires import message_seen_by, message_told, press_told
from tests.faults import Faults
from tests.telegram.bell import Bell

UPLOAD_BYTES = 10 * 1024 * 1024


class World:
    """Everything on Discord's side.

    Attributes:
        url: Where all of it is served; see `api` and `gateway_url`.
        upload_bytes: How large a file may be; boosted guilds allow more.
        calls: The names of all calls, as they came.
        creations: When commands were made that there were not before.
    """

    def __init__(self) -> None:
        self.token = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GlocaL.local_test_token_local_test_token"
        self.url = ""
        self.upload_bytes = UPLOAD_BYTES
        self.bell = Bell()
        self.faults = Faults()
        self.limits = Limits(self.now)
        self.shelf = Shelf(self.now, self.new_id)
        self.gateway = Gateway(self.now, self.token, self.bell)
        self.gateway.ready = self._ready
        self.gateway.after_ready = self._guilds_told
        self.calls: list[str] = []
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.presses: dict[str, Press] = {}
        self.commands: dict[int | None, list[Json]] = {}
        self.creations: list[float] = []
        self._skipped = 0.0
        self._count = itertools.count(1)
        self.bot = User(id=self.new_id(), name="Toeframe", is_bot=True)
        self.users[self.bot.id] = self.bot
        self.owner = self.new_user("Owner")

    @property
    def api(self) -> str:
        """Where the REST API is, without its version."""
        return f"{self.url}/api"

    @property
    def gateway_url(self) -> str:
        return f"{self.url.replace('http', 'ws', 1)}/gateway"

    @property
    def mention(self) -> str:
        """How people write to the bot among others."""
        return f"<@{self.bot.id}>"

    def now(self) -> float:
        return time.time() + self._skipped

    def skip(self, seconds: float) -> None:
        """Let time pass at once."""
        self._skipped += seconds
        self.bell.ring()

    def new_id(self) -> int:
        return (int((self.now() - EPOCH) * 1000) << 22) | (next(self._count) & 0x3FFFFF)

    def new_user(self, name: str, language: str = "en-US") -> User:
        user = User(id=self.new_id(), name=name, language=language)
        self.users[user.id] = user
        return user

    def new_guild(self, name: str = "Friends", language: str = "en-US") -> Guild:
        """Add the bot to a guild with one channel."""
        guild = Guild(id=self.new_id(), name=name, language=language)
        self.guilds[guild.id] = guild
        self.new_channel(guild)
        return guild

    def new_channel(
        self, guild: Guild, name: str = "general", *, is_bot_in: bool = True
    ) -> Channel:
        channel = Channel(id=self.new_id(), kind=TEXT, name=name, guild=guild)
        channel.permissions = channel.permissions if is_bot_in else None
        guild.channels.append(channel)
        self.channels[channel.id] = channel
        return channel

    async def new_thread(self, parent: Channel, name: str = "feet") -> Channel:
        thread = Channel(
            id=self.new_id(), kind=THREAD, name=name, guild=parent.guild, parent=parent
        )
        if parent.guild is not None:
            parent.guild.channels.append(thread)
        self.channels[thread.id] = thread
        told = thread.wire()
        await self.gateway.dispatch("THREAD_CREATE", GUILDS, lambda session: told)
        return thread

    def dm_with(self, user: User) -> Channel:
        """Find the private chat with somebody; it is made when it is asked for first."""
        for channel in self.channels.values():
            if channel.person is user:
                return channel
        channel = Channel(id=self.new_id(), kind=DM, name=user.name, person=user)
        self.channels[channel.id] = channel
        return channel

    def open_channel(self, number: str) -> Channel:
        """Find a channel that the bot is in.

        Raises:
            DiscordError: There is none, or the bot is not let in.
        """
        channel = self.channels.get(int(number)) if number.isdigit() else None
        if channel is None:
            raise unknown_channel()
        if channel.permissions is None:
            raise MISSING_ACCESS
        return channel

    def open_message(self, channel: Channel, number: str) -> Message:
        """Find a message; those for one person's eyes are not there.

        Raises:
            DiscordError: There is none.
        """
        message = channel.messages.get(int(number)) if number.isdigit() else None
        if message is None or message.is_deleted or message.viewer is not None:
            raise unknown_message()
        return message

    async def post(
        self,
        channel: Channel,
        sender: User,
        look: Look,
        *,
        viewer: User | None = None,
        reply_to: Message | None = None,
        by_webhook: bool = False,
        nonce: str | None = None,
    ) -> Message:
        """Put a message into a channel."""
        fresh = Message(
            id=self.new_id(),
            channel=channel,
            sender=sender,
            date=self.now(),
            looks=[look],
            viewer=viewer,
            reply_to=reply_to,
            by_webhook=by_webhook,
            nonce=nonce,
        )
        channel.messages[fresh.id] = fresh
        await self._tell("MESSAGE_CREATE", fresh)
        return fresh

    async def show(self, message: Message, look: Look) -> None:
        """Change what a message shows."""
        message.looks.append(look)
        message.edited = self.now()
        await self._tell("MESSAGE_UPDATE", message)

    async def unfurl(self, message: Message) -> None:
        """Add the preview of a link to what somebody wrote, which comes as a change of it."""
        preview: Json = {"type": "link", "title": "A page", "url": "https://example.org"}
        message.looks.append(replace(message.now, embeds=(*message.now.embeds, preview)))
        await self._tell("MESSAGE_UPDATE", message)

    async def delete(self, message: Message) -> None:
        message.is_deleted = True
        self.ring(message.channel)
        told: Json = {"id": str(message.id), "channel_id": str(message.channel.id)}
        if message.channel.guild is not None:
            told["guild_id"] = str(message.channel.guild.id)
        if message.viewer is None and message.channel.permissions is not None:
            intent = DM_MESSAGES if message.channel.is_private else GUILD_MESSAGES
            await self.gateway.dispatch("MESSAGE_DELETE", intent, lambda session: told)

    def ring(self, channel: Channel) -> None:
        """Say that something in a channel changed."""
        channel.bell.ring()
        self.bell.ring()

    def wire(self, message: Message) -> Json:
        return message_told(message, self.shelf.link, self.users, self.bot.id)

    async def interact(
        self, kind: int, user: User, channel: Channel, data: Json, target: Message | None = None
    ) -> Press:
        """Let somebody press, choose, call or fill in, and tell the bot."""
        press = Press(
            id=self.new_id(),
            kind=kind,
            user=user,
            channel=channel,
            token=secrets.token_urlsafe(96),
            at=self.now(),
            data=data,
            target=target,
        )
        self.presses[press.token] = press
        told = press_told(press, self.bot.id, self.upload_bytes)
        if target is not None:
            told["message"] = self.wire(target)
        await self.gateway.dispatch("INTERACTION_CREATE", 0, lambda session: told)
        return press

    async def join(self, guild: Guild) -> None:
        """Tell the bot of a guild that it was added to."""
        told = guild.wire(self.bot)
        await self.gateway.dispatch("GUILD_CREATE", GUILDS, lambda session: told)

    async def _tell(self, event: str, message: Message) -> None:
        self.ring(message.channel)
        if message.viewer is not None or message.channel.permissions is None:
            return
        told = self.wire(message)

        def seen(session: Session) -> Json:
            return message_seen_by(session.intents, told, message, self.bot)

        intent = DM_MESSAGES if message.channel.is_private else GUILD_MESSAGES
        await self.gateway.dispatch(event, intent, seen)

    def _ready(self, session: Session) -> Json:
        return {
            "v": 10,
            "user": self.bot.wire(),
            "guilds": [{"id": str(one), "unavailable": True} for one in self.guilds],
            "session_id": session.id,
            "resume_gateway_url": self.gateway_url,
            "shard": [0, 1],
            "application": {"id": str(self.bot.id), "flags": 0},
        }

    def _guilds_told(self) -> list[tuple[str, Json]]:
        known = [guild.wire(self.bot) for guild in self.guilds.values()]
        return [("GUILD_CREATE", told | {"unavailable": False}) for told in known]
