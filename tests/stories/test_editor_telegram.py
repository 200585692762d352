"""The skeleton editor as Telegram's people open it: a Mini App, a link in groups, or a message."""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

from bot.serving import serve
from bot.settings import Settings
from tests.bot.fakes import FakeEngine, photo_bytes
from tests.bot.web.test_initdata import hash_of
from tests.stories.living import POSED, living_bot, shows
from tests.telegram.person import Person
from tests.telegram.rules import Json
from tests.telegram.server import bot_api
from tests.telegram.values import Chat, Message
from tests.telegram.world import World
from tests.web.editing import EDITOR, Editing, editor
from tests.web.living import free_port
from tests.web.page import browser

PUBLIC = "https://bot.example.org"
KNEE = "left_knee"
PATIENCE = 20.0


@asynccontextmanager
async def public_bot(folder: Path) -> AsyncGenerator[tuple[World, str]]:
    """Run a bot behind a proxy that people reach by https; yields where it itself is served."""
    async with bot_api() as world:
        port = free_port()
        world.webhook.behind = f"http://127.0.0.1:{port}"
        settings = Settings(
            telegram_token=world.token,
            telegram_api=world.url,
            public_url=PUBLIC,
            port=port,
            data=folder / "bot",
            metrics_port=0,
            daily=0,
        )
        stop = asyncio.Event()
        serving = asyncio.create_task(serve(settings, lambda: FakeEngine(pace=0.002), stop))
        try:
            async with asyncio.timeout(30):
                while not world.webhook.url and not serving.done():  # noqa: ASYNC110
                    await asyncio.sleep(0.01)  # calls ring no bell
            yield world, world.webhook.behind
        finally:
            stop.set()
            await asyncio.wait_for(serving, 30)
            await world.webhook.stop()


async def posed(person: Person, chat: Chat | None = None) -> Message:
    """Send a photo, in a group to the bot by its name, and wait until it can be posed."""
    caption = f"@{person.world.bot.username}" if chat else ""
    await person.sends_photo(photo_bytes(), caption, chat=chat)
    return await person.sees(shows(POSED), chat=chat, within=PATIENCE)


def button(message: Message) -> Json:
    """Find the button that opens the editor."""
    rows: Sequence[Sequence[Json]] = message.now.keyboard
    return next(one for row in rows for one in row if one["text"] == EDITOR)


def init_data(world: World, person: Person, **more: str) -> str:
    """What Telegram hands to a Mini App that somebody opens."""
    told = {
        "user": json.dumps({"id": person.user.id, "first_name": person.user.name}),
        "auth_date": str(int(world.now())),
        "query_id": "AAHdF6IQAAAAAN0XohDhrOrc",
        "signature": "xyz",
        **more,
    }
    return urlencode({**told, "hash": hash_of(told, world.token)})


def session_of(card: Message) -> str:
    return str(button(card)["web_app"]["url"]).partition("session=")[2]


async def test_in_a_private_chat_the_button_opens_a_mini_app(tmp_path: Path):
    async with public_bot(tmp_path) as (world, url), browser() as session:
        ana = Person(world)
        card = await posed(ana)
        address = str(button(card)["web_app"]["url"])
        assert address.startswith(f"{PUBLIC}/edit?session=")
        app = Editing(url, session, public=PUBLIC)
        key = {"initData": init_data(world, ana), "session": session_of(card)}
        status, told = await app.opens(key)
        assert status == 200, told
        assert not session.cookie_jar.filter_cookies(app.url), "a frame of Telegram's keeps none"  # pyright: ignore[reportArgumentType]
        assert (await app.saves(app.moved(KNEE, 70, 250)))[0] == 200
        changed = await ana.sees("Changed.")
        assert changed is card, "the card is edited in its place"


async def test_a_mini_app_opens_once_and_only_for_its_owner(tmp_path: Path):
    async with public_bot(tmp_path) as (world, url), browser() as session:
        ana, eve = Person(world), Person(world, "Eve")
        card = await posed(ana)
        mine, app = session_of(card), Editing(url, session, public=PUBLIC)
        foreign = {"initData": init_data(world, eve), "session": mine}
        status, told = await app.opens(foreign)
        assert (status, told["error"][-1]) == (403, ".")
        started = {"initData": init_data(world, eve, start_param=mine), "session": None}
        assert (await app.opens(started))[0] == 403
        own = init_data(world, ana)
        assert (await app.opens({"initData": own, "session": "abcdefgh"}))[0] == 403
        assert (await app.opens({"initData": own, "session": mine}))[0] == 200
        again = Editing(url, session, public=PUBLIC)
        assert (await again.opens({"initData": own, "session": mine}))[0] == 403
        forged = own.replace(str(ana.user.id), str(eve.user.id))
        assert (await again.opens({"initData": forged, "session": mine}))[0] == 403
        long = {"initData": own + "x" * 900_000, "session": mine}
        assert (await again.opens(long))[0] == 403


async def test_in_a_group_the_button_is_a_link_to_the_mini_app(tmp_path: Path):
    async with public_bot(tmp_path) as (world, url), browser() as session:
        ana = Person(world)
        group = world.new_chat("Club", "supergroup", privacy=False, topics=())
        group.is_open = True
        card = await posed(ana, group)
        link = str(button(card)["url"])
        start = link.partition("?startapp=")[2]
        assert link == f"https://t.me/{world.bot.username}?startapp={start}"
        app = Editing(url, session, public=PUBLIC)
        key = {"initData": init_data(world, ana, start_param=start), "session": start}
        assert (await app.opens(key))[0] == 200


async def test_typed_words_are_answered_by_the_same_button(tmp_path: Path):
    async with public_bot(tmp_path) as (world, _):
        ana = Person(world)
        card = await posed(ana)
        await ana.types("/editor")
        told = await ana.sees(lambda one: one is not card and one.labels == [[EDITOR]])
        assert button(told) == button(card)


async def test_without_https_the_press_is_answered_by_a_link_that_works_once(tmp_path: Path):
    port = free_port()
    settings = Settings(daily=0, port=port, public_url=f"http://127.0.0.1:{port}")
    async with living_bot(tmp_path, settings=settings) as world:
        ana = Person(world)
        card = await posed(ana)
        await ana.taps(card, EDITOR)
        told = await ana.sees("/edit#")
        address, _, rest = told.text.partition("/edit#")
        assert address.endswith(f"http://127.0.0.1:{port}")
        async with editor(f"http://127.0.0.1:{port}", rest.split()[0]) as opened:
            assert (await opened.saves(opened.moved(KNEE, 70, 250)))[0] == 200
        await ana.sees("Changed.")


async def test_in_a_group_without_https_nobody_is_shown_a_link(tmp_path: Path):
    port = free_port()
    settings = Settings(daily=0, port=port, public_url=f"http://127.0.0.1:{port}")
    async with living_bot(tmp_path, settings=settings) as world:
        ana = Person(world)
        group = world.new_chat("Club", "supergroup", privacy=False, topics=())
        group.is_open = True
        card = await posed(ana, group)
        assert EDITOR not in [label for row in card.labels for label in row]
        await ana.types("/editor", chat=group)
        told = await ana.sees("private chat", chat=group)
        assert "#" not in told.text


async def test_where_nobody_reaches_the_bot_there_is_no_button(tmp_path: Path):
    settings = replace(Settings(daily=0), public_url=None)
    async with living_bot(tmp_path, settings=settings) as world:
        ana = Person(world)
        card = await posed(ana)
        assert EDITOR not in [label for row in card.labels for label in row]
        await ana.types("/editor")
        await ana.sees("TOEFRAME_PUBLIC_URL")
