"""Nothing that was moved is lost: saves, the chat's own moves, conflicts, broken lines."""

import json
from urllib.parse import quote

import pytest
from playwright.async_api import expect

from tests.pages.browser import PHONE, Opened
from tests.pages.editor.stand import Stand, person, standing
from tests.pages.editor.talk import Editor
from tests.pages.editor.thumb import Thumb


async def test_gestures_that_follow_each_other_closely_are_saved_as_one(
    opened: Opened, stand: Stand
):
    editor = await Editor.at(opened, stand)
    base = stand.mark
    for joint in ("right_knee", "left_knee"):
        await editor.page.locator(f"[data-joint={joint}]").focus()
        await editor.page.keyboard.press("ArrowLeft")
    await editor.saved(1)
    assert (stand.saves[0]["version"], stand.saves[0]["base"]) == (1, base)
    again = stand.mark
    await editor.drag("nose", 0, -20)
    await editor.saved(2)
    assert stand.saves[1]["base"] == again


async def test_a_move_in_the_chat_moves_the_open_editor(opened: Opened, stand: Stand):
    editor = await Editor.at(opened, stand)
    before = await editor.spot("right_knee")
    x, y, _ = stand.people[0]["keypoints"]["right_knee"]
    await stand.move("right_knee", x - 60, y)
    await editor.frame()
    await editor.page.wait_for_timeout(100)
    after = await editor.spot("right_knee")
    assert after[0] - before[0] == pytest.approx(-60 * await editor.scale(), abs=1.5)
    await editor.page.locator("#undo").tap()
    (saved,) = await editor.saved(1)
    assert saved["keypoints"]["right_knee"] == [x, y, 0.9]


async def test_a_move_in_the_chat_waits_while_a_finger_holds_something(
    opened: Opened, stand: Stand
):
    editor = await Editor.at(opened, stand)
    x, y = await editor.spot("left_wrist")
    await editor.thumb.press((x, y))
    await editor.thumb.glide([(x, y)], [(x, y - 40)])
    held = stand.people[0]["keypoints"]["right_knee"]
    await stand.move("right_knee", held[0] - 60, held[1])
    stand.clash = [{"person": 0, "joint": "right_knee"}]
    await editor.page.wait_for_timeout(150)
    await editor.thumb.lift()
    opened.expected += ["409"]
    await expect(editor.page.locator("#conflict")).to_be_visible()


@pytest.mark.parametrize(("button", "keeps"), [("Keep mine", True), ("Take theirs", False)])
async def test_where_both_moved_a_joint_the_person_decides(
    opened: Opened, stand: Stand, button: str, keeps: bool
):
    opened.expected += ["409"]
    editor = await Editor.at(opened, stand)
    mine_before = stand.people[0]["keypoints"]["right_wrist"]
    stand.people = [person(standing(330, 330, 2.0))]
    theirs = [500, 800, 1]
    stand.people[0]["keypoints"]["right_knee"] = theirs
    stand.people[0]["keypoints"]["nose"] = [333, 222, 1]
    stand.clash = [{"person": 0, "joint": "right_knee"}]
    await editor.page.locator("#lock").tap()
    await editor.drag("right_knee", -50, 0)
    await editor.drag("right_wrist", -20, 0)
    asks = editor.page.locator("#conflict")
    await expect(asks).to_contain_text("right knee")
    assert (await editor.page.locator("#refine").get_attribute("aria-disabled")) == "true"
    await editor.page.get_by_role("button", name=button).tap()
    (after,) = await editor.saved(2)
    await expect(asks).to_be_hidden()
    assert (after["keypoints"]["right_knee"] == theirs) is not keeps
    assert after["keypoints"]["right_wrist"] != mine_before  # only I moved it
    assert after["keypoints"]["nose"] == [333, 222, 1]  # only they moved it


async def test_a_pose_of_an_older_picture_gives_way_to_the_new_one(opened: Opened, stand: Stand):
    opened.expected += ["410"]
    editor = await Editor.at(opened, stand)
    stand.version = 2
    stand.people = [person(standing(200, 300, 1.5))]
    await editor.drag("right_knee", -30, 0)
    await expect(editor.page.locator("#picture")).to_have_attribute("src", "/picture/2")
    await editor.page.wait_for_timeout(400)
    assert len(stand.saves) == 1
    await editor.drag("right_knee", -30, 0)
    await editor.saved(2)
    assert stand.saves[1]["version"] == 2


async def test_a_save_that_failed_is_tried_again(opened: Opened, stand: Stand):
    opened.expected += ["500"]
    stand.broken = 1
    editor = await Editor.at(opened, stand)
    await editor.drag("right_knee", -30, 0)
    await expect(editor.page.locator("#status")).to_have_text("Not saved yet")
    (after,) = await editor.saved(2)
    assert after == stand.people[0]


async def test_what_is_left_is_sent_when_the_page_is_closed(opened: Opened, stand: Stand):
    editor = await Editor.at(opened, stand)
    await editor.drag("right_knee", -30, 0)
    moved = await editor.page.context.new_page()
    await editor.page.close(run_before_unload=True)
    await moved.wait_for_timeout(500)
    assert len(stand.saves) == 1


async def test_an_editor_that_is_over_says_where_to_open_it_again(opened: Opened, stand: Stand):
    editor = await Editor.at(opened, stand)
    await stand.tell({"type": "over"})
    told = editor.page.locator("#closed")
    await expect(told).to_contain_text("Open it again from the chat")
    assert stand.sockets == []


async def test_a_link_is_taken_out_of_the_address_and_used_once(opened: Opened, stand: Stand):
    editor = await Editor.at(opened, stand)
    assert stand.opens == [{"token": "token"}]
    assert editor.page.url == f"{stand.address}/edit"


async def test_a_link_that_was_used_says_so(opened: Opened, stand: Stand):
    opened.expected += ["403"]
    page = await opened.page(PHONE)
    await page.goto(f"{stand.address}/edit#used")
    await expect(page.get_by_role("alert")).to_have_text("This link was used.")


async def test_telegram_opens_the_editor_by_its_own_word(opened: Opened, stand: Stand):
    page = await opened.page(PHONE)
    await page.add_init_script(
        """window.posted = [];
        window.TelegramWebviewProxy = {
          postEvent: (type, data) => posted.push([type, JSON.parse(data)]) };"""
    )
    init = "query_id=1&user=%7B%22id%22%3A5%7D&auth_date=1&hash=abc"
    theme = json.dumps({"bg_color": "#101418"})
    await page.goto(
        f"{stand.address}/edit?session=silver-heron"
        f"#tgWebAppData={quote(init)}&tgWebAppThemeParams={quote(theme)}"
    )
    await page.wait_for_selector("body[data-ready]")
    assert stand.opens == [{"initData": init, "session": "silver-heron"}]
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
    editor = Editor(page, await Thumb.of(page), stand)
    await editor.drag("right_knee", -30, 0)
    await editor.saved(1)
    assert ["web_app_setup_closing_behavior", {"need_confirmation": True}] in await page.evaluate(
        "posted"
    )
    assert stand.hellos == [{"type": "hello", "visit": "v1"}]


async def test_a_direct_link_names_the_session_as_telegrams_start_parameter(
    opened: Opened, stand: Stand
):
    page = await opened.page(PHONE)
    init = quote("start_param=silver-heron&hash=abc")
    await page.goto(f"{stand.address}/edit?tgWebAppStartParam=silver-heron#tgWebAppData={init}")
    await page.wait_for_selector("body[data-ready]")
    assert stand.opens[0]["session"] == "silver-heron"
