"""The library's plain client, for tests of the server itself."""

import ssl

from telegram import Bot
from telegram.request import HTTPXRequest

from tests.telegram.world import World


def client(world: World, token: str | None = None) -> Bot:
    """Build a client, to be used with `async with`."""
    return Bot(
        token or world.token,
        base_url=f"{world.url}/bot",
        base_file_url=f"{world.url}/file/bot",
        request=_plain(),
        get_updates_request=_plain(),
    )


def _plain() -> HTTPXRequest:
    # Reading all the world's certificates takes longer than a test.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return HTTPXRequest(httpx_kwargs={"verify": context, "trust_env": False})
