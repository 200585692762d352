"""The skeleton editor's HTTP: let somebody in, tell them the pose, take over what they made of it.

A save is one event of the conversation, in one transaction with the merge that comes before it, so
that what the chat did meanwhile is never lost: it is brought together, or the page is told.
"""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any, cast

from aiohttp import hdrs, web
from PIL import Image

from bot.assembly import Bot
from bot.bells import After, ring
from bot.carrying import Turn
from bot.easel import Unshowable
from bot.effects import Picture
from bot.events import Event, MaskDrawn, PoseSaved
from bot.saving import load_state
from bot.states import People, State, Version
from bot.web.guard import refusal
from bot.web.initdata import launched
from bot.web.links import Links
from bot.web.people import document, read_people, write_people
from bot.web.visitors import set_cookie
from bot.words import Text, say, text, tongue
from pipeline.edits import apply, parse_edit
from pipeline.errors import StudioError
from pipeline.merging import Clash, mark_of, merge
from pipeline.skeleton import from_openpose, to_openpose
from storage import people, pictures, sessions, visits
from storage.columns import now
from storage.visits import Scope, Visit

COOKIE, HEADER = "toeframe_editor", "X-Toeframe-Visit"
LIFETIME = timedelta(hours=2)
LARGEST_MASK = 8_000_000  # bytes; a mask of 50 megapixels has some hundred thousand
LONGEST_EDIT = 120  # characters
TELEGRAM = "telegram"

Json = dict[str, Any]


