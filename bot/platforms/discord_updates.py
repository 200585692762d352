"""What a message or an interaction of Discord is to the bot; pure functions on what came."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import discord

from bot.events import Strange
from bot.incoming import (
    Incoming,
    Odd,
    Photo,
    Place,
    PressedButton,
    Remote,
    Said,
    Sender,
    is_image,
    storable,
)
from bot.platforms.discord_commands import ASKS, FEET, FORM, PHOTO, SAY, WORDS, is_menu
from bot.platforms.discord_grants import Grant
from bot.platforms.discord_layout import MENU_ID
from bot.platforms.discord_limits import FILE_BYTES

NAME = "discord"
VIEW, SEND, SEND_IN_THREADS = 1 << 10, 1 << 11, 1 << 38  # permissions
IN_GUILD, BOT_DM = 0, 1  # contexts of interactions
COMMAND, COMPONENT, FILLED = 2, 3, 5  # types of interactions

_HANGUL = re.compile(r"[\u3131-\u318e\uac00-\ud7a3]")

Json = dict[str, Any]
What = Photo | Said | PressedButton | Odd


def read_message(message: discord.Message, me: int) -> Iterator[Incoming]:
    """Read a message; each of its photos is one of its own, and what is not for the bot nothing."""
    is_group = message.guild is not None
    if message.author.bot or not (_is_talk(message) and (not is_group or _is_for(message, me))):
        return
    replied = message.reference
    for number, what in enumerate(_said(message, me)):
        yield Incoming(
            source=f"dc:{me}:{message.id}:{number}",
            place=Place(platform=NAME, chat=str(message.channel.id), is_group=is_group),
            sender=Sender(str(message.author.id), _language(message.content)),
            what=what,
            message=str(message.id),
            reply_to=None if replied is None else _text(replied.message_id),
        )


def read_grant(told: Json, at: float) -> Grant:
    """Read what an interaction allows."""
    message: Json | None = told.get("message")
    data: Json = told.get("data") or {}
    return Grant(
        press=str(told["id"]),
        token=told["token"],
        chat=str(told["channel_id"]),
        user=str(_user(told)["id"]),
        language=told.get("locale"),
        at=at,
        original=None if message is None else str(message["id"]),
        for_photo=data.get("type") == 3
        or data.get("name") == FEET
        or data.get("custom_id") == f"{FORM}{FEET}",
        is_away=_is_away(told),
        largest=int(told.get("attachment_size_limit") or FILE_BYTES),
    )


def wants_form(told: Json) -> str | None:
    """Name the command that lacks what a form can ask for."""
    data: Json = told.get("data") or {}
    name, options = str(data.get("name")), _options(data)
    if told["type"] != COMMAND:
        return None
    lacks_photo = name == FEET and PHOTO not in options
    lacks_words = name in ASKS | {SAY} and not str(options.get(WORDS, "")).strip()
    return name if lacks_photo or lacks_words else None


def read_interaction(told: Json, me: int) -> Incoming | None:
    """Read an interaction; None if there is nothing in it that the bot could use."""
    what = _done(told)
    if what is None:
        return None
    return Incoming(
        source=f"dc:{me}:{told['id']}",
        place=Place(
            platform=NAME,
            chat=str(told["channel_id"]),
            is_group=told.get("context", IN_GUILD) != BOT_DM,
        ),
        sender=Sender(str(_user(told)["id"]), told.get("locale")),
        what=what,
        message=None,
    )


def _done(told: Json) -> What | None:
    data: Json = told.get("data") or {}
    match told["type"]:
        case 3:
            return _pressed(told, data)
        case 2 if data.get("type") == 3:
            return _from_menu(data)
        case 2:
            return _called(str(data.get("name")), _options(data), data)
        case 5:
            return _called(str(data.get("custom_id")).removeprefix(FORM), dict(_fields(data)), data)
        case _:
            return None


def _pressed(told: Json, data: Json) -> PressedButton:
    carried = str(data.get("custom_id"))
    values: list[str] = data.get("values") or []
    if carried.startswith(MENU_ID) and values:
        carried = str(values[0])
    message = str(_part(told, "message").get("id"))
    return PressedButton(press=str(told["id"]), carried=storable(carried), message=message)


def _called(name: str, options: Mapping[str, Any], data: Json) -> What | None:
    words = storable(str(options.get(WORDS) or "")).strip()
    if name == SAY:
        return Said(words)
    if name != FEET:
        return Said(f"{name} {words}".strip())
    attachment = _resolved(data).get(str(options.get(PHOTO)))
    return None if attachment is None else _file(attachment, words or None)


def _from_menu(data: Json) -> What | None:
    """Take the photo of a message; None if it has none."""
    if not is_menu(str(data.get("name"))):
        return None
    message = _part(_part(_part(data, "resolved"), "messages"), str(data.get("target_id")))
    attachments: list[Json] = message.get("attachments") or []
    files = [_file(one, None) for one in attachments]
    return next((one for one in files if isinstance(one, Photo)), None)


def _said(message: discord.Message, me: int) -> Iterator[What]:
    words = storable(re.sub(rf"<@!?{me}>", "", message.content)).strip()
    files = [_file(one.to_dict(), words or None) for one in message.attachments]
    photos = [one for one in files if isinstance(one, Photo)]
    if photos or files:
        yield from photos or files[:1]
    elif words:
        yield Said(words)
    elif message.stickers:
        yield Odd(Strange.STICKER)


def _language(words: str) -> str | None:
    """Guess a language that Discord only tells of commands: whoever writes Hangul reads Korean."""
    return "ko" if _HANGUL.search(words) else None


def _file(attachment: Mapping[str, Any], caption: str | None) -> Photo | Odd:
    mime = str(attachment.get("content_type") or "")
    name = storable(str(attachment.get("filename") or ""))
    if is_image(mime, name):
        remote = Remote(
            file=str(attachment["url"]), size=int(attachment.get("size") or 0), name=name
        )
        return Photo(remote=remote, caption=caption)
    kinds = {"video": Strange.VIDEO, "audio": Strange.VOICE}
    return Odd(kinds.get(mime.partition("/")[0], Strange.OTHER))


def _is_talk(message: discord.Message) -> bool:
    """Whether somebody wrote it, and it is not Discord's word of who joined."""
    return message.type in (discord.MessageType.default, discord.MessageType.reply)


