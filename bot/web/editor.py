"""The skeleton editor's HTTP: let somebody in, tell them the pose, take over what they made of it.

A save is one event of the conversation, in one transaction with the merge that comes before it, so
that what the chat did meanwhile is never lost: it is brought together, or the page is told.
"""

from aiohttp import hdrs, web

from bot.assembly import Bot
from bot.events import Event, MaskDrawn, PoseSaved
from bot.saving import load_state
from bot.states import People, State, Version
from bot.web.drawings import Drawings
from bot.web.guard import Refused
from bot.web.initdata import launched
from bot.web.people import document, read_openpose, read_people, write_people
from bot.web.seats import (
    COOKIE,
    LIFETIME,
    Json,
    Seat,
    Seats,
    calmly,
    read_json,
    refused,
    text_of,
)
from bot.web.visitors import set_cookie
from bot.words import text
from pipeline.edits import apply, parse_edit
from pipeline.errors import StudioError
from pipeline.merging import Clash, mark_of, merge
from pipeline.skeleton import Skeleton, to_openpose
from storage import people, pictures, sessions, visits
from storage.columns import now
from storage.visits import Scope, Visit

LONGEST_EDIT = 120  # characters
TELEGRAM = "telegram"


class Editor:
    """Serves the skeleton editor."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._seats = Seats(bot)
        self._drawings = Drawings(bot, self._seats, bot.links)

    @property
    def seats(self) -> Seats:
        """Who sits where."""
        return self._seats

    def routes(self) -> list[web.RouteDef]:
        served = {
            "open": self._open,
            "save": self._save,
            "edit": self._edit,
            "refine": self._refine,
            "openpose": self._load,
        }
        posts = [web.post(f"/api/editor/{name}", calmly(do)) for name, do in served.items()]
        export = web.get("/api/editor/openpose", calmly(self._export))
        return [*posts, export, *self._drawings.routes()]

    def document_of(self, state: State, version: Version, language: str | None = None) -> Json:
        """Write the picture that a conversation is at as the page reads it."""
        picture, size = version.made.picture, version.made.canvas.size
        url = self._drawings.address_of(state, picture)
        shown = {"url": url, "width": size.width, "height": size.height}
        return document(state, version, shown, language)

    async def _open(self, request: web.Request) -> web.Response:
        """Let somebody in who shows a signed address, or what Telegram signed; each counts once.

        A page that is loaded anew shows neither: its browser is known already.
        """
        asked = await read_json(request)
        if "initData" in asked:
            return await self._open_app(request, asked)
        if "token" in asked:
            return await self._open_link(request, asked)
        visit = await self._seats.known(request)
        return web.json_response(await self._document(request, visit))

    async def _open_link(self, request: web.Request, asked: Json) -> web.Response:
        grant = self._bot.links.read(text_of(asked, "token"), now())
        if grant is None:
            raise refused(request, 403, text("editor.used"))
        async with self._bot.database.writing() as db:
            saved = await sessions.load(db, grant.session)
            is_theirs = saved is not None and saved.user_id == grant.user_id
            if not is_theirs or not await visits.spend(db, grant.nonce, grant.until):
                raise refused(request, 403, text("editor.used"))
            token = await visits.begin(
                db, grant.user_id, Scope.EDITOR, session=grant.session, lifetime=LIFETIME
            )
        visit = await self._seats.visit(token, None)
        response = web.json_response(await self._document(request, visit))
        secure = self._bot.settings.is_public
        set_cookie(response, COOKIE, token, lifetime=LIFETIME, secure=secure)
        return response

    async def _open_app(self, request: web.Request, asked: Json) -> web.Response:
        token = self._bot.settings.telegram_token
        app = launched(text_of(asked, "initData"), token, now()) if token else None
        if app is None:
            raise refused(request, 403, text("editor.used"))
        wanted = text_of(asked, "session") or app.start or ""
        async with self._bot.database.writing() as db:
            saved = await sessions.load(db, wanted)
            owner = await people.name_of(db, saved.user_id) if saved else None
            place = await people.address(db, saved.chat_id) if saved else None
            if saved is None or owner != app.user or not place or place.platform != TELEGRAM:
                raise refused(request, 403, text("editor.stranger"))
            if not await visits.spend(db, app.nonce, app.until):
                raise refused(request, 403, text("editor.used"))
            token = await visits.begin(
                db, saved.user_id, Scope.EDITOR, session=saved.id, lifetime=LIFETIME
            )
        told = await self._document(request, await self._seats.visit(token, None))
        return web.json_response({**told, "visit": token})

    async def _document(self, request: web.Request, visit: Visit | None) -> Json:
        """Write what somebody who was let in sees first."""
        session = visit.session if visit else None
        async with self._bot.database.reading() as db:
            saved = await sessions.load(db, session or "")
            person = await people.known(db, saved.user_id) if saved else None
        if visit is None or saved is None or person is None:
            raise refused(request, 401, text("refused.over"))
        state = load_state(saved.state)
        if state.version is None:
            raise refused(request, 422, text("refused.no_picture"))
        told = self.document_of(state, state.version, person.language)
        return {**told, "visit": visit.name}

    async def _save(self, request: web.Request) -> web.Response:
        asked = await read_json(request)
        async with self._seats.taken(request) as seat:
            if asked.get("version") == seat.version.number:
                return await self._merged(seat, asked)
        told = self.document_of(seat.state, seat.version, seat.language)
        return web.json_response({**told, "visit": seat.visit.name}, status=410)

    async def _merged(self, seat: Seat, asked: Json) -> web.Response:
        """Save people, together with what the chat did since the page has them."""
        if seat.state.work is not None:
            raise seat.refused(423, text("refused.busy"))
        theirs = seat.version.pose.present
        mine = _people(seat, asked.get("people"))
        # From a pose that nobody remembers, all that differs may be somebody else's doing.
        base = _found(seat.version, asked.get("base")) or tuple(Skeleton({}) for _ in theirs)
        merged = merge(base, mine, theirs)
        if merged.clashes:
            raise Refused(_conflict(theirs, merged.clashes))
        await self._step(seat, PoseSaved(seat.version.number, merged.people))
        told = {"mark": mark_of(merged.people), "people": write_people(merged.people)}
        return web.json_response({**told, "merged": merged.people != mine})

    async def _edit(self, request: web.Request) -> web.Response:
        """Do to somebody what words say; nothing is saved."""
        asked = await read_json(request)
        async with self._seats.taken(request) as seat:
            known = _people(seat, asked.get("people"))
        index = asked.get("person")
        if type(index) is not int or not 0 <= index < len(known):
            raise seat.refused(400, text("editor.unreadable"))
        try:
            edited = apply(known[index], parse_edit(text_of(asked, "edit")[:LONGEST_EDIT]))
        except StudioError as error:
            raise seat.refused(422, text("told", sentence=str(error))) from error
        told = write_people((*known[:index], edited, *known[index + 1 :]))
        return web.json_response({"people": told})

    async def _refine(self, request: web.Request) -> web.Response:
        asked = await read_json(request)
        version, mask = asked.get("version"), asked.get("mask")
        async with self._seats.taken(request) as seat:
            if type(version) is not int:
                raise seat.refused(400, text("refused.moved_on"))
            if mask is not None and not await _is_noted(seat, mask):
                raise seat.refused(422, text("editor.mask"))
            await self._step(seat, MaskDrawn(version, mask))
        return web.json_response({}, status=202)

    async def _export(self, request: web.Request) -> web.Response:
        async with self._seats.taken(request) as seat:
            version = seat.version
        size = version.made.canvas.size
        told = to_openpose(version.pose.present, width=size.width, height=size.height)
        name = f"toeframe-{version.number}.json"
        headers = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"'}
        return web.json_response(told, headers=headers)

    async def _load(self, request: web.Request) -> web.Response:
        """Read an OpenPose file as this picture's people; nothing is saved."""
        asked = await read_json(request)
        async with self._seats.taken(request) as seat:
            count, size = len(seat.version.pose.present), seat.version.made.canvas.size
        try:
            loaded = read_openpose(asked, count, size)
        except ValueError as error:
            raise seat.refused(422, text("editor.unreadable")) from error
        return web.json_response({"people": write_people(loaded)})

    async def _step(self, seat: Seat, event: Event) -> None:
        """Step the conversation; what it will not do is undone, and told."""
        after, answer = await self._bot.carrier.step(seat.turn, seat.state, event)
        if answer is not None:
            raise seat.refused(423, answer)
        if isinstance(event, MaskDrawn) and after.work is None:
            raise seat.refused(429, after.reason or text("refused.later"))


def _people(seat: Seat, told: object) -> People:
    try:
        return read_people(told, len(seat.version.pose.present))
    except ValueError as error:
        raise seat.refused(422, text("editor.unreadable")) from error


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
