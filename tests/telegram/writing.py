"""The methods that write: messages, photos, files, edits, and what lies around them."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from tests.telegram.call import Call, Upload
from tests.telegram.entities import FormatError, check_entities, parse
from tests.telegram.pictures import photo_sizes
from tests.telegram.rules import (
    ACTIONS,
    PHOTO_BYTES,
    UNCHANGED,
    UPLOAD_BYTES,
    ApiError,
    Json,
    bad,
    check_caption,
    check_keyboard,
    check_text,
)
from tests.telegram.values import Chat, File, Look, Message
from tests.telegram.world import World

Method = Callable[[World, Call], Awaitable[Any]]


async def send_message(world: World, call: Call) -> Json:
    chat = _counted(world, call)
    text, entities = _formatted(call, "text", "entities")
    look = Look(text=check_text(text), entities=entities, keyboard=_keyboard(call, chat))
    return _posted(world, call, chat, look)


async def send_photo(world: World, call: Call) -> Json:
    chat = _counted(world, call)
    text, entities = _formatted(call, "caption", "caption_entities")
    photo = await _photo(world, call.file("photo"))
    look = Look(
        text=check_caption(text), entities=entities, photo=photo, keyboard=_keyboard(call, chat)
    )
    return _posted(world, call, chat, look)


async def send_document(world: World, call: Call) -> Json:
    chat = _counted(world, call)
    text, entities = _formatted(call, "caption", "caption_entities")
    file = _document(world, call.file("document"))
    look = Look(
        text=check_caption(text), entities=entities, file=file, keyboard=_keyboard(call, chat)
    )
    return _posted(world, call, chat, look)


async def edit_message_text(world: World, call: Call) -> Json:
    chat = _counted(world, call)
    message = _own(world, call, chat)
    text, entities = _formatted(call, "text", "entities")
    if message.now.has_media:
        raise bad("there is no text in the message to edit")
    look = Look(text=check_text(text), entities=entities, keyboard=_keyboard(call, chat))
    return _changed(world, message, look)


async def edit_message_caption(world: World, call: Call) -> Json:
    chat = _counted(world, call)
    message = _own(world, call, chat)
    text, entities = _formatted(call, "caption", "caption_entities")
    if not message.now.has_media:
        raise bad("there is no caption in the message to edit")
    keyboard = _keyboard(call, chat)
    look = replace(message.now, text=check_caption(text), entities=entities, keyboard=keyboard)
    return _changed(world, message, look)


async def edit_message_media(world: World, call: Call) -> Json:
    chat = _counted(world, call)
    message = _own(world, call, chat)
    media: Json = call.json("media") or {}
    inner = Call(media, call.uploads)
    text, entities = _formatted(inner, "caption", "caption_entities")
    look = Look(text=check_caption(text), entities=entities, keyboard=_keyboard(call, chat))
    source = call.file("media", str(media.get("media", "")))
    if "media_group_id" in message.extra and media.get("type") == "document":
        raise bad("can't use document in an album of photos")
    match media.get("type"):
        case "photo":
            look = replace(look, photo=await _photo(world, source))
        case "document":
            look = replace(look, file=_document(world, source))
        case kind:
            raise bad(f"media of type {kind} is not spoken here")
    return _changed(world, message, look)


async def edit_message_reply_markup(world: World, call: Call) -> Json:
    chat = _counted(world, call)
    message = _own(world, call, chat)
    return _changed(world, message, replace(message.now, keyboard=_keyboard(call, chat)))


async def delete_message(world: World, call: Call) -> bool:
    chat = world.open_chat(call.number("chat_id"))
    message = chat.messages.get(call.number("message_id") or 0)
    if message is None or message.is_deleted:
        raise bad("message to delete not found")
    if message.sender.id != world.bot.id and not chat.is_private:
        raise bad("message can't be deleted")
    message.is_deleted = True
    world.ring(chat)
    return True


async def send_chat_action(world: World, call: Call) -> bool:
    chat = world.open_chat(call.number("chat_id"))
    world.open_thread(chat, call.number("message_thread_id"))
    if call.text("action") not in ACTIONS:
        raise bad("wrong parameter action in request")
    chat.shows.append(call.text("action"))
    return True


def _counted(world: World, call: Call) -> Chat:
    chat = world.open_chat(call.number("chat_id"))
    world.limits.count(chat.id, is_private=chat.is_private)
    return chat


def _formatted(call: Call, words: str, marks: str) -> tuple[str, tuple[Json, ...]]:
    told = call.text(words)
    try:
        given = call.json(marks)
        text, entities = parse(told, None if given else call.text("parse_mode"))
        check_entities(text, given or entities)
    except FormatError as error:
        raise bad(f"can't parse entities: {error}") from error
    return text, tuple(given or entities)


def _keyboard(call: Call, chat: Chat) -> tuple[tuple[Json, ...], ...]:
    return check_keyboard(call.json("reply_markup"), is_private=chat.is_private)


async def _photo(world: World, source: Upload | str) -> tuple[File, ...]:
    if isinstance(source, str):
        return (_known(world, source),)
    if len(source.content) > PHOTO_BYTES:
        raise bad(
            f"file of size {len(source.content)} bytes is too big for a photo; "
            f"the maximum size is {PHOTO_BYTES} bytes"
        )
    sizes = await asyncio.to_thread(photo_sizes, source.content)
    return tuple(
        world.keep(content, "photos", size=(width, height)) for content, width, height in sizes
    )


def _document(world: World, source: Upload | str) -> File:
    if isinstance(source, str):
        return _known(world, source)
    if len(source.content) > UPLOAD_BYTES:
        raise ApiError(413, "Request Entity Too Large")
    if not source.content:
        raise bad("file must be non-empty")
    return world.keep(source.content, "documents", name=source.name, mime=source.mime)


def _known(world: World, source: str) -> File:
    if source not in world.files:
        raise bad("wrong remote file identifier specified: Wrong string length")
    return world.files[source]


def _posted(world: World, call: Call, chat: Chat, look: Look) -> Json:
    thread = world.open_thread(chat, call.number("message_thread_id"))
    reply: Json = call.json("reply_parameters") or {}
    replied = chat.messages.get(int(reply.get("message_id", 0)))
    is_lost = replied is None or replied.is_deleted
    if reply and is_lost and not reply.get("allow_sending_without_reply"):
        raise bad("message to be replied not found")
    message = world.post(
        chat, world.bot, look, thread=thread, reply_to=None if is_lost else replied
    )
    return message.wire()


def _own(world: World, call: Call, chat: Chat) -> Message:
    message = chat.messages.get(call.number("message_id") or 0)
    if message is None or message.is_deleted:
        raise bad("message to edit not found")
    if message.sender.id != world.bot.id:
        raise bad("message can't be edited")
    return message


def _changed(world: World, message: Message, look: Look) -> Json:
    if _seen(look) == _seen(message.now):
        raise bad(UNCHANGED)
    world.show(message, look)
    return message.wire()


def _seen(look: Look) -> tuple[Any, ...]:
    """What tells two looks apart; a picture that is sent anew is the same if its pixels are."""
    files = [*look.photo[-1:], *([look.file] if look.file else [])]
    hashes = tuple(hashlib.sha256(file.content).hexdigest() for file in files)
    return look.text, look.entities, hashes, look.keyboard


WRITING: Mapping[str, Method] = {
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageMedia": edit_message_media,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "sendChatAction": send_chat_action,
}
