"""What every HTTP answer of ours says to the browser, and what is refused unlooked at."""

import logging
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from bot.settings import Settings
from bot.web.allowance import Allowance, Rate
from bot.words import LANGUAGES, Text, say, text

OURS = "X-Toeframe"  # no form and no foreign page can send it without asking first
SAFE = frozenset({hdrs.METH_GET, hdrs.METH_HEAD})
NO_CHECK = web.AppKey("no_check", frozenset[str])
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; manifest-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors {ancestors}"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
}
SENTENCES = {
    401: text("web.visit"),
    404: text("web.not_here"),
    405: text("web.nonsense"),
    410: text("web.gone"),
    413: text("web.too_much"),
    500: text("web.broken"),
}
FRAMED = {"/edit": "'self' https://web.telegram.org"}  # who may show a page in a frame of theirs

log = logging.getLogger(__name__)


class Refused(Exception):
    """What was asked for is not done; `response` says why."""

    def __init__(self, response: web.Response) -> None:
        super().__init__(response.status)
        self.response = response


def refusal(status: int, sentence: str, **headers: str) -> web.Response:
    """Say in one sentence why nothing was done."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.json_response({"error": sentence}, status=status, headers=told)


def refused(
    request: web.Request, status: int, sentence: Text | None = None, **headers: str
) -> web.Response:
    """Say it in a language that the browser asks for; None says what the status usually means."""
    told = sentence or SENTENCES.get(status, text("web.nonsense"))
    return refusal(status, say(told, reads(request)), **headers)


def reads(request: web.Request) -> str | None:
    """Return the first language of ours that a browser asks for."""
    wanted = request.headers.get(hdrs.ACCEPT_LANGUAGE, "")[:200].lower().split(",")
    codes = [one.partition(";")[0].partition("-")[0].strip() for one in wanted]
    return next((code for code in codes if code in LANGUAGES), None)


async def dress(request: web.Request, response: web.StreamResponse) -> None:
    """Put the headers on that every answer has."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    ancestors = FRAMED.get(request.path, "'none'")
    response.headers.setdefault("Content-Security-Policy", POLICY.format(ancestors=ancestors))
    response.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")


def only_ours(settings: Settings) -> Middleware:
    """Refuse what names another host, or comes from another page than one of ours.

    A page elsewhere that has its own name point to this machine (DNS rebinding) is told by the
    host; one that posts here, by its origin and by the header that it cannot send.
    """
    known, public = _hosts(settings), urlsplit(settings.public_url or "").netloc.lower()

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path in request.app[NO_CHECK]:
            return await handler(request)
        if not _is_known(request.host, known, any_address=settings.host not in LOOPBACK):
            return refused(request, 421, text("web.host"))
        upgrades = request.headers.get(hdrs.UPGRADE, "").lower() == "websocket"
        if request.method in SAFE and not upgrades:
            return await handler(request)
        if not _is_from_here(request, public, needs_header=not upgrades):
            return refused(request, 403, text("web.origin"))
        return await handler(request)

    return check


def _hosts(settings: Settings) -> frozenset[str]:
    public = urlsplit(settings.public_url or "").hostname
    return LOOPBACK | {settings.host, public or settings.host}


def _is_known(host: str, known: frozenset[str], *, any_address: bool) -> bool:
    name = _name(host)
    return name in known or (any_address and _is_address(name))


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _is_from_here(request: web.Request, public: str, *, needs_header: bool) -> bool:
    origin = request.headers.get(hdrs.ORIGIN)
    if needs_header and request.headers.get(OURS) != "1":
        return False
    if origin is None:  # no browser: a browser always says where a post or a socket comes from
        return request.headers.get(OURS) == "1"
    try:
        page = urlsplit(origin).netloc.lower()
    except ValueError:
        return False
    # A proxy may ask under another host than the one that people know.
    return bool(page) and page in (request.host.lower(), public)


def address_of(request: web.Request, *, behind_proxy: bool) -> str:
    """Name the machine that asks; behind a proxy of ours, whom that proxy names last."""
    peer = request.remote or ""
    told = request.headers.get("X-Forwarded-For", "")
    if behind_proxy and told and (peer in LOOPBACK or _is_private(peer)):
        return told.rpartition(",")[2].strip()[:64]
    return peer


def _is_private(name: str) -> bool:
    return _is_address(name) and ip_address(name).is_private


def not_too_often(rate: Rate, *, behind_proxy: bool) -> Middleware:
    """Let each machine ask only so often."""
    allowance = Allowance(rate)

    @web.middleware
    async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path in request.app[NO_CHECK]:
            return await handler(request)
        wait = allowance.take(address_of(request, behind_proxy=behind_proxy))
        if wait > 0:
            seconds = str(max(1, round(wait)))
            return refused(request, 429, text("web.often"), Retry_After=seconds)
        return await handler(request)

    return count


@web.middleware
async def in_one_sentence(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer whatever goes wrong as JSON with a sentence; what went wrong inside is not told."""
    try:
        return await handler(request)
    except web.HTTPRequestEntityTooLarge:
        return refused(request, 413)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return refused(request, error.status)
    except ConnectionError:
        return refused(request, 400)  # to nobody: who asked has gone
    except Exception:
        log.exception("%s of %s broke", request.method, request.match_info.route.resource)
        return refused(request, 500)
