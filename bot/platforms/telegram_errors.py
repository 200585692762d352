"""What Telegram's refusals mean to the bot."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    RetryAfter,
    TelegramError,
)

from bot.platform import (
    ChatGone,
    ChatMoved,
    FileTooLarge,
    MessageGone,
    PlatformError,
    Rejected,
    SlowDown,
    Unreachable,
)

NO_CHAT = (
    "chat not found",
    "thread not found",
    "topic_closed",
    "topic_deleted",
    "chat_write_forbidden",
    "chat_restricted",
    "peer_id_invalid",
    "group chat was deactivated",
    "bot is not a member",
    "rights to send text messages",
    "no rights to send a message",
)
NO_MESSAGE = ("message to edit not found", "message can't be edited", "message_id_invalid")
UNCHANGED = "message is not modified"
NO_TEXT = "no text in the message to edit"
LATE_PRESS = ("query is too old", "query id is invalid")


@contextmanager
def as_platform_errors() -> Generator[None]:
    """Raise what Telegram answers as the platform's errors."""
    try:
        yield
    except TelegramError as error:
        raise platform_error(error) from error


def platform_error(error: TelegramError) -> PlatformError:
    """Say what an answer of Telegram means."""
    match error:
        case RetryAfter():
            return SlowDown(_seconds(error.retry_after))
        case ChatMigrated():
            return ChatMoved(str(error.new_chat_id))
        case Forbidden():
            return ChatGone(error.message)
        case BadRequest():
            return _refusal(error)
        case _ if says(error, "too large"):
            return FileTooLarge(error.message)
        case _:
            # InvalidToken too: a server that is being restarted answers 404 to everything.
            return Unreachable(error.message.partition(". Parsing the server")[0])


@contextmanager
def quiet_on(*refusals: str) -> Generator[None]:
    """Pass over refusals that are none to the bot."""
    try:
        yield
    except BadRequest as error:
        if not says(error, *refusals):
            raise


def says(error: TelegramError, *words: str) -> bool:
    """Whether an answer holds one of these."""
    told = error.message.lower()
    return any(one in told for one in words)


def _refusal(error: BadRequest) -> PlatformError:
    if says(error, *NO_CHAT):
        return ChatGone(error.message)
    if says(error, *NO_MESSAGE):
        return MessageGone(error.message)
    if says(error, "temporarily unavailable"):
        return Unreachable(error.message)
    if says(error, "file is too big"):
        return FileTooLarge(error.message)
    return Rejected(error.message)


def _seconds(wait: int | timedelta) -> float:
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
