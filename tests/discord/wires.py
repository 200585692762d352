"""How Discord writes a message down, and what of it a bot is let see."""

import re
from collections.abc import Callable, Mapping

from tests.discord.errors import Json
from tests.discord.gateway import CONTENT
from tests.discord.looks import File
from tests.discord.presses import Press
from tests.discord.values import ALL, Message, User, context_of, written

_MENTION = re.compile(r"<@!?(\d+)>")


def message_told(
    message: Message, link: Callable[[File], str], users: Mapping[int, User], app: int
) -> Json:
    look = message.now
    told: Json = {
        "id": str(message.id),
        "channel_id": str(message.channel.id),
        "type": 19 if message.reply_to is not None else 0,
        "author": message.sender.wire(),
        "content": look.content,
        "timestamp": written(message.date),
        "edited_timestamp": None if message.edited is None else written(message.edited),
        "tts": False,
        "mention_everyone": False,
        "mentions": [user.wire() for user in _mentioned(message, users)],
        "mention_roles": [],
        "attachments": [file.wire(link(file)) for file in look.files],
        "embeds": list(look.embeds),
        "components": list(look.components),
        "sticker_items": list(look.stickers),
        "pinned": False,
        "flags": look.flags,
    }
    if message.by_webhook:
        told |= {"webhook_id": str(app), "application_id": str(app)}
    if message.nonce is not None:
        told["nonce"] = message.nonce
    replied = message.reply_to
    if replied is not None:
        told["message_reference"] = {
            "type": 0, "message_id": str(replied.id), "channel_id": str(replied.channel.id),
        }  # fmt: skip
        shown = message_told(replied, link, users, app)
        shown.pop("referenced_message", None)
        told["referenced_message"] = None if replied.is_deleted else shown
    return told


def message_seen_by(intents: int, told: Json, message: Message, bot: User) -> Json:
    """Write a message for an event: blank, unless the bot may read what people say."""
    guild = message.channel.guild
    seen = dict(told)
    if guild is not None:
        member = message.sender.as_member(is_alone=False)
        seen |= {"guild_id": str(guild.id), "member": member}
    is_meant = any(user["id"] == str(bot.id) for user in told["mentions"])
    is_own = message.sender.id == bot.id
    if not (message.channel.is_private or is_meant or is_own or intents & CONTENT):
        seen |= {"content": "", "attachments": [], "embeds": [], "components": []}
    return seen


def press_told(press: Press, app: int, upload_bytes: int) -> Json:
    """Write an interaction for its event, but for the message that it is of."""
    channel, guild = press.channel, press.channel.guild
    owner = "0" if channel.is_private or guild is None else str(guild.id)
    told: Json = {
        "id": str(press.id),
        "application_id": str(app),
        "type": press.kind,
        "token": press.token,
        "version": 1,
        "data": press.data,
        "channel_id": str(channel.id),
        "channel": channel.wire() | {"permissions": str(ALL)},
        "locale": press.user.language,
        "app_permissions": str(channel.permissions or 0),
        "attachment_size_limit": upload_bytes,
        "entitlements": [],
        "context": context_of(channel),
    }
    if channel.permissions is None:
        told["authorizing_integration_owners"] = {"1": str(press.user.id)}
    else:
        told["authorizing_integration_owners"] = {"0": owner}
    if guild is None:
        return told | {"user": press.user.wire()}
    return told | {
        "member": press.user.as_member(),
        "guild_id": str(guild.id),
        "guild": guild.brief(),
        "guild_locale": guild.language,
    }


def _mentioned(message: Message, users: Mapping[int, User]) -> list[User]:
    numbers = [int(found) for found in _MENTION.findall(message.now.content)]
    # Who replies means the other, too.
    numbers += [message.reply_to.sender.id] if message.reply_to is not None else []
    return [users[number] for number in dict.fromkeys(numbers) if number in users]