class Refused(Exception):
    """What was asked for is not done; `response` says why."""

    def __init__(self, response: web.Response) -> None:
        super().__init__(response.status)
        self.response = response


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Somebody at the editor, within one transaction.

    Attributes:
        visit: By which they were let in.
        saved: Their conversation, as it was saved.
        state: The same, read.
        turn: The transaction.
    """

    visit: Visit
    saved: sessions.Saved
    state: State
    turn: Turn

    @property
    def language(self) -> str:
        return tongue(self.state.language, self.turn.person.language)


class Editor:
    """Serves the skeleton editor."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._links: Links = bot.links
        self._reading = asyncio.Semaphore(1)

    def routes(self) -> list[web.RouteDef]:
        served = {
            "open": self._open,
            "save": self._save,
            "edit": self._edit,
            "mask": self._mask,
            "refine": self._refine,
            "openpose": self._load,
        }
        posts = [web.post(f"/api/editor/{name}", _calmly(do)) for name, do in served.items()]
        return [
            *posts,
            web.get("/api/editor/document", _calmly(self._show)),
            web.get("/api/editor/openpose", _calmly(self._export)),
            web.get("/api/editor/picture/{picture}", _calmly(self._picture)),
        ]

    async def visit(self, token: str | None) -> Visit | None:
        """Return by which visit somebody is here who shows this; None if by none."""
        if not token:
            return None
        async with self._bot.database.reading() as db:
            visit = await visits.find(db, token)
        return visit if visit is not None and visit.scope is Scope.EDITOR else None

    async def document_of(self, state: State) -> Json:
        """Write the picture that a conversation is at as the page reads it."""
        version = _version(state)
        picture = version.made.picture
        size = await self._bot.easel.size_of(picture)
        until = str(int((now() + LIFETIME).timestamp()))
        seal = self._links.seal(f"{picture} {until}")
        url = f"/api/editor/picture/{picture}?until={until}&seal={seal}"
        shown = {"url": url, "width": size.width, "height": size.height}
        return document(state, version, shown, None)

    async def _open(self, request: web.Request) -> web.Response:
        """Let somebody in who shows a signed address, or what Telegram signed; each counts once."""
        asked = await _json(request)
        if "initData" in asked:
            return await self._open_app(asked)
        grant = self._links.read(_text(asked, "token"), now())
        if grant is None:
            raise Refused(refusal(403, say(text("editor.used"), _asked_language(request))))
        async with self._bot.database.writing() as db:
            saved = await sessions.load(db, grant.session)
            known = saved is not None and saved.user_id == grant.user_id
            if not known or not await visits.spend(db, grant.nonce, grant.until):
                raise Refused(refusal(403, say(text("editor.used"), _asked_language(request))))
            token = await visits.begin(
                db, grant.user_id, Scope.EDITOR, session=grant.session, lifetime=LIFETIME
            )
        state = load_state(saved.state) if saved else None
        response = web.json_response(await self._document(state))
        secure = self._bot.settings.is_public
        set_cookie(response, COOKIE, token, lifetime=LIFETIME, secure=secure)
        return response

    async def _open_app(self, asked: Json) -> web.Response:
        token = self._bot.settings.telegram_token
        app = launched(_text(asked, "initData"), token, now()) if token else None
        if app is None:
            raise Refused(refusal(403, say(text("editor.used"))))
        wanted = asked.get("session") or app.start
        async with self._bot.database.writing() as db:
            saved = await sessions.load(db, wanted) if isinstance(wanted, str) else None
            owner = await people.name_of(db, saved.user_id) if saved else None
            place = await people.address(db, saved.chat_id) if saved else None
            if saved is None or owner != app.user or not place or place.platform != TELEGRAM:
                raise Refused(refusal(403, say(text("editor.stranger"))))
            if not await visits.spend(db, app.nonce, app.until):
                raise Refused(refusal(403, say(text("editor.used"))))
            visit = await visits.begin(
                db, saved.user_id, Scope.EDITOR, session=saved.id, lifetime=LIFETIME
            )
        told = await self._document(load_state(saved.state))
        return web.json_response({**told, "visit": visit})

    async def _document(self, state: State | None) -> Json:
        if state is None or state.version is None:
            raise Refused(refusal(409, say(text("refused.no_picture"))))
        return await self.document_of(state)

    async def _show(self, request: web.Request) -> web.Response:
        async with self._seat(request) as seat:
            state = seat.state
        return web.json_response(await self._document(state))

    async def _save(self, request: web.Request) -> web.Response:
        asked = await _json(request)
        async with self._seat(request) as seat:
            version = _version(seat.state)
            if seat.state.work is not None:
                raise Refused(refusal(423, say(text("refused.busy"), seat.language)))
            if asked.get("version") != version.number:
                gone = await self._document(seat.state)
                raise Refused(web.json_response(gone, status=410))
            theirs = version.pose.present
            mine = self._people(asked.get("people"), len(theirs), seat)
            base = _found(version, asked.get("base"))
            merged = merge(base, mine, theirs) if base is not None else None
            if merged is None or merged.clashes:
                raise Refused(_conflict(theirs, merged.clashes if merged else ()))
            await self._step(seat, PoseSaved(version.number, merged.people))
        told = {"mark": mark_of(merged.people), "people": write_people(merged.people)}
        return web.json_response({**told, "merged": merged.people != mine})

    async def _edit(self, request: web.Request) -> web.Response:
        """Do to somebody what words say; nothing is saved."""
        asked = await _json(request)
        async with self._seat(request) as seat:
            known = self._people(asked.get("people"), len(_version(seat.state).pose.present), seat)
        index = asked.get("person")
        if not isinstance(index, int) or not 0 <= index < len(known):
            raise Refused(refusal(400, say(text("editor.unreadable"), seat.language)))
        try:
            edited = apply(known[index], parse_edit(_text(asked, "edit")[:LONGEST_EDIT]))
        except StudioError as error:
            told = say(text("told", sentence=str(error)), seat.language)
            raise Refused(refusal(422, told)) from error
        return web.json_response(
            {"people": write_people((*known[:index], edited, *known[index + 1 :]))}
        )

    async def _mask(self, request: web.Request) -> web.Response:
        async with self._seat(request) as seat:
            size = _version(seat.state).made.canvas.size
        content = await _limited(request, LARGEST_MASK)
        async with self._reading:
            fits = content and await asyncio.to_thread(_is_mask, content, (size.width, size.height))
        if not content or not fits:
            raise Refused(refusal(422, say(text("editor.mask"), seat.language)))
        mask = await self._bot.store.put(content)
        async with self._bot.database.writing() as db:
            await pictures.note(db, mask, len(content), "image/png")
        return web.json_response({"mask": mask})

    async def _refine(self, request: web.Request) -> web.Response:
        asked = await _json(request)
        version, mask = asked.get("version"), asked.get("mask")
        async with self._seat(request) as seat:
            if not isinstance(version, int) or isinstance(version, bool):
                raise Refused(refusal(400, say(text("refused.moved_on"), seat.language)))
            if mask is not None and not await _is_noted(seat, mask):
                raise Refused(refusal(422, say(text("editor.mask"), seat.language)))
            await self._step(seat, MaskDrawn(version, mask))
        return web.json_response({}, status=202)

    async def _export(self, request: web.Request) -> web.Response:
        async with self._seat(request) as seat:
            version = _version(seat.state)
        size = version.made.canvas.size
        told = to_openpose(version.pose.present, width=size.width, height=size.height)
        name = f"toeframe-{version.number}.json"
        headers = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"'}
        return web.json_response(told, headers=headers)

    async def _load(self, request: web.Request) -> web.Response:
        """Read an OpenPose file as this picture's people; nothing is saved."""
        asked = await _json(request)
        async with self._seat(request) as seat:
            count = len(_version(seat.state).pose.present)
        try:
            loaded = tuple(from_openpose(asked))
            told = write_people(loaded)
            read_people(told, count)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            told = say(text("editor.unreadable"), seat.language)
            raise Refused(refusal(422, told)) from error
        return web.json_response({"people": told})

    async def _picture(self, request: web.Request) -> web.Response:
        """Show a picture to whoever has its sealed address; in a frame there is no cookie."""
        picture, query = request.match_info["picture"], request.query
        until = query.get("until", "")
        if not self._links.is_sealed(f"{picture} {until}", query.get("seal", "")):
            raise web.HTTPNotFound(reason="That picture is not here.")
        if int(until) < now().timestamp():
            raise web.HTTPGone(reason="Reload the editor to see the picture.")
        jpeg = await self._bot.easel.draw(Picture(base=picture))
        headers = {hdrs.CACHE_CONTROL: "private, max-age=3600"}
        return web.Response(body=jpeg, headers=headers, content_type="image/jpeg")

    @asynccontextmanager
    async def _seat(self, request: web.Request) -> AsyncGenerator[Seat]:
        """Open a transaction for whoever asks; what it wrote is undone if it raises.

        Raises:
            Refused: They were not let in, or there is no picture to edit.
        """
        visit = await self.visit(request.headers.get(HEADER) or request.cookies.get(COOKIE))
        if visit is None or visit.session is None:
            raise Refused(refusal(401, say(text("editor.used"), _asked_language(request))))
        after = After()
        async with self._bot.database.writing() as db:
            saved = await sessions.load(db, visit.session)
            if saved is None:
                raise Refused(refusal(401, say(text("refused.over"), _asked_language(request))))
            state = load_state(saved.state)
            if state.version is None:
                raise Refused(refusal(409, say(text("refused.no_picture"), state.language)))
            turn = Turn(
                db=db,
                source=f"editor:{secrets.token_hex(12)}",
                person=await people.known(db, saved.user_id),
                chat_id=saved.chat_id,
                admin=False,
                at=now(),
                after=after,
            )
            yield Seat(visit=visit, saved=saved, state=state, turn=turn)
        ring(self._bot.bells, after)

    async def _step(self, seat: Seat, event: Event) -> None:
        """Step the conversation; what it will not do is undone, and told."""
        _, answer = await self._bot.carrier.step(seat.turn, seat.state, event)
        if answer is not None:
            raise Refused(refusal(409, say(answer, seat.language)))

    def _people(self, told: object, count: int, seat: Seat) -> People:
        try:
            return read_people(told, count)
        except ValueError as error:
            sentence: Text = text("editor.unreadable")
            raise Refused(refusal(422, say(sentence, seat.language))) from error


