"""The gateway: sessions, what each has still to hear, and all that breaks off a connection."""

import itertools
import json
from collections import deque
from collections.abc import Callable

from aiohttp import WSMsgType, web

from tests.discord.errors import Json
from tests.discord.links import Closed, Link, Session
from tests.telegram.bell import Bell

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME, RECONNECT = 0, 1, 2, 3, 6, 7
MEMBERS, INVALID, HELLO, ACK = 8, 9, 10, 11
GUILDS, GUILD_MESSAGES, DM_MESSAGES, CONTENT = 1 << 0, 1 << 9, 1 << 12, 1 << 15
PRIVILEGED = 1 << 1 | 1 << 8 | CONTENT  # members, presences, message content
KNOWN_INTENTS = (1 << 26) - 1
IDENTIFY_EVERY = 5.0  # seconds
STARTS, DAY = 1000, 86400.0
SENDS, PER = 120, 60.0
PAYLOAD_BYTES = 4096
BEAT = 41.25  # seconds between heartbeats


class Gateway:
    """All sessions of a bot.

    Attributes:
        granted: Which privileged intents the bot was granted.
        beat: Seconds between the heartbeats that clients are asked for.
        is_deaf: Whether heartbeats are left without acknowledgement.
        twice: Whether an event is told twice, as after a resumption with an old number.
        identified: When sessions began.
        resumed: Ids of sessions that were taken up again.
        closed: With which code clients ended their connections, or were ended.
    """

    def __init__(self, now: Callable[[], float], token: str, bell: Bell) -> None:
        self.granted = 0
        self.beat = BEAT
        self.is_deaf = False
        self.twice: Callable[[str], bool] = lambda event: False
        self.sessions: dict[str, Session] = {}
        self.identified: list[float] = []
        self.resumed: list[str] = []
        self.closed: list[int | None] = []
        self.ready: Callable[[Session], Json] = lambda session: {}
        self.after_ready: Callable[[], list[tuple[str, Json]]] = list
        self._now = now
        self._token = token
        self._bell = bell
        self._links: list[Link] = []
        self._numbers = itertools.count(1)

    @property
    def is_connected(self) -> bool:
        """Whether a client is there who was told that it is ready."""
        return any(link.session is not None for link in self._links)

    async def dispatch(
        self, event: str, intent: int, told: Callable[[Session], Json | None]
    ) -> None:
        """Tell all sessions that asked for it; those that are away hear of it when they resume."""
        for session in list(self.sessions.values()):
            body = told(session) if session.wants(intent) else None
            for _ in range(1 + self.twice(event) if body is not None else 0):
                await self._tell(session, event, body or {})

    async def reconnect(self) -> None:
        """Ask clients to come again (op 7)."""
        for link in list(self._links):
            await link.send({"op": RECONNECT, "d": None})

    async def invalidate(self, *, resumable: bool) -> None:
        """Tell clients that their session is invalid (op 9)."""
        if not resumable:
            self.sessions.clear()
        for link in list(self._links):
            await link.send({"op": INVALID, "d": resumable})

    def drop(self) -> None:
        """Cut all connections without a word."""
        for link in list(self._links):
            link.drop()

    async def close(self, code: int) -> None:
        """End all connections with a code."""
        for link in list(self._links):
            self.closed.append(code)
            await link.socket.close(code=code)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=1_000_000, timeout=0.5, autoclose=False)
        await socket.prepare(request)
        link = Link(socket, request)
        self._links.append(link)
        try:
            await self._talk(link)
        except Closed as closed:
            self.closed.append(closed.code)
            await socket.close(code=closed.code, message=str(closed).encode())
        finally:
            self._part(link)
        return socket

    async def _talk(self, link: Link) -> None:
        query = link.request.query
        if query.get("v") != "10" or query.get("encoding") != "json":
            raise Closed(4012, "Invalid API version.")
        if query.get("compress", "zlib-stream") != "zlib-stream":
            raise Closed(4012, "Only zlib-stream is spoken here.")
        await link.send({"op": HELLO, "d": {"heartbeat_interval": round(self.beat * 1000)}})
        sent = deque[float](maxlen=SENDS)
        while (message := await link.socket.receive()).type in (WSMsgType.TEXT, WSMsgType.BINARY):
            if len(sent) == SENDS and self._now() - sent[0] < PER:
                raise Closed(4008, "You are being rate limited.")
            sent.append(self._now())
            await self._hear(link, message.data)
        if message.type is WSMsgType.CLOSE:
            link.left_with = message.data
            self.closed.append(message.data)
            await link.socket.close()

    async def _hear(self, link: Link, data: str | bytes) -> None:
        if len(data) > PAYLOAD_BYTES:
            raise Closed(4002, "Error while decoding payload.")
        try:
            told: Json = json.loads(data)
        except ValueError as error:
            raise Closed(4002, "Error while decoding payload.") from error
        match told.get("op"):
            case 1:  # a heartbeat
                if not self.is_deaf:
                    await link.send({"op": ACK, "d": None})
            case 2:  # identify
                await self._identify(link, told["d"])
            case 6:  # resume
                await self._resume(link, told["d"])
            case 3 | 4 | 8:  # presence, voice, members: nobody here looks at them
                if link.session is None:
                    raise Closed(4003, "Not authenticated.")
            case _:
                raise Closed(4001, "Unknown opcode.")

    async def _identify(self, link: Link, told: Json) -> None:
        intents = told.get("intents")
        if link.session is not None:
            raise Closed(4005, "Already authenticated.")
        if told.get("token") != self._token:
            raise Closed(4004, "Authentication failed.")
        if not isinstance(intents, int) or intents & ~KNOWN_INTENTS:
            raise Closed(4013, "Invalid intent(s).")
        if intents & PRIVILEGED & ~self.granted:
            raise Closed(4014, "Disallowed intent(s).")
        if told.get("shard", [0, 1]) != [0, 1]:
            raise Closed(4010, "Invalid shard.")
        if self.identified and self._now() - self.identified[-1] < IDENTIFY_EVERY:
            await link.send({"op": INVALID, "d": False})
            return
        if len([at for at in self.identified if self._now() - at < DAY]) >= STARTS:
            raise Closed(4004, "Authentication failed.")  # the token is reset
        self.identified.append(self._now())
        session = Session(f"{next(self._numbers):032x}", intents)
        await self._join(link, session)
        await self._tell(session, "READY", self.ready(session))
        for event, body in self.after_ready():
            await self._tell(session, event, body)
        self.sessions[session.id] = session
        self._bell.ring()

    async def _resume(self, link: Link, told: Json) -> None:
        if told.get("token") != self._token:
            raise Closed(4004, "Authentication failed.")
        session = self.sessions.get(str(told.get("session_id")))
        if session is None:
            await link.send({"op": INVALID, "d": False})
            return
        seen = told.get("seq")
        if not isinstance(seen, int) or seen > session.last:
            raise Closed(4007, "Invalid seq.")
        missed = session.told[seen:]
        await self._join(link, session)
        for number, event, body in missed:
            await link.send({"op": DISPATCH, "s": number, "t": event, "d": body})
        self.resumed.append(session.id)
        await self._tell(session, "RESUMED", {})
        self._bell.ring()

    async def _join(self, link: Link, session: Session) -> None:
        link.session, before = session, session.link
        session.link = link
        if before is not None:
            await before.socket.close(code=4000)

    async def _tell(self, session: Session, event: str, body: Json) -> None:
        number = session.last + 1
        session.told.append((number, event, body))
        if session.link is not None:
            link = session.link
            try:
                await link.send({"op": DISPATCH, "s": number, "t": event, "d": body})
            except ConnectionError:
                self._part(link)

    def _part(self, link: Link) -> None:
        if link not in self._links:
            return
        self._links.remove(link)
        session = link.session
        if session is not None and session.link is link:
            session.link = None
            # Who says good-bye does not come back to the same session.
            if link.left_with in (1000, 1001):
                self.sessions.pop(session.id, None)
        self._bell.ring()
