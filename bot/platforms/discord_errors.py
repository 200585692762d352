"""What Discord's refusals mean to the bot."""

from collections.abc import Generator
from contextlib import contextmanager

import aiohttp
import discord

from bot.platform import (
    ChatGone,
    FileTooLarge,
    MessageGone,
    PlatformError,
    Rejected,
    SlowDown,
    Unreachable,
)

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK = 10003, 10008, 10015
UNKNOWN_INTERACTION, ACKNOWLEDGED, EXPIRED = 10062, 40060, 50027
NO_ACCESS, CLOSED_DM, NO_PERMISSION = 50001, 50007, 50013
TOO_LARGE, NOT_AUTHOR, ARCHIVED, TOO_OLD = 40005, 50005, 50083, 30046
TOO_MANY_FOLLOW_UPS = 40094
BANNED = 5.0  # seconds to keep still where the proxy before Discord does not say how long

DEAD = frozenset({UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION, EXPIRED})
_NO_CHAT = frozenset({UNKNOWN_CHANNEL, NO_ACCESS, CLOSED_DM, NO_PERMISSION, ARCHIVED})
_NO_MESSAGE = frozenset({UNKNOWN_MESSAGE, NOT_AUTHOR, TOO_OLD})


class TokenDead(PlatformError):
    """An interaction cannot be answered any more."""


class TokenSpent(TokenDead):
    """An interaction cannot be followed by more messages; those that are there can change."""


@contextmanager
def as_platform_errors() -> Generator[None]:
    """Raise what Discord answers, or the line does, as the platform's errors."""
    try:
        yield
    except discord.RateLimited as error:
        raise SlowDown(error.retry_after) from error
    except discord.HTTPException as error:
        raise platform_error(error) from error
    except KeyError as error:
        # The library looks for when to come again; that a message is too old comes without.
        if error.args != ("retry_after",):
            raise
        raise MessageGone("too old to be edited so often") from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise Unreachable(type(error).__name__) from error


def platform_error(error: discord.HTTPException) -> PlatformError:
    """Say what an answer of Discord means."""
    if error.code in DEAD:
        return TokenDead(error.text)
    if error.code == TOO_MANY_FOLLOW_UPS:
        return TokenSpent(error.text)
    if error.code in _NO_CHAT:
        return ChatGone(error.text)
    if error.code in _NO_MESSAGE:
        return MessageGone(error.text)
    if error.code == TOO_LARGE or error.status == 413:
        return FileTooLarge(error.text)
    return _by_status(error)


def _by_status(error: discord.HTTPException) -> PlatformError:
    if error.status == 429:
        return SlowDown(BANNED)
    if error.status >= 500 or error.status == 401:
        return Unreachable(f"{error.status}")
    return Rejected(error.text)
