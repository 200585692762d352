"""The skeleton editor over real HTTP, beside the chat whose people it moves."""

import asyncio
import logging
from pathlib import Path

import pytest

from pipeline.skeleton import Joint, from_openpose
from tests.bot.fakes import FakeEngine, photo_bytes
from tests.web.editing import EDITOR, editor, posed, token_of
from tests.web.living import DONE, POSED, has, web_bot
from tests.web.page import page

KNEE, ANKLE = "left_knee", "left_ankle"
PATIENCE = 20.0


async def test_what_was_dragged_is_on_the_card_at_once_and_can_be_undone(tmp_path: Path):
    async with web_bot(tmp_path) as url, page(url) as ana:
        card = await posed(ana, photo_bytes())
        async with editor(url, await token_of(ana, card)) as opened:
            looks = ana.looks[card.id]
            status, told = await opened.saves(opened.moved(KNEE, 70.5, 250.25))
            assert (status, told["merged"]) == (200, False)
            assert told["people"][0]["keypoints"][KNEE] == [70.5, 250.25, 1.0]
            changed = await ana.sees("Changed.")
            assert changed.id == card.id, "the card is edited in its place"
            assert ana.looks[card.id] > looks
            assert changed.picture != card.picture
            await ana.taps(changed, "Undo")
            await ana.sees(lambda one: one.id == card.id and "Changed." not in one.text)
            async with editor(url, await token_of(ana, changed)) as again:
                assert again.document["mark"] == opened.document["mark"]


async def test_a_nudge_in_the_chat_moves_the_open_editor(tmp_path: Path):
    async with web_bot(tmp_path) as url, page(url) as ana:
        card = await posed(ana, photo_bytes())
        async with editor(url, await token_of(ana, card)) as opened, opened.listens():
            at_first = await opened.hears("pose")
            assert at_first["mark"] == opened.document["mark"]
            opened.heard.clear()
            await ana.types("left_knee up 20")
            told = await opened.hears("pose")
            before = opened.people[0]["keypoints"][KNEE]
            assert told["people"][0]["keypoints"][KNEE][1] == before[1] - 20
            assert told["mark"] != opened.document["mark"]


async def test_what_page_and_chat_moved_apart_is_brought_together(tmp_path: Path):
    async with web_bot(tmp_path) as url, page(url) as ana:
        card = await posed(ana, photo_bytes())
        async with editor(url, await token_of(ana, card)) as opened:
            await ana.types("right_wrist up 20")
            await ana.sees("Changed.")
            status, told = await opened.saves(opened.moved(KNEE, 11, 22))
            assert (status, told["merged"]) == (200, True)
            points, before = told["people"][0]["keypoints"], opened.people[0]["keypoints"]
            assert points[KNEE] == [11, 22, 1]
            assert points["right_wrist"][1] == before["right_wrist"][1] - 20


async def test_two_editors_of_one_conversation_see_each_other(tmp_path: Path):
    async with web_bot(tmp_path) as url, page(url) as ana:
        card = await posed(ana, photo_bytes())
        tokens = [await token_of(ana, card) for _ in range(2)]
        async with editor(url, tokens[0]) as one, editor(url, tokens[1]) as other:
            async with other.listens():
                await other.hears("pose")
                other.heard.clear()
                _, saved = await one.saves(one.moved(KNEE, 11, 22))
                told = await other.hears("pose")
                assert told["mark"] == saved["mark"]
            status, told = await other.saves(other.moved(ANKLE, 33, 44))
            assert (status, told["merged"]) == (200, True)
            points = told["people"][0]["keypoints"]
            assert (points[KNEE], points[ANKLE]) == ([11, 22, 1], [33, 44, 1])


async def test_twenty_saves_at_once_lose_no_joint(tmp_path: Path):
    async with web_bot(tmp_path) as url, page(url) as ana:
        card = await posed(ana, photo_bytes())
        async with editor(url, await token_of(ana, card)) as opened:
            joints = list(opened.people[0]["keypoints"])[:20]
            answers = await asyncio.gather(
                *(opened.saves(opened.moved(joint, 5, 6)) for joint in joints)
            )
            assert {status for status, _ in answers} == {200}
            _, told = await opened.saves(opened.people)
            points = told["people"][0]["keypoints"]
            assert [points[joint] for joint in joints] == [[5, 6, 1]] * len(joints)


async def test_a_painted_picture_comes_to_the_open_editor_with_its_progress(tmp_path: Path):
    async with web_bot(tmp_path, FakeEngine(steps=6, pace=0.05)) as url, page(url) as ana:
        card = await posed(ana, photo_bytes())
        async with editor(url, await token_of(ana, card)) as opened, opened.listens():
            _, saved = await opened.saves(opened.moved(KNEE, 70, 250))
            order = {"version": 1, "base": saved["mark"], "mask": None}
            assert (await opened.posts("refine", order))[0] == 202
            await opened.bell.until(lambda: any(one.get("busy") for one in opened.heard), PATIENCE)
            told = await opened.hears("document", within=PATIENCE)
            assert (told["version"], told["busy"]) == (2, False)
            assert told["people"][0]["keypoints"][KNEE] == [70, 250, 1]
            assert told["picture"]["url"] != opened.document["picture"]["url"]
            await ana.sees(has(DONE), within=PATIENCE)


