"""What a platform brings with it when a bot is put together: its calls, its tasks, its routes."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp import web

from bot.assembly import Bot, Run
from bot.platform import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A door that stands open.

    Attributes:
        parts: What runs while it does, by name; one that raises a `StudioError` ends the bot.
        routes: What the bot's HTTP server serves for it; they are served before the parts run.
    """

    parts: Mapping[str, Run]
    routes: Sequence[web.AbstractRouteDef] = field(default=())


class Door(Protocol):
    """A platform that people come in by."""

    @property
    def platform(self) -> Platform: ...

    def opened(self, bot: Bot) -> AbstractAsyncContextManager[Opened]:
        """Let people in while the context lasts; nothing is taken in before its parts run."""
        ...
