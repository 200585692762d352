"""Nothing that was moved is lost: saves, the chat's own moves, conflicts, broken lines."""

import json
from urllib.parse import quote

import pytest
from playwright.async_api import Route, expect

from tests.pages.browser import PHONE, Opened
from tests.pages.editor.stand import Stand
from tests.pages.editor.talk import Editor
from tests.web.living import DONE, has

POSTED = """window.posted = [];
window.TelegramWebviewProxy = {
  postEvent: (type, data) => posted.push([type, JSON.parse(data)]) };"""


async def test_each_gesture_is_saved_and_the_card_in_the_chat_shows_it(
    opened: Opened, stand: Stand
):
    editor = await Editor.at(opened, stand)
    looks = sum(stand.chat.looks.values())
    await editor.drag("right_knee", -20, 0)
    saved = await editor.saved(1)
    await stand.chat.bell.until(lambda: sum(stand.chat.looks.values()) > looks, 5)
    assert await stand.people() == saved
    await stand.types("undo")
    assert await stand.people() != saved


async def test_gestures_that_follow_each_other_closely_are_saved_as_one(
    opened: Opened, stand: Stand
):
    mark = (await stand.document())["mark"]
    editor = await Editor.at(opened, stand)
    for joint in ("right_knee", "left_knee"):
        await editor.page.locator(f"[data-joint={joint}]").focus()
        await editor.page.keyboard.press("ArrowLeft")
    await editor.saved(1)
    assert (editor.saves[0]["version"], editor.saves[0]["base"]) == (1, mark)
    again = (await stand.document())["mark"]
    await editor.drag("nose", 0, -20)
    await editor.saved(2)
    assert editor.saves[1]["base"] == again


async def test_a_move_in_the_chat_moves_the_open_editor(opened: Opened, stand: Stand):
    start = await stand.people()
    editor = await Editor.at(opened, stand)
    x, y = await editor.spot("right_knee")
    await stand.types("right_knee left 60")
    left = x - 60 * await editor.scale()
    for _ in range(100):
        if abs((await editor.spot("right_knee"))[0] - left) < 1.5:
            break
        await editor.frame()
    assert await editor.spot("right_knee") == pytest.approx((left, y), abs=1.5)
    await editor.page.locator("#undo").tap()
    assert await editor.saved(1) == start


async def test_what_both_moved_apart_is_brought_together(opened: Opened, stand: Stand):
    before = await stand.person()
    editor = await Editor.at(opened, stand, deaf=True)
    await stand.types("right_knee left 60")
    await editor.drag("left_wrist", 20, 0)
    await editor.saved(1)
    after = await stand.person()
    knee, wrist = (after["keypoints"][joint] for joint in ("right_knee", "left_wrist"))
    assert knee[0] == before["keypoints"]["right_knee"][0] - 60
    assert wrist[0] > before["keypoints"]["left_wrist"][0]
    x, y = await editor.spot("right_knee")
    scale = await editor.scale()
    await editor.page.locator("#undo").tap()  # the editor has the chat's move, too
    await editor.frame()
    assert (await editor.spot("right_knee"))[0] - x == pytest.approx(60 * scale, abs=1.5)
    assert y


@pytest.mark.parametrize(("button", "keeps"), [("Keep mine", True), ("Take theirs", False)])
async def test_where_both_moved_a_joint_the_person_decides(
    opened: Opened, stand: Stand, button: str, keeps: bool
):
    opened.expected += ["409"]
    editor = await Editor.at(opened, stand, deaf=True)
    before = await stand.person()
    await stand.types("right_knee left 60")
    await stand.types("nose up 20")
    theirs = await stand.person()
    await editor.page.locator("#lock").tap()
    await editor.drag("right_knee", 30, 0)
    asks = editor.page.locator("#conflict")
    await expect(asks).to_contain_text("right knee")
    await expect(editor.page.locator("#refine")).to_have_attribute("aria-disabled", "true")
    await editor.page.get_by_role("button", name=button).tap()
    await editor.saved(2)
    await expect(asks).to_be_hidden()
    after = (await stand.person())["keypoints"]
    assert (after["right_knee"] == theirs["keypoints"]["right_knee"]) is not keeps
    assert (after["right_knee"][0] > before["keypoints"]["right_knee"][0]) is keeps
    assert after["nose"] == theirs["keypoints"]["nose"]  # only they moved it


async def test_a_pose_of_an_older_picture_gives_way_to_the_new_one(opened: Opened, stand: Stand):
    opened.expected += ["410"]
    editor = await Editor.at(opened, stand, deaf=True)
    picture = await editor.page.locator("#picture").get_attribute("src")
    await stand.types("refine")
    await stand.chat.sees(has(DONE), within=20)
    await editor.drag("right_knee", -30, 0)
    await expect(editor.page.locator("#picture")).not_to_have_attribute("src", str(picture))
    assert len(editor.saves) == 1
    await editor.drag("right_knee", -30, 0)
    await editor.saved(2)
    assert editor.saves[1]["version"] == 2