async def test_words_edit_as_they_do_in_the_chat_and_save_nothing(tmp_path: Path):
    async with web_bot(tmp_path) as url, page(url) as ana:
        card = await posed(ana, photo_bytes())
        async with editor(url, await token_of(ana, card)) as opened:
            for edit in ("preset crossed", "mirror", "swap legs", "front right", f"hide {KNEE}"):
                told = {"people": opened.people, "person": 0, "edit": edit}
                status, answer = await opened.posts("edit", told)
                assert status == 200, answer
                assert answer["people"] != opened.people, edit
            _, still = await opened.saves(opened.people)
            assert still["people"] == opened.people


async def test_poses_go_out_as_openpose_and_come_back(tmp_path: Path):
    async with web_bot(tmp_path) as url, page(url) as ana:
        card = await posed(ana, photo_bytes())
        async with editor(url, await token_of(ana, card)) as opened:
            status, file = await opened.gets("openpose")
            assert status == 200
            (person,) = from_openpose(file)
            assert set(person.keypoints) == {
                Joint[name.upper()] for name in opened.people[0]["keypoints"]
            }
            status, back = await opened.posts("openpose", file)
            assert status == 200
            assert back["people"][0]["keypoints"].keys() == opened.people[0]["keypoints"].keys()


async def test_an_openpose_file_of_another_size_is_laid_on_this_canvas(tmp_path: Path):
    async with web_bot(tmp_path) as url, page(url) as ana:
        card = await posed(ana, photo_bytes())
        async with editor(url, await token_of(ana, card)) as opened:
            _, file = await opened.gets("openpose")
            twice = {
                "canvas_width": 2 * file["canvas_width"],
                "canvas_height": 2 * file["canvas_height"],
                "people": [
                    {
                        "pose_keypoints_2d": [
                            number * (1 if at % 3 == 2 else 2)
                            for at, number in enumerate(file["people"][0]["pose_keypoints_2d"])
                        ]
                    }
                ],
            }
            _, small = await opened.posts("openpose", file)
            status, large = await opened.posts("openpose", twice)
            assert status == 200
            (x, y, _), (x2, y2, _) = (
                told["people"][0]["keypoints"][KNEE] for told in (small, large)
            )
            assert (abs(x - x2) < 0.02, abs(y - y2) < 0.02) == (True, True)


async def test_the_editor_opens_in_the_language_of_the_chat(tmp_path: Path):
    async with web_bot(tmp_path) as url, page(url, language="ko") as minji:
        status, _ = await minji.sends_photo(photo_bytes())
        assert status == 202
        card = await minji.sees(lambda one: len(one.labels) > 3, within=PATIENCE)
        label = next(word for row in card.labels for word in row if "관절" in word)
        answer = await minji.is_answered(await minji.taps(card, label))
        async with editor(url, answer["link"].partition("#")[2]) as opened:
            assert opened.document["language"] == "ko"
            assert any("무릎" in joint["label"] for joint in opened.document["joints"])


async def test_a_typed_command_answers_with_the_button_and_no_secret(tmp_path: Path):
    async with web_bot(tmp_path) as url, page(url) as ana:
        await posed(ana, photo_bytes())
        await ana.types("/editor")
        told = await ana.sees(lambda one: one.labels == [[EDITOR]])
        assert "#" not in told.text
        async with editor(url, await token_of(ana, told)) as opened:
            assert opened.document["version"] == 1


async def test_no_log_tells_what_opens_an_editor(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    async with web_bot(tmp_path) as url, page(url) as ana:
        card = await posed(ana, photo_bytes())
        token = await token_of(ana, card)
        async with editor(url, token) as opened, opened.listens():
            await opened.hears("pose")
            await opened.saves(opened.moved(KNEE, 70, 250))
            await opened.picture()
            assert (await opened.opens({"token": token}))[0] == 403
            cookies = [cookie.value for cookie in opened.session.cookie_jar]
    written = "\n".join(record.getMessage() for record in caplog.records)
    assert "serving" in written
    assert cookies
    assert not any(secret in written for secret in (token, *cookies))


async def test_a_page_that_missed_the_end_of_a_job_is_told_that_nothing_runs(tmp_path: Path):
    async with web_bot(tmp_path) as url, page(url) as ana:
        card = await posed(ana, photo_bytes())
        async with editor(url, await token_of(ana, card)) as opened, opened.listens():
            assert (await opened.hears("busy"))["busy"] is False


async def test_before_there_is_a_picture_there_is_no_editor(tmp_path: Path):
    async with web_bot(tmp_path) as url, page(url) as ana:
        await ana.types("/editor")
        told = await ana.sees(lambda one: not one.mine)
        assert "/edit" not in told.text
        assert not any(EDITOR in row for row in told.labels)
        assert not has(POSED)(told)
