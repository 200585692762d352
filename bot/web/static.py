"""The pages' own files and their words, read once when the bot starts."""

from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from importlib.resources.abc import Traversable
from mimetypes import guess_type

from aiohttp import hdrs, web

from bot.menu import MENU
from bot.words import LANGUAGES, say
from bot.words.catalogues import catalogue

WORDS = ("chat", "editor")  # catalogues that pages read
COMMANDS = "menu"  # what can be typed, each with a sentence about it
TYPES = {
    "js": "text/javascript",
    "css": "text/css",
    "html": "text/html",
    "svg": "image/svg+xml",
    "webmanifest": "application/manifest+json",
}


class Page:
    """A file of a page; a browser asks for it each time, and is told if it has it already."""

    def __init__(self, content: bytes, kind: str) -> None:
        self._content = content
        self._kind = kind
        self._tag = f'"{blake2b(content, digest_size=12).hexdigest()}"'

    async def show(self, request: web.Request) -> web.Response:
        headers = {hdrs.ETAG: self._tag, hdrs.CACHE_CONTROL: "no-cache"}
        if request.headers.get(hdrs.IF_NONE_MATCH) == self._tag:
            return web.Response(status=304, headers=headers)
        charset = "utf-8" if self._kind.startswith(("text/", "application/")) else None
        response = web.Response(
            body=self._content, headers=headers, content_type=self._kind, charset=charset
        )
        response.enable_compression()
        return response


def static_routes(*, chat: bool) -> list[web.RouteDef]:
    """Serve every file of `bot/static`, and the catalogues that pages read.

    Args:
        chat: Whether the chat's page is among them.
    """
    pages = {name: Page(content, _kind(name)) for name, content in _read()}
    routes = [web.get(f"/static/{name}", page.show) for name, page in pages.items()]
    if "editor.html" in pages:
        routes.append(web.get("/edit", pages["editor.html"].show))
    if chat and "chat.html" in pages:
        routes.append(web.get("/", pages["chat.html"].show))
    return [*routes, web.get("/api/words/{domain}/{language}.json", _words)]


def _kind(name: str) -> str:
    return TYPES.get(name.rpartition(".")[2]) or guess_type(name)[0] or "application/octet-stream"


@cache
def _read() -> tuple[tuple[str, bytes], ...]:
    return tuple(_walk(files("bot") / "static", ""))


def _walk(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir() if folder.is_dir() else ():
        name = f"{path}{entry.name}"
        if entry.is_dir():
            yield from _walk(entry, f"{name}/")
        elif not entry.name.startswith((".", "_")):
            yield name, entry.read_bytes()


async def _words(request: web.Request) -> web.Response:
    domain, language = request.match_info["domain"], request.match_info["language"]
    if domain not in (*WORDS, COMMANDS) or language not in LANGUAGES:
        raise web.HTTPNotFound
    return web.json_response(_sentences(domain, language), headers={"Cache-Control": "no-cache"})


@cache
def _sentences(domain: str, language: str) -> dict[str, str]:
    if domain == COMMANDS:
        return {name: say(told, language) for name, told in MENU}
    return {
        str(message.id): str(message.string)
        for message in catalogue(language, domain)
        if message.id
    }