def _is_for(message: discord.Message, me: int) -> bool:
    if any(user.id == me for user in message.mentions):
        return True
    replied = message.reference and message.reference.resolved
    return isinstance(replied, discord.Message) and replied.author.id == me


def _is_away(told: Json) -> bool:
    """Whether the bot is not where an interaction was, and only its token reaches."""
    context = told.get("context", IN_GUILD)
    if context == BOT_DM:
        return False
    allowed = int(told.get("app_permissions") or 0)
    installed = "0" in (told.get("authorizing_integration_owners") or {"0": None})
    may_speak = allowed & VIEW and allowed & (SEND | SEND_IN_THREADS)
    return context != IN_GUILD or not installed or not may_speak


def _user(told: Json) -> Json:
    return told.get("user") or told["member"]["user"]


def _options(data: Json) -> Json:
    options: Iterable[Json] = data.get("options") or []
    return {str(one["name"]): one.get("value") for one in options}


def _fields(data: Json) -> Iterator[tuple[str, Any]]:
    """Read what was filled into a form."""
    parts: list[Json] = data.get("components") or []
    for part in parts:
        inner: Json = part.get("component") or {}
        values: list[str] = inner.get("values") or []
        yield str(inner.get("custom_id")), inner.get("value") or next(iter(values), None)


def _resolved(data: Json) -> Mapping[str, Json]:
    return _part(_part(data, "resolved"), "attachments")


def _part(told: Json, name: str) -> Json:
    return told.get(name) or {}


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)
