"""The browser that looks at the pages sees what is wrong with one."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiohttp.typedefs import Handler

from tests.pages.browser import DESKTOP, PHONE, SHOTS, Opened, barriers, photograph

STRICT = {"Content-Security-Policy": "default-src 'none'; script-src 'self'; img-src data:"}
GOOD = """<!doctype html><html lang="en"><title>Good</title><link rel="icon" href="data:,">
<main><h1>Good</h1><button>Press</button></main></html>"""
POOR = GOOD.replace("<button>Press</button>", "<button></button>")
BROKEN = GOOD.replace("<main>", "<script>document.title = 'inline'</script><main>")


@pytest_asyncio.fixture(loop_scope="session")
async def shelf() -> AsyncGenerator[TestServer]:
    """A server of pages of all kinds, under a strict CSP."""
    app = web.Application()
    for name, page in (("good", GOOD), ("poor", POOR), ("broken", BROKEN)):
        app.router.add_get(f"/{name}", _served(page))
    server = TestServer(app)
    async with server:
        yield server


def _served(page: str) -> Handler:
    async def serve(_: web.Request) -> web.Response:
        return web.Response(text=page, content_type="text/html", headers=STRICT)

    return serve


async def test_a_page_that_is_well_has_no_barriers_and_is_not_complained_of(
    opened: Opened, shelf: TestServer
):
    page = await opened.page(PHONE)
    await page.goto(str(shelf.make_url("/good")))
    assert await barriers(page) == []
    assert opened.complaints == []


async def test_a_button_without_a_name_is_a_barrier(opened: Opened, shelf: TestServer):
    page = await opened.page(DESKTOP)
    await page.goto(str(shelf.make_url("/poor")))
    assert [found.split(":")[0] for found in await barriers(page)] == ["critical button-name"]


async def test_what_the_policy_forbids_and_what_is_missing_is_complained_of(
    opened: Opened, shelf: TestServer
):
    page = await opened.page(DESKTOP)
    await page.goto(str(shelf.make_url("/broken")))
    await page.goto(str(shelf.make_url("/missing")))
    assert any("Content Security Policy" in told for told in opened.unexpected)
    assert any(told.startswith("404: ") for told in opened.unexpected)
    opened.expected += ["Content Security Policy", "404"]
    assert opened.unexpected == []


async def test_pictures_of_pages_are_kept(opened: Opened, shelf: TestServer):
    page = await opened.page(PHONE)
    await page.goto(str(shelf.make_url("/good")))
    kept: Path = await photograph(page, "browser-good")
    assert kept.parent == SHOTS
    assert await asyncio.to_thread(kept.stat)
