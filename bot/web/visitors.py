"""Who asks: browsers are known by a cookie, which says nothing about anybody."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from bot.assembly import Bot
from bot.platforms.web import NAME
from storage import people, visits
from storage.columns import now
from storage.visits import Scope, Visit

COOKIE = "toeframe"
LIFETIME = timedelta(days=30)  # as long as people themselves are remembered
RENEWED = timedelta(days=20)  # a visit with less left than this is extended
ID_BYTES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody at a page.

    Attributes:
        visit: Of which browser.
        name: Who that is in the web chat, which has one chat for each person.
        language: As chosen, or as the browser told at first.
    """

    visit: Visit
    name: str
    language: str | None


class Visitors:
    """Lets browsers in."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def known(self, request: web.Request) -> Visitor:
        """Return who asks.

        Raises:
            web.HTTPUnauthorized: Somebody who was not let in.
        """
        async with self._bot.database.reading() as db:
            visit = await visits.find(db, request.cookies.get(COOKIE, ""))
            if visit is None or visit.scope is not Scope.CHAT:
                raise web.HTTPUnauthorized
            name = await people.name_of(db, visit.user_id)
            if name is None:
                raise web.HTTPUnauthorized
            language = (await people.known(db, visit.user_id)).language
        return Visitor(visit=visit, name=name, language=language)

    async def let_in(self, request: web.Request, language: str | None) -> str | None:
        """Let a browser in; return what its cookie is to be, or None if its own is good yet."""
        async with self._bot.database.writing() as db:
            token = request.cookies.get(COOKIE)
            visit = await visits.find(db, token) if token else None
            if visit is None or token is None:
                person = await people.meet(db, NAME, secrets.token_hex(ID_BYTES), language)
                return await visits.begin(db, person.id, Scope.CHAT, lifetime=LIFETIME)
            if visit.expires - now() > RENEWED:
                return None
            await visits.extend(db, token, LIFETIME)
            return token

    async def stays(self, request: web.Request, visitor: Visitor) -> bool:
        """Whether somebody is still here; who was just forgotten is let in as somebody new.

        The browser stays the same, as a phone does on other platforms, and has an empty chat.
        """
        token = request.cookies[COOKIE]
        async with self._bot.database.reading() as db:
            if await visits.find(db, token) is not None:
                return True
        async with self._bot.database.writing() as db:
            person = await people.meet(db, NAME, visitor.name, visitor.language)
            if await visits.find(db, token) is None:
                await visits.begin(db, person.id, Scope.CHAT, lifetime=LIFETIME, token=token)
        return False


def set_cookie(
    response: web.StreamResponse, name: str, token: str, *, lifetime: timedelta, secure: bool
) -> None:
    """Give a browser what it is known by: no script reads it, and no other page has it sent."""
    response.set_cookie(
        name,
        token,
        max_age=int(lifetime.total_seconds()),
        path="/",
        httponly=True,
        secure=secure,
        samesite="Strict",
    )
