"""The web chat as a door: its socket, its uploads and its pictures are served by the bot itself."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bot.assembly import Bot
from bot.doors import Opened
from bot.platforms.web import Web
from bot.web.chat import Chat
from bot.web.gallery import Gallery
from bot.web.uploads import Uploads
from bot.web.visitors import Visitors


class WebDoor:
    """People come in by a page."""

    def __init__(self) -> None:
        self._web = Web()

    @property
    def platform(self) -> Web:
        return self._web

    @asynccontextmanager
    async def opened(self, bot: Bot) -> AsyncGenerator[Opened]:
        """See `bot.doors.Door.opened`."""
        self._web.open(bot)
        visitors = Visitors(bot)
        chat = Chat(bot, self._web, visitors)
        yield Opened(
            parts={"web chat": chat.run},
            routes=[
                *chat.routes(),
                *Uploads(bot, self._web, visitors).routes(),
                *Gallery(bot, visitors).routes(),
            ],
        )
