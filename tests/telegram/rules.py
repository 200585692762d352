"""What the Bot API refuses, and in which words."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tests.telegram.entities import units

Json = dict[str, Any]
Keyboard = tuple[tuple[Json, ...], ...]

TEXT, CAPTION, ANSWER = 4096, 1024, 200  # UTF-16 units
ROW, BUTTONS = 8, 100
CARRIED = 64  # bytes
PHOTO_BYTES, UPLOAD_BYTES, DOWNLOAD_BYTES = 10_000_000, 50_000_000, 20_000_000
PHOTO_SIDES, PHOTO_RATIO = 10_000, 20
COMMANDS, DESCRIPTION = 100, 256
LINK_LIFE = 3600.0  # seconds
PRESS_LIFE = 15.0
UPDATE_LIFE = 24 * 3600.0
EDITABLE = 48 * 3600.0  # seconds in which a press still carries its message

UNCHANGED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
ACTIONS = frozenset(
    {"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice"}
    | {"upload_document", "choose_sticker", "find_location", "record_video_note"}
    | {"upload_video_note"}
)
DEEDS = frozenset(
    {"url", "callback_data", "web_app", "login_url", "switch_inline_query", "copy_text", "pay"}
    | {"switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "callback_game"}
)
SCOPES = frozenset(
    {"default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat"}
    | {"chat_administrators", "chat_member"}
)
UPDATE_KINDS = frozenset(
    {"message", "edited_message", "channel_post", "edited_channel_post", "callback_query"}
    | {"inline_query", "my_chat_member", "chat_member", "poll", "message_reaction"}
)
LATE_PRESS = "query is too old and response timeout expired or query ID is invalid"


class ApiError(Exception):
    """A call that is refused."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad(description: str, **parameters: int) -> ApiError:
    return ApiError(400, f"Bad Request: {description}", **parameters)


def check_text(text: str) -> str:
    if not text:
        raise bad("message text is empty")
    if units(text) > TEXT:
        raise bad("message is too long")
    return text


def check_caption(text: str) -> str:
    if units(text) > CAPTION:
        raise bad("message caption is too long")
    return text


def check_keyboard(markup: Any, *, is_private: bool) -> Keyboard:
    """Read an inline keyboard."""
    if markup is None:
        return ()
    try:
        rows: list[list[Json]] = [row for row in markup["inline_keyboard"] if row]
    except (TypeError, KeyError) as error:
        raise bad("inline keyboard expected") from error
    if any(len(row) > ROW for row in rows) or sum(map(len, rows)) > BUTTONS:
        raise bad("reply markup is too long")
    for row in rows:
        for button in row:
            _check_button(button, is_private=is_private)
    return tuple(tuple(row) for row in rows)


def _check_button(button: Json, *, is_private: bool) -> None:
    if not str(button.get("text", "")).strip():
        raise bad("can't parse inline keyboard button: Text must be non-empty")
    deeds = DEEDS & button.keys()
    if len(deeds) != 1:
        raise bad("can't parse inline keyboard button: one action field is needed")
    if "callback_data" in deeds and not 1 <= len(button["callback_data"].encode()) <= CARRIED:
        raise bad("BUTTON_DATA_INVALID")
    if "copy_text" in deeds and not 1 <= units(button["copy_text"]["text"]) <= 256:
        raise bad("BUTTON_COPY_TEXT_INVALID")
    if "web_app" in deeds:
        _check_web_app(button["web_app"]["url"], is_private=is_private)


def _check_web_app(url: str, *, is_private: bool) -> None:
    if not is_private:
        raise bad("BUTTON_TYPE_INVALID")
    if not url.startswith("https://"):
        raise bad(f"inline keyboard button Web App URL '{url}' is invalid: Only HTTPS links are")


def check_commands(commands: Sequence[Mapping[str, str]]) -> None:
    if len(commands) > COMMANDS:
        raise bad("too many commands")
    for command in commands:
        if re.fullmatch(r"[a-z0-9_]{1,32}", command.get("command", "")) is None:
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= units(command.get("description", "")) <= DESCRIPTION:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")


def check_scope(scope: Json, language: str) -> None:
    if scope.get("type") not in SCOPES:
        raise bad("unsupported type specified")
    if language and re.fullmatch(r"[a-z]{2}", language) is None:
        raise bad("invalid language code specified")


def check_secret(secret: str) -> None:
    if re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret) is None:
        raise bad("secret token contains unallowed characters")


def check_sides(width: int, height: int) -> None:
    if width + height > PHOTO_SIDES or max(width, height) > PHOTO_RATIO * min(width, height):
        raise bad("PHOTO_INVALID_DIMENSIONS")
