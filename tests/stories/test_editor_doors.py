"""Who is let in to the skeleton editor over real HTTP, and who is not."""

from tests.bot.fakes import photo_bytes
from tests.stories.scene import KNEE, Scene
from tests.web.editing import EDITOR, Editing, editor, token_of
from tests.web.living import has
from tests.web.page import Json, Message, Page, browser


async def test_a_link_opens_once_and_the_browser_it_opened_can_load_anew(scene: Scene):
    token = await token_of(scene.page, scene.card)
    async with editor(scene.page.url, token) as first, browser() as session:
        assert (await first.opens({}))[0] == 200
        late = Editing(scene.page.url, session)
        assert (await late.opens({"token": token}))[0] == 403
        assert (await late.opens({}))[0] in (401, 403)


async def test_who_only_looks_at_a_link_uses_nothing_up(scene: Scene):
    token = await token_of(scene.page, scene.card)
    async with browser() as session:
        for method in ("GET", "HEAD", "OPTIONS"):
            for address in (
                "/edit",
                f"/edit?{token}",
                "/api/editor/open",
                f"/api/editor/open?{token}",
            ):
                async with session.request(method, f"{scene.page.url}{address}") as answer:
                    assert answer.status in (200, 404, 405, 403)
        form = {"token": token}
        async with session.post(f"{scene.page.url}/api/editor/open", json=form) as answer:
            assert answer.status == 403, "another page's post has no header of ours"
    async with editor(scene.page.url, token) as opened:
        assert opened.document["session"] == scene.editing.document["session"]


async def test_without_a_link_nobody_gets_in(scene: Scene):
    async with browser() as session:
        stranger = Editing(scene.page.url, session)
        nothing: Json = {}
        keys: tuple[Json, ...] = (
            nothing,
            {"token": ""},
            {"token": 7},
            {"token": None},
            {"initData": "x"},
        )
        for key in keys:
            status, answer = await stranger.opens(key)
            assert status in (400, 401, 403), key
            assert answer["error"].endswith("."), key
        stranger.document = scene.editing.document
        assert (await stranger.saves(scene.editing.people))[0] == 401
        stranger.visit = "x" * 43
        assert (await stranger.saves(scene.editing.people))[0] == 401
        assert (await stranger.gets("openpose"))[0] == 401


async def test_the_cookie_of_the_chat_opens_no_editor(scene: Scene):
    stranger = Editing(scene.page.url, scene.page.session, document=scene.editing.document)
    assert (await stranger.saves(scene.editing.people))[0] == 401


async def test_two_editors_of_one_browser_never_save_over_each_other(scene: Scene):
    other = await posed_anew(scene.page)
    token = await token_of(scene.page, other)
    first = scene.editing
    second = Editing(first.url, first.session)
    assert (await second.opens({"token": token}))[0] == 200
    assert second.document["session"] != first.document["session"]
    status, answer = await first.saves(first.moved(KNEE, 11, 22))
    if status != 200:
        assert answer["error"].endswith(".")
    again = Editing(first.url, first.session)
    assert (await again.opens({}))[0] == 200
    assert again.document["session"] == second.document["session"]
    assert again.document["people"] == second.document["people"]


async def posed_anew(ana: Page) -> Message:
    """Begin a conversation about another photo."""
    known = {message.id for message in ana.told()}
    status, _ = await ana.sends_photo(photo_bytes(colour="olive"))
    assert status == 202
    return await ana.sees(lambda one: one.id not in known and has(EDITOR)(one), within=20)


async def test_who_is_forgotten_is_let_in_no_more(scene: Scene):
    async with scene.editing.listens():
        await scene.page.types("/forget")
        asked = await scene.page.sees(lambda one: one.labels == [["Delete everything"]])
        await scene.page.taps(asked, "Delete everything")
        await scene.editing.hears("over")
    assert (await scene.editing.saves(scene.editing.people))[0] == 401


async def test_a_socket_that_says_nonsense_is_closed(scene: Scene):
    address, headers = f"{scene.page.url}/api/editor/live", {"Origin": scene.page.url}
    async with browser() as session:
        for said in ("", "null", "[]", "{", '{"type":"hello","visit":7}', "x" * 9_000):
            async with session.ws_connect(address, headers=headers) as socket:
                await socket.send_str(said)
                assert (await socket.receive(timeout=5)).data in (1000, 1003, 1008, 1009), said


async def test_a_socket_of_another_page_is_refused(scene: Scene):
    headers = {"Origin": "https://evil.example.org"}
    address = f"{scene.page.url}/api/editor/live"
    async with browser() as session, session.get(address, headers=headers) as answer:
        assert answer.status >= 400