def _calmly(
    do: Callable[[web.Request], Awaitable[web.Response]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Turn a refusal into its answer."""

    async def served(request: web.Request) -> web.Response:
        try:
            return await do(request)
        except Refused as refused:
            return refused.response
        except Unshowable:
            return refusal(410, "That picture is not kept any more. Send the photo again.")

    return served


def _version(state: State) -> Version:
    if state.version is None:
        raise Refused(refusal(409, say(text("refused.no_picture"), state.language)))
    return state.version


def _found(version: Version, mark: object) -> People | None:
    """Return the pose that a page began from, if it is still remembered."""
    pose = version.pose
    known = (pose.present, *reversed(pose.past), *pose.future, version.made.people)
    return next((people for people in known if mark_of(people) == mark), None)


def _conflict(theirs: People, clashes: tuple[Clash, ...]) -> web.Response:
    told = [
        {"person": clash.person, "joint": clash.joint.label if clash.joint is not None else "front"}
        for clash in clashes
    ]
    document = {"mark": mark_of(theirs), "people": write_people(theirs), "conflicts": told}
    return web.json_response(document, status=409)


async def _is_noted(seat: Seat, mask: object) -> bool:
    return isinstance(mask, str) and mask in await pictures.known(seat.turn.db, mask[:2])


async def _json(request: web.Request) -> Json:
    try:
        told: Any = await request.json()
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise Refused(refusal(400, say(text("editor.unreadable"), _asked_language(request))))
    return cast("Json", told)


def _text(asked: Json, name: str) -> str:
    told = asked.get(name)
    return told if isinstance(told, str) else ""


def _asked_language(request: web.Request) -> str:
    return tongue(request.headers.get(hdrs.ACCEPT_LANGUAGE, "").partition(",")[0] or None)


async def _limited(request: web.Request, most: int) -> bytes:
    """Read a body; nothing of one that is too large."""
    content = bytearray()
    async for piece, _ in request.content.iter_chunks():
        content += piece
        if len(content) > most:
            return b""
    return bytes(content)


def _is_mask(content: bytes, size: tuple[int, int]) -> bool:
    """Whether a file is a PNG of this size with something white in it."""
    try:
        with Image.open(BytesIO(content), formats=["PNG"]) as image:
            return image.size == size and image.convert("L").point(_white).getbbox() is not None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False


def _white(value: int) -> int:
    return 255 if value > 127 else 0
