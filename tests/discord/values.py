"""What Discord keeps: people, guilds, channels, and messages with all that they ever showed."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.discord.errors import Json
from tests.discord.looks import Look
from tests.telegram.bell import Bell

EPOCH = 1_420_070_400.0  # seconds; ids count from the first second of 2015
DM, TEXT, THREAD = 1, 0, 11  # types of channels
VIEW, SEND, EMBED, ATTACH, HISTORY = 1 << 10, 1 << 11, 1 << 14, 1 << 15, 1 << 16
SEND_IN_THREADS = 1 << 38
ALL = VIEW | SEND | EMBED | ATTACH | HISTORY | SEND_IN_THREADS  # permissions
IN_GUILD, BOT_DM, PRIVATE = 0, 1, 2  # contexts of commands


def written(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person or a bot."""

    id: int
    name: str
    language: str = "en-US"
    is_bot: bool = False

    def wire(self) -> Json:
        return {
            "id": str(self.id),
            "username": self.name.lower(),
            "global_name": self.name,
            "discriminator": "0",
            "avatar": None,
            "bot": self.is_bot,
            "public_flags": 0,
        }

    def as_member(self, *, is_alone: bool = True) -> Json:
        """Write who it is in a guild; in messages the user stands beside it."""
        told: Json = {
            "nick": None,
            "avatar": None,
            "roles": [],
            "joined_at": written(EPOCH),
            "premium_since": None,
            "deaf": False,
            "mute": False,
            "pending": False,
            "flags": 0,
            "permissions": str(ALL),
        }
        return told | {"user": self.wire()} if is_alone else told


@dataclass(slots=True, kw_only=True, eq=False)
class Channel:
    """A private chat with the bot, a channel of a guild, or a thread in one.

    Attributes:
        person: With whom, if it is private.
        parent: Of a thread.
        permissions: What the bot may do there; None where the bot is not at all.
        shows: When the bot said to be typing.
        bell: Rung when something in it changes.
    """

    id: int
    kind: int
    name: str
    person: User | None = None
    guild: "Guild | None" = None
    parent: "Channel | None" = None
    permissions: int | None = ALL
    messages: "dict[int, Message]" = field(default_factory=dict[int, "Message"])
    shows: list[float] = field(default_factory=list[float])
    bell: Bell = field(default_factory=Bell)

    @property
    def is_private(self) -> bool:
        return self.kind == DM

    def wire(self) -> Json:
        told: Json = {"id": str(self.id), "type": self.kind, "flags": 0, "last_message_id": None}
        if self.person is not None:
            return told | {"recipients": [self.person.wire()]}
        told |= {"name": self.name, "position": 0, "permission_overwrites": [], "nsfw": False,
                 "topic": None, "rate_limit_per_user": 0, "parent_id": None}  # fmt: skip
        if self.guild is not None:
            told["guild_id"] = str(self.guild.id)
        return told | (_thread(self, self.parent) if self.parent else {})


def context_of(place: Channel) -> int:
    """Tell what kind of place a command is called in."""
    if place.is_private:
        return BOT_DM
    return PRIVATE if place.permissions is None else IN_GUILD


def _thread(thread: Channel, parent: Channel) -> Json:
    return {
        "parent_id": str(parent.id),
        "owner_id": str(thread.id),
        "message_count": len(thread.messages),
        "member_count": 1,
        "thread_metadata": {
            "archived": False,
            "auto_archive_duration": 1440,
            "archive_timestamp": written(EPOCH),
            "locked": False,
        },
    }


@dataclass(slots=True, kw_only=True, eq=False)
class Guild:
    """A guild that the bot was added to."""

    id: int
    name: str
    language: str = "en-US"
    channels: list[Channel] = field(default_factory=list[Channel])

    def brief(self) -> Json:
        return {"id": str(self.id), "locale": self.language, "features": []}

    def wire(self, bot: User) -> Json:
        everyone: Json = {
            "id": str(self.id), "name": "@everyone", "color": 0, "hoist": False, "position": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "permissions": str(ALL), "managed": False, "mentionable": False, "flags": 0,
        }  # fmt: skip
        known = [one for one in self.channels if one.permissions is not None]
        return self.brief() | {
            "name": self.name,
            "owner_id": "1",
            "preferred_locale": self.language,
            "roles": [everyone],
            "channels": [one.wire() for one in known if one.kind == TEXT],
            "threads": [one.wire() for one in known if one.kind == THREAD],
            "members": [bot.as_member()],
            "member_count": 2,
            "emojis": [],
            "stickers": [],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "large": False,
            "joined_at": written(EPOCH),
        }


@dataclass(slots=True, kw_only=True, eq=False)
class Message:
    """One message.

    Attributes:
        looks: All that it ever showed, and how it looks now at the end.
        viewer: The only person who sees it; None is everybody.
        by_webhook: Whether it came by an interaction's webhook.
        old_edits: How often it was edited by the bot's token when it was older than an hour.
    """

    id: int
    channel: Channel
    sender: User
    date: float
    looks: list[Look]
    viewer: User | None = None
    reply_to: "Message | None" = None
    by_webhook: bool = False
    nonce: str | None = None
    edited: float | None = None
    old_edits: int = 0
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
