"""A browser's tab without the browser: what the chat's page does over HTTP and its socket."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import aiohttp

from tests.telegram.bell import Bell

PATIENCE = 5.0  # seconds
OURS = {"X-Toeframe": "1"}
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """A message as the page was told it last."""

    told: Json

    @property
    def id(self) -> str:
        return self.told["id"]

    @property
    def mine(self) -> bool:
        return self.told["mine"]

    @property
    def text(self) -> str:
        return self.told["text"]

    @property
    def labels(self) -> list[list[str]]:
        return [[button["text"] for button in row] for row in self.told["rows"]]

    @property
    def picture(self) -> Json | None:
        return self.told["picture"]

    @property
    def file(self) -> Json | None:
        return self.told["file"]

    def token(self, label: str) -> str:
        """Return what a button carries.

        Raises:
            LookupError: There is none of this label.
        """
        for row in self.told["rows"]:
            for button in row:
                if button["text"] == label:
                    return button["token"]
        raise LookupError(f"no {label} in {self.labels}")


@dataclass(slots=True, eq=False)
class Page:
    """One person's page, which is open or not.

    Attributes:
        url: Where the bot is served.
        session: Its connections and cookies.
        language: As the browser tells.
        socket: While it is connected.
        messages: The chat as the page shows it, by id.
        looks: How often each message changed.
        answers: To presses, by their ids.
        unconfirmed: What was said and not yet confirmed.
        heard: All that came over the socket.
        bell: Rung at each of it.
    """

    url: str
    session: aiohttp.ClientSession
    language: str | None = "en"
    socket: aiohttp.ClientWebSocketResponse | None = None
    messages: dict[str, Message] = field(default_factory=dict[str, Message])
    looks: dict[str, int] = field(default_factory=dict[str, int])
    answers: dict[str, Json] = field(default_factory=dict[str, Json])
    unconfirmed: dict[str, Json] = field(default_factory=dict[str, Json])
    heard: list[Json] = field(default_factory=list[Json])
    bell: Bell = field(default_factory=Bell)
    _reading: asyncio.Task[None] | None = None

    async def visits(self) -> Json:
        """Let itself in; a cookie that is good already is kept."""
        told = {"language": self.language} if self.language else {}
        async with self.session.post(f"{self.url}/api/visit", json=told, headers=OURS) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def connects(self) -> None:
        """Open the socket, read the chat, and say again what was not confirmed."""
        greetings = self._greetings()
        self.socket = await self.session.ws_connect(
            f"{self.url}/api/chat", headers={"Origin": self.url}, max_msg_size=0
        )
        self._reading = asyncio.create_task(self._read(self.socket))
        await self.bell.until(lambda: self._greetings() > greetings, PATIENCE)
        for said in list(self.unconfirmed.values()):
            await self.socket.send_json(said)

    async def leaves(self) -> None:
        """Close the socket."""
        if self.socket is not None:
            await self.socket.close()
        await self.is_cut_off()

    async def is_cut_off(self, *, within: float = PATIENCE) -> int | None:
        """Wait until the socket is closed, whoever does it; return the code."""
        if self._reading is not None:
            await asyncio.wait_for(self._reading, within)
        code, self.socket = self.socket and self.socket.close_code, None
        return code

    async def types(self, text: str, *, reply_to: Message | None = None) -> str:
        """Say something; return its id."""
        more = {"reply_to": reply_to.id} if reply_to else {}
        return await self._says({"type": "say", "text": text, **more})

    async def taps(self, message: Message, label: str) -> str:
        """Tap a button of a message as it is shown now; return the press's id."""
        return await self.forges(message, self.messages[message.id].token(label))

    async def forges(self, message: Message, carried: str) -> str:
        """Press what no button of a message carries."""
        return await self._says({"type": "press", "token": carried, "message": message.id})

    async def is_answered(self, press: str, *, within: float = PATIENCE) -> Json:
        """Wait for the answer to a press."""
        await self.bell.until(lambda: press in self.answers, within)
        return self.answers[press]

    async def is_confirmed(self, said: str, *, within: float = PATIENCE) -> None:
        """Wait until the bot has taken in what was said."""
        await self.bell.until(lambda: said not in self.unconfirmed, within)

    async def sends_photo(
        self, content: Any, caption: str = "", *, key: str | None = None
    ) -> tuple[int, Json]:
        """Upload a photo; return the status and what is answered."""
        headers = {**OURS, "X-Toeframe-Caption": quote(caption)}
        address = f"{self.url}/api/photos?id={key or uuid4()}"
        async with self.session.post(address, data=content, headers=headers) as answer:
            return answer.status, await answer.json()

    async def sees(
        self, what: str | Callable[[Message], bool], *, within: float = PATIENCE
    ) -> Message:
        """Wait for a message of the bot that shows a text, or something else.

        Raises:
            TimeoutError: There is none after so many seconds.
        """

        def found() -> list[Message]:
            return [message for message in self.told() if _shows(message, what)]

        try:
            await self.bell.until(lambda: bool(found()), within)
        except TimeoutError as error:
            raise TimeoutError([(one.text, one.labels) for one in self.told()]) from error
        return found()[-1]

    def told(self) -> list[Message]:
        """List the bot's messages, oldest first."""
        return [message for message in self.messages.values() if not message.mine]

    async def fetches(self, address: str) -> bytes:
        """Get something that a message links to.

        Raises:
            aiohttp.ClientResponseError: It is not to be had.
        """
        async with self.session.get(f"{self.url}{address}") as answer:
            answer.raise_for_status()
            return await answer.read()

    async def _says(self, said: Json) -> str:
        key = str(uuid4())
        self.unconfirmed[key] = {**said, "id": key}
        if self.socket is not None:
            with suppress(ConnectionError):
                await self.socket.send_json(self.unconfirmed[key])
        return key

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in socket:
            if frame.type is aiohttp.WSMsgType.TEXT:
                self._hear(json.loads(frame.data))
                self.bell.ring()
        self.bell.ring()

    def _hear(self, told: Json) -> None:
        self.heard.append(told)
        match told["type"]:
            case "hello":
                self.messages = {one["id"]: Message(one) for one in told["messages"]}
            case "message":
                message = Message(told["message"])
                self.messages[message.id] = message
                self.looks[message.id] = self.looks.get(message.id, 0) + 1
            case "gone":
                self.messages.pop(told["id"], None)
            case "answer":
                self.answers[told["press"]] = told
            case "taken":
                self.unconfirmed.pop(told["id"], None)
            case _:
                pass

    def _greetings(self) -> int:
        return sum(told["type"] == "hello" for told in self.heard)


@asynccontextmanager
async def browser(address: str = "127.0.0.1") -> AsyncGenerator[aiohttp.ClientSession]:
    """Give connections that come from an address of this machine, and keep cookies."""
    connector = aiohttp.TCPConnector(local_addr=(address, 0), limit=0)
    jar = aiohttp.CookieJar(unsafe=True)  # the bot is served at a number
    async with aiohttp.ClientSession(connector=connector, cookie_jar=jar) as session:
        yield session


@asynccontextmanager
async def page(
    url: str, *, language: str | None = "en", address: str = "127.0.0.1"
) -> AsyncGenerator[Page]:
    """Open the chat's page as somebody who was never there before."""
    async with browser(address) as session:
        opened = Page(url, session, language)
        await opened.visits()
        await opened.connects()
        try:
            yield opened
        finally:
            await opened.leaves()


def _shows(message: Message, what: str | Callable[[Message], bool]) -> bool:
    return what in message.text if isinstance(what, str) else what(message)