async def test_a_save_that_failed_is_tried_again(opened: Opened, stand: Stand):
    opened.expected += ["500"]
    editor = await Editor.at(opened, stand)

    async def break_once(route: Route) -> None:
        await route.fulfill(status=500, json={"error": "Something went wrong here."})

    await editor.page.route("**/api/editor/save", break_once, times=1)
    await editor.drag("right_knee", -30, 0)
    await expect(editor.page.locator("#status")).to_have_text("Not saved yet")
    assert await editor.saved(2) == await stand.people()


async def test_without_a_connection_the_page_says_so_and_saves_once_there_is_one(
    opened: Opened, stand: Stand
):
    opened.expected += ["ERR_INTERNET_DISCONNECTED"]
    editor = await Editor.at(opened, stand)
    await editor.page.context.set_offline(True)
    await editor.drag("right_knee", -30, 0)
    await expect(editor.page.locator("#status")).to_contain_text("No connection")
    await editor.page.context.set_offline(False)
    await expect(editor.page.locator("#status")).to_have_text("Saved")
    assert editor.saves[-1]["people"] == await stand.people()


async def test_what_is_left_is_sent_when_the_page_is_closed(opened: Opened, stand: Stand):
    editor = await Editor.at(opened, stand)
    start = await stand.people()
    await editor.drag("right_knee", -30, 0)
    await editor.page.close(run_before_unload=True)
    for _ in range(50):
        if await stand.people() != start:
            break
    assert await stand.people() != start


async def test_an_editor_whose_conversation_was_forgotten_says_where_to_go(
    opened: Opened, stand: Stand
):
    editor = await Editor.at(opened, stand)
    await stand.types("forget me")
    await stand.chat.taps(await stand.chat.sees("cannot be undone"), "Delete everything")
    await expect(editor.page.locator("#closed")).to_contain_text("Open it again from the chat")


async def test_a_link_is_taken_out_of_the_address_counts_once_and_survives_a_reload(
    opened: Opened, stand: Stand
):
    opened.expected += ["403"]
    page, token = await opened.page(PHONE), await stand.token()
    await page.goto(f"{stand.url}/edit#{token}")
    await page.wait_for_selector("[data-joint]")
    assert page.url == f"{stand.url}/edit"
    await page.reload()
    await page.wait_for_selector("[data-joint]")
    other = await opened.page(PHONE)
    await other.goto(f"{stand.url}/edit#{token}")
    await expect(other.get_by_role("alert")).to_contain_text("link")


async def test_telegram_opens_the_editor_by_its_own_word(opened: Opened, stand: Stand):
    page = await opened.page(PHONE)
    await page.add_init_script(POSTED)
    init = "query_id=1&user=%7B%22id%22%3A5%7D&auth_date=1&hash=abc"
    theme = json.dumps({"bg_color": "#101418"})
    asked: list[object] = []
    async with stand.elsewhere() as other:
        visit = next(iter(other.session.cookie_jar)).value

        async def let_in(route: Route) -> None:
            asked.append(route.request.post_data_json)
            await route.fulfill(json={**other.document, "visit": visit})

        await page.route("**/api/editor/open", let_in)
        await page.goto(
            f"{stand.url}/edit?session=silver-heron"
            f"#tgWebAppData={quote(init)}&tgWebAppThemeParams={quote(theme)}"
        )
        editor = await Editor.on(page, stand)
    assert asked == [{"initData": init, "session": "silver-heron"}]
    posted = await page.evaluate("posted")
    assert ["web_app_expand", {}] in posted
    assert ["web_app_setup_swipe_behavior", {"allow_vertical_swipe": False}] in posted
    root = page.locator("html")
    await expect(root).to_have_attribute("data-theme", "dark")
    light = {"theme_params": {"bg_color": "#ffffff"}}
    await page.evaluate("data => Telegram.WebView.receiveEvent('theme_changed', data)", light)
    await expect(root).to_have_attribute("data-theme", "light")
    await page.evaluate("Telegram.WebView.receiveEvent('viewport_changed', { height: 600 })")
    await expect(page.locator("body")).to_have_css("height", "600px")
    await editor.frame()
    await editor.drag("right_knee", -30, 0)
    assert await editor.saved(1) == await stand.people()  # without any cookie
    await page.locator("#back").tap()
    await page.wait_for_function("posted.some(([type]) => type === 'web_app_close')")
    asks = ["web_app_setup_closing_behavior", {"need_confirmation": True}]
    assert asks in await page.evaluate("posted")


async def test_a_direct_link_names_the_session_as_telegrams_start_parameter(
    opened: Opened, stand: Stand
):
    opened.expected += ["403"]
    page = await opened.page(PHONE)
    init = quote("start_param=silver-heron&hash=abc")
    async with page.expect_request("**/api/editor/open") as asked:
        await page.goto(f"{stand.url}/edit#tgWebAppData={init}")
    key = (await asked.value).post_data_json
    assert key is not None
    assert key["session"] == "silver-heron"
    await expect(page.get_by_role("alert")).not_to_be_empty()
