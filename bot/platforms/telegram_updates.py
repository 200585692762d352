"""What an update of Telegram is to the bot; a pure function, which drops what is not for it."""

import re

from telegram import CallbackQuery, Chat, Document, Message, Update, User
from telegram.constants import ChatType

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

GROUPS = frozenset({ChatType.GROUP, ChatType.SUPERGROUP})

# In this order, since an animation is a document too, and a venue a location.
STRANGE = (
    ("sticker", Strange.STICKER),
    ("animation", Strange.VIDEO),
    ("video", Strange.VIDEO),
    ("video_note", Strange.VIDEO),
    ("voice", Strange.VOICE),
    ("audio", Strange.VOICE),
    ("location", Strange.LOCATION),
)

_COMMAND = re.compile(r"\s*/\w+(?:@(?P<bot>\w+))?", re.ASCII)


def translate(update: Update, me: User) -> Incoming | None:
    """Read an update; None if it is not for the bot or nothing that somebody did on purpose.

    Edited messages, channel posts, messages of bots and unaddressed ones in groups are dropped.
    """
    if update.callback_query is not None:
        return _press(update.callback_query, _source(update, me))
    if update.message is not None:
        return _said(update.message, me, _source(update, me))
    return None


def moved(update: Update) -> tuple[str, str] | None:
    """Tell a group's old and new id if it was made a supergroup."""
    message = update.message
    if message is None or message.migrate_to_chat_id is None:
        return None
    return str(message.chat.id), str(message.migrate_to_chat_id)


def _source(update: Update, me: User) -> str:
    return f"tg:{me.id}:{update.update_id}"


def _press(query: CallbackQuery, source: str) -> Incoming | None:
    # A message that is too old comes without content, but with its chat and its id.
    if query.message is None or query.data is None:
        return None
    message = query.message
    return Incoming(
        source=source,
        place=_place(message.chat, message if isinstance(message, Message) else None),
        sender=_sender(query.from_user),
        what=PressedButton(
            press=query.id, carried=storable(query.data), message=str(message.message_id)
        ),
    )


def _said(message: Message, me: User, source: str) -> Incoming | None:
    sender = message.from_user
    if sender is None or sender.is_bot or not _is_for(message, me):
        return None
    what = _what(message, me)
    if what is None:
        return None
    return Incoming(
        source=source,
        place=_place(message.chat, message),
        sender=_sender(sender),
        message=str(message.message_id),
        reply_to=_reply_to(message),
        what=what,
    )


def _what(message: Message, me: User) -> Photo | Said | Odd | None:
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        remote = Remote(file=largest.file_id, size=largest.file_size)
        return Photo(remote=remote, caption=_caption(message, me))
    if message.text is not None:
        return Said(_plain(message.text, me))
    for name, what in STRANGE:
        if getattr(message, name):
            return Odd(what)
    if message.document is not None:
        return _file(message.document, _caption(message, me))
    return Odd(Strange.OTHER) if message.effective_attachment else None


def _file(document: Document, caption: str | None) -> Photo | Odd:
    mime = document.mime_type or ""
    if is_image(mime, document.file_name or ""):
        name = None if document.file_name is None else storable(document.file_name)
        remote = Remote(file=document.file_id, size=document.file_size, name=name)
        return Photo(remote=remote, caption=caption)
    return Odd(Strange.VIDEO if mime.startswith("video/") else Strange.OTHER)


def _is_for(message: Message, me: User) -> bool:
    """Whether a message is meant for the bot; in a group that is said."""
    if message.chat.type == ChatType.PRIVATE:
        return True
    if message.chat.type not in GROUPS:
        return False
    words = message.text or message.caption or ""
    command = _COMMAND.match(words)
    if command is not None:
        return command["bot"] is None or _is_name(command["bot"], me)
    return _replies_to(message, me) or _mention(me).search(words) is not None


def _replies_to(message: Message, me: User) -> bool:
    replied = message.reply_to_message
    # In a topic each message replies to the one that opened it, which may be the bot's.
    if replied is None or replied.forum_topic_created is not None:
        return False
    return replied.from_user is not None and replied.from_user.id == me.id


def _reply_to(message: Message) -> str | None:
    replied = message.reply_to_message
    if replied is None or replied.forum_topic_created is not None:
        return None
    return str(replied.message_id)


def _place(chat: Chat, message: Message | None) -> Place:
    # Outside of topics `message_thread_id` names a thread of replies.
    in_topic = message is not None and message.is_topic_message
    thread = message.message_thread_id if message is not None and in_topic else None
    return Place(
        platform="telegram",
        chat=str(chat.id),
        thread=None if thread is None else str(thread),
        is_group=chat.type in GROUPS,
    )


def _sender(user: User) -> Sender:
    return Sender(str(user.id), user.language_code)


def _caption(message: Message, me: User) -> str | None:
    return None if message.caption is None else _plain(message.caption, me) or None


def _plain(text: str, me: User) -> str:
    """Take the bot's name out of a text: `/undo@our_bot`, `@our_bot undo`."""
    command = _COMMAND.match(text)
    if command is not None and command["bot"] is not None and _is_name(command["bot"], me):
        text = text[: command.start("bot") - 1] + text[command.end() :]
    return storable(_mention(me).sub("", text)).strip()


def _mention(me: User) -> re.Pattern[str]:
    name = re.escape(me.username) if me.username else "(?!)"
    return re.compile(rf"(?<![\w@/])@{name}(?!\w)", re.IGNORECASE)


def _is_name(told: str, me: User) -> bool:
    return told.casefold() == (me.username or "").casefold()
