"""Somebody at any platform, and the place where they meet a living bot: what scenarios speak to."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bot.settings import Settings
from pipeline.commission import Paints

Answer = Callable[[], Awaitable[str | None]]
"""Tells what a press was answered with, once the bot has done with it."""


@dataclass(frozen=True, slots=True)
class Button:
    """What can be pressed, or chosen in a menu, as it was on the screen at one time.

    Attributes:
        label: What is on it.
        press: Presses it, also once the message shows other buttons.
    """

    label: str
    press: Callable[[], Awaitable[Answer]] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message of the bot as a person sees it now.

    Attributes:
        text: Its words, without markup.
        buttons: What its buttons and menus offer, in reading order.
        picture: The JPEG that it shows.
        file: The name and the bytes of the file that it offers.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    picture: bytes | None = field(default=None, repr=False)
    file: tuple[str, bytes] | None = field(default=None, repr=False)


class Human(Protocol):
    """Somebody in their private chat with the bot.

    Each call comes back once the platform has what was done; what the bot makes of it is seen in
    `shown` later.
    """

    async def sends_photo(self, content: bytes, words: str = "") -> None:
        """Send a JPEG as a photo, with words to it."""
        ...

    async def sends_file(self, content: bytes, name: str, words: str = "") -> None:
        """Send any file, byte for byte; at a platform that tells no photos from files it is one."""
        ...

    async def types(self, words: str) -> None: ...

    async def sends_sticker(self) -> None:
        """Send what the bot has no use for.

        Raises:
            NotImplementedError: The platform has nothing of the kind.
        """
        ...

    async def shown(self) -> list[Shown]:
        """List the bot's messages, oldest first, each as it is now."""
        ...


class Town(Protocol):
    """A platform with a bot that lives.

    Attributes:
        platform: Its name, as the bot's tables have it.
        data: The bot's folder, with its database and pictures.
    """

    @property
    def platform(self) -> str: ...

    @property
    def data(self) -> Path: ...

    def newcomer(self, language: str) -> AbstractAsyncContextManager[Human]:
        """Bring somebody who never spoke to the bot; `en` or `ko`."""
        ...


class OpenTown(Protocol):
    """How a module of this package opens its town: it is called `open_town`."""

    def __call__(
        self, folder: Path, engine: Paints, settings: Settings
    ) -> AbstractAsyncContextManager[Town]:
        """Run a bot with these settings, but for the platform's own, in a folder of its own."""
        ...
