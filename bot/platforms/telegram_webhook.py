"""Takes in the updates that Telegram posts to an address of ours."""

import asyncio
import hmac
import json
import logging
import secrets
from typing import Any
from weakref import WeakValueDictionary

from aiohttp import web

from bot.platform import Rejected
from bot.platforms.telegram_account import Raw
from bot.platforms.telegram_intake import Intake, chat_of
from bot.platforms.telegram_polling import patiently

PATH = "/telegram"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
LARGEST = 1_000_000  # bytes of an update; Telegram's have some kilobytes

log = logging.getLogger(__name__)


class Webhook:
    """The route that Telegram posts updates to.

    Args:
        intake: Takes them in.
        public: The address under which this route is reached from outside, without its path.
    """

    def __init__(self, intake: Intake, *, public: str) -> None:
        self._intake = intake
        self._url = public.rstrip("/") + PATH
        # A new one each time: whatever is posted before `start` is refused, and comes again.
        self._secret = secrets.token_urlsafe(32)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def routes(self) -> list[web.RouteDef]:
        return [web.post(PATH, self.receive)]

    async def start(self) -> None:
        """Have Telegram post updates here; call it when the route is served.

        Raises:
            TokenRefused: Telegram does not know the token.
            Rejected: Telegram does not post to such an address.
        """
        account = self._intake.telegram.account
        await patiently(account.meet)
        await patiently(lambda: account.start_webhook(self._url, self._secret), final=Rejected)

    async def receive(self, request: web.Request) -> web.Response:
        """Answer 200 once the database holds the update; anything else makes it come again."""
        told = request.headers.get(HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(told, self._secret.encode()):
            return web.Response(status=403)
        update = await _update(request)
        if update is None:
            return web.Response(status=400)
        kept = await self._take(update)
        return web.Response(status=200 if kept else 500)

    async def _take(self, update: Raw) -> bool:
        chat = chat_of(update)
        turn = self._turns.get(chat)
        if turn is None:
            turn = self._turns[chat] = asyncio.Lock()
        async with turn:
            return await self._intake.take(update)


async def _update(request: web.Request) -> Raw | None:
    if (request.content_length or 0) > LARGEST:
        return None
    try:
        update: Any = json.loads(await request.read())
        return update if isinstance(update["update_id"], int) else None
    except (ValueError, TypeError, KeyError):
        return None
