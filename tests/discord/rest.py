"""The calls with the bot's token: itself, its commands, channels and their messages."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tests.discord.bodies import changed_look, new_look
from tests.discord.call import Call
from tests.discord.commands import check_commands
from tests.discord.errors import (
    CLOSED_DM,
    MISSING_PERMISSIONS,
    NOT_AUTHOR,
    DiscordError,
    Json,
    invalid,
    unknown,
)
from tests.discord.limits import VIA
from tests.discord.values import ATTACH, SEND, THREAD, VIEW, Channel, Message
from tests.discord.values import SEND_IN_THREADS as SEND_THERE
from tests.discord.world import World

OLD, OLD_EDITS = 3600.0, 5  # seconds; how many edits exactly is nowhere told
NONCE_LIFE = 300.0
CREATIONS, DAY = 200, 86400.0  # of commands

Names = Mapping[str, str]
Method = Callable[[World, Names, Call], Awaitable[Any]]


async def me(world: World, names: Names, call: Call) -> Json:
    return world.bot.wire()


async def application(world: World, names: Names, call: Call) -> Json:
    return {
        "id": str(world.bot.id),
        "name": world.bot.name,
        "description": "",
        "icon": None,
        "bot_public": True,
        "bot_require_code_grant": False,
        "owner": world.owner.wire(),
        "team": None,
        "verify_key": "0" * 64,
        "flags": 0,
        "approximate_guild_count": len(world.guilds),
        "integration_types_config": {"0": {}, "1": {}},
    }


async def gateway(world: World, names: Names, call: Call) -> Json:
    limit = {"total": 1000, "remaining": 1000 - len(world.gateway.identified),
             "reset_after": 86_400_000, "max_concurrency": 1}  # fmt: skip
    return {"url": world.gateway_url, "shards": 1, "session_start_limit": limit}


async def get_commands(world: World, names: Names, call: Call) -> list[Json]:
    return world.commands.get(_scope(world, names), [])


async def set_commands(world: World, names: Names, call: Call) -> list[Json]:
    scope = _scope(world, names)
    told = check_commands(call.body)
    before = {(one["type"], one["name"]): one["id"] for one in world.commands.get(scope, [])}
    _count_creations(world, len([one for one in told if (one["type"], one["name"]) not in before]))
    world.commands[scope] = [
        one
        | {
            "id": before.get((one["type"], one["name"])) or str(world.new_id()),
            "application_id": str(world.bot.id),
            "version": str(world.new_id()),
            "default_member_permissions": one.get("default_member_permissions"),
            "description": one.get("description") or "",
        }
        | ({} if scope is None else {"guild_id": str(scope)})
        for one in told
    ]
    world.bell.ring()
    return world.commands[scope]


def _count_creations(world: World, more: int) -> None:
    world.creations = [at for at in world.creations if world.now() - at < DAY]
    if len(world.creations) + more > CREATIONS:
        told = f"Max number of daily application command creates has been reached ({CREATIONS})"
        raise DiscordError(429, 30034, told, headers=VIA)
    world.creations += [world.now()] * more


def _scope(world: World, names: Names) -> int | None:
    if names["app"] != str(world.bot.id):
        raise unknown(10002, "Application")
    guild = names.get("guild")
    if guild is not None and int(guild) not in world.guilds:
        raise DiscordError(403, 50001, "Missing Access")
    return None if guild is None else int(guild)


async def get_user(world: World, names: Names, call: Call) -> Json:
    user = world.users.get(int(names["user"])) if names["user"].isdigit() else None
    if user is None:
        raise unknown(10013, "User")
    return user.wire()


async def open_dm(world: World, names: Names, call: Call) -> Json:
    told = str(call.json.get("recipient_id"))
    user = world.users.get(int(told)) if told.isdigit() else None
    if user is None or user.is_bot:
        raise invalid("recipient_id", "INVALID_RECIPIENT", "Invalid Recipient(s)")
    return world.dm_with(user).wire()


async def get_channel(world: World, names: Names, call: Call) -> Json:
    return world.open_channel(names["channel"]).wire()


async def get_guild(world: World, names: Names, call: Call) -> Json:
    guild = world.guilds.get(int(names["guild"])) if names["guild"].isdigit() else None
    if guild is None:
        raise unknown(10004, "Guild")
    return guild.wire(world.bot)


async def post(world: World, names: Names, call: Call) -> Json:
    channel = _may(world.open_channel(names["channel"]), call)
    again = _same_nonce(world, channel, call.json)
    if again is not None:
        return world.wire(again)
    look = new_look(world, channel, call.json, call)
    told = call.json.get("nonce")
    message = await world.post(
        channel,
        world.bot,
        look,
        reply_to=_replied(channel, call.json),
        nonce=None if told is None else str(told),
    )
    return world.wire(message)


async def edit(world: World, names: Names, call: Call) -> Json:
    message = _own(world, _may(world.open_channel(names["channel"]), call), names)
    if world.now() - message.date > OLD:
        message.old_edits += 1
        if message.old_edits > OLD_EDITS:
            told = "Maximum number of edits to messages older than 1 hour reached. Try again later"
            # It says nothing of when, which at least one library is not prepared for.
            raise DiscordError(429, 30046, told, headers=VIA)
    look = changed_look(world, message.channel, call.json, call, message.now)
    await world.show(message, look)
    return world.wire(message)


async def get_message(world: World, names: Names, call: Call) -> Json:
    channel = world.open_channel(names["channel"])
    return world.wire(world.open_message(channel, names["message"]))


async def delete(world: World, names: Names, call: Call) -> None:
    channel = world.open_channel(names["channel"])
    message = world.open_message(channel, names["message"])
    if message.sender is not world.bot:
        raise (
            DiscordError(403, 50003, "Cannot execute action on a DM channel")
            if (channel.is_private)
            else MISSING_PERMISSIONS
        )
    await world.delete(message)


async def typing(world: World, names: Names, call: Call) -> None:
    channel = _may(world.open_channel(names["channel"]), call)
    channel.shows.append(world.now())


def _own(world: World, channel: Channel, names: Names) -> Message:
    message = world.open_message(channel, names["message"])
    if message.sender is not world.bot:
        raise NOT_AUTHOR
    return message


def _may(channel: Channel, call: Call) -> Channel:
    """Refuse what the bot may not do in a channel."""
    allowed = channel.permissions or 0
    if channel.is_private:
        if not allowed & SEND:
            raise CLOSED_DM
        return channel
    needed = VIEW | (SEND_THERE if channel.kind == THREAD else SEND)
    needed |= ATTACH if call.uploads else 0
    if not allowed & VIEW:
        raise DiscordError(403, 50001, "Missing Access")
    if allowed & needed != needed:
        raise MISSING_PERMISSIONS
    return channel


def _replied(channel: Channel, body: Json) -> Message | None:
    told: Json | None = body.get("message_reference")
    if not told:
        return None
    message = channel.messages.get(int(told.get("message_id") or 0))
    if message is None or message.is_deleted or message.viewer is not None:
        if told.get("fail_if_not_exists", True):
            raise invalid("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        return None
    return message


def _same_nonce(world: World, channel: Channel, body: Json) -> Message | None:
    """Find the message that was made of the same nonce not long ago, if that is asked for."""
    nonce = body.get("nonce")
    if nonce is not None and len(str(nonce)) > 25:
        raise invalid("nonce", "NONCE_TYPE_TOO_LONG", "Nonce must be 25 or fewer in length.")
    if nonce is None or not body.get("enforce_nonce"):
        return None
    for message in channel.messages.values():
        if message.nonce == str(nonce) and world.now() - message.date < NONCE_LIFE:
            return message
    return None
