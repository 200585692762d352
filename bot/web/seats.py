"""Who sits at the skeleton editor, and in which conversation: asked anew with each request."""

import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from aiohttp import web

from bot.assembly import Bot
from bot.bells import After, ring
from bot.carrying import Turn
from bot.saving import load_state
from bot.states import State, Version
from bot.web import guard
from bot.web.allowance import Allowance, Rate
from bot.web.guard import Refused, refusal
from bot.words import Text, say, text, tongue
from storage import people, sessions, visits
from storage.columns import now
from storage.database import StorageError
from storage.visits import Scope, Visit

COOKIE, HEADER = "toeframe_editor", "X-Toeframe-Visit"
LIFETIME = timedelta(hours=2)
ASKING = Rate(at_once=60, per_second=10)  # of one visit; a page saves four times a second at most

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Somebody at the editor, within one transaction.

    Attributes:
        visit: By which they were let in.
        state: Their conversation.
        version: The picture that it is at.
        turn: The transaction.
    """

    visit: Visit
    state: State
    version: Version
    turn: Turn

    @property
    def language(self) -> str:
        return tongue(self.state.language, self.turn.person.language)

    def refused(self, status: int, told: Text) -> Refused:
        """Say in this person's words why something is not done."""
        return Refused(refusal(status, say(told, self.language)))


class Seats:
    """Knows who sits where."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._asking = Allowance(ASKING)

    async def visit(self, told: str | None, cookie: str | None) -> Visit | None:
        """Return by which visit somebody is here; None if by none.

        Args:
            told: What the page says: its visit's token, or the name of the cookie's visit. A
                browser has one cookie for all its tabs, and a tab that was opened for another
                conversation must not save into this one.
            cookie: What the browser shows.
        """
        async with self._bot.database.reading() as db:
            own = await visits.find(db, told) if told else None
            known = own or (await visits.find(db, cookie) if cookie else None)
        if known is None or known.scope is not Scope.EDITOR:
            return None
        return known if own is not None or told in (None, "", known.name) else None

    async def known(self, request: web.Request) -> Visit:
        """Return by which visit somebody asks.

        Raises:
            Refused: They were not let in, or ask too often.
        """
        visit = await self.visit(request.headers.get(HEADER), request.cookies.get(COOKIE))
        if visit is None or visit.session is None:
            raise refused(request, 401, text("editor.used"))
        wait = self._asking.take(visit.name)
        if wait > 0:
            seconds = str(max(1, round(wait)))
            raise Refused(guard.refused(request, 429, text("editor.slowly"), Retry_After=seconds))
        return visit

    @asynccontextmanager
    async def taken(self, request: web.Request) -> AsyncGenerator[Seat]:
        """Open a transaction for whoever asks; what it wrote is undone if it raises.

        Raises:
            Refused: They were not let in, or there is no picture to edit.
        """
        visit = await self.known(request)
        after = After()
        async with self._bot.database.writing() as db:
            saved = await sessions.load(db, visit.session or "")
            if saved is None:
                raise refused(request, 401, text("refused.over"))
            state = load_state(saved.state)
            if state.version is None:
                raise refused(request, 422, text("refused.no_picture"))
            place = await people.address(db, saved.chat_id)
            name = f"{place.platform}:{await people.name_of(db, saved.user_id)}"
            if not self._bot.settings.allows(name, f"{place.platform}:{place.chat}"):
                raise refused(request, 403, text("refused.private", name=name))
            turn = Turn(
                db=db,
                source=f"editor:{secrets.token_hex(12)}",
                person=await people.known(db, saved.user_id),
                chat_id=saved.chat_id,
                admin=name in self._bot.settings.admins,
                at=now(),
                after=after,
            )
            yield Seat(visit=visit, state=state, version=state.version, turn=turn)
        ring(self._bot.bells, after)


def refused(request: web.Request, status: int, told: Text) -> Refused:
    """Say why something is not done to somebody of whom nothing but their browser is known."""
    return Refused(guard.refused(request, status, told))


async def read_json(request: web.Request) -> Json:
    """Read a body that is an object.

    Raises:
        Refused: It is none.
    """
    try:
        told: Any = await request.json()
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise refused(request, 400, text("editor.unreadable"))
    return cast("Json", told)


def text_of(asked: Json, name: str) -> str:
    """Return a text that was sent; an empty one where there is none."""
    told = asked.get(name)
    return told if isinstance(told, str) else ""


def calmly(
    do: Callable[[web.Request], Awaitable[web.Response]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Turn a refusal into its answer."""

    async def served(request: web.Request) -> web.Response:
        try:
            return await do(request)
        except Refused as error:
            return error.response
        except StorageError:
            return guard.refused(request, 503, text("refused.later"), Retry_After="2")

    return served
