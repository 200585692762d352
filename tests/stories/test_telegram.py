"""Whole exchanges on Telegram over real HTTP: photo, pose, refine, file; and everything odd."""

import asyncio
import sqlite3
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.bot.fakes import FakeEngine, photo_bytes
from tests.faults import Kind
from tests.stories.living import DONE, POSED, labels_of, living_bot, shows
from tests.telegram.person import Person
from tests.telegram.rules import Json
from tests.telegram.values import Message, Press

PATIENCE = 20.0


async def completed(person: Person, caption: str = "") -> Message:
    """Send a photo and wait until it is completed."""
    await person.sends_photo(photo_bytes(), caption)
    return await person.sees(shows(POSED), within=PATIENCE)


async def test_from_photo_to_lossless_file(tmp_path: Path):
    async with living_bot(tmp_path) as world:
        ana = Person(world)
        card = await completed(ana, "a man in blue jeans")
        await ana.taps(card, "4 left knee")
        card = await ana.sees(shows("→"))
        press = await ana.taps(card, "→")
        assert await ana.is_answered(press) == "left knee → 10"
        await ana.sees("Changed.")
        await ana.taps(card, POSED)
        result = await ana.sees(shows(DONE), within=PATIENCE)
        assert result is card, "the card that was watched becomes the result"
        assert "Every pixel of your photo is as you sent it." in result.text
        await ana.taps(result, "File")
        sent = await ana.sees(lambda message: message.now.file is not None, within=PATIENCE)
        assert sent.now.file is not None
        with Image.open(BytesIO(sent.now.file.content)) as picture:
            assert (picture.format, picture.size) == ("PNG", (160, 320))
        assert [message.id for message in ana.looks() if message.now.photo] == [card.id]


async def test_the_refine_command_works_as_the_button_does(tmp_path: Path):
    async with living_bot(tmp_path) as world:
        ana = Person(world)
        await completed(ana)
        await ana.types("left_knee right 12")
        await ana.sees("Changed.")
        await ana.types("/refine")
        await ana.sees(shows(DONE), within=PATIENCE)


async def test_auto_skips_the_pose_step(tmp_path: Path):
    async with living_bot(tmp_path) as world:
        ana = Person(world)
        await ana.sends_photo(photo_bytes(), "/auto")
        await ana.sees(shows(DONE), within=PATIENCE)


async def test_koreans_are_answered_in_korean(tmp_path: Path):
    async with living_bot(tmp_path) as world:
        person = Person(world, "Minji", "ko")
        await person.types("도움말")
        helped = await person.sees(lambda message: True)
        assert any("가" <= letter <= "힣" for letter in helped.text)


async def test_an_album_is_a_card_for_each_photo(tmp_path: Path):
    async with living_bot(tmp_path) as world:
        ana = Person(world)
        photos = await asyncio.to_thread(
            lambda: [photo_bytes(colour=colour) for colour in ("teal", "navy", "brown")]
        )
        await ana.sends_album(photos)
        await world.bell.until(lambda: len(list(filter(shows(POSED), ana.looks()))) == 3, PATIENCE)


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("sticker", {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 512,
                     "height": 512, "is_animated": False, "is_video": False}),
        ("location", {"latitude": 37.5, "longitude": 127.0}),
        ("voice", {"file_id": "v", "file_unique_id": "v", "duration": 3}),
    ],
)  # fmt: skip
async def test_what_is_no_photo_gets_one_kind_sentence(tmp_path: Path, kind: str, what: Json):
    async with living_bot(tmp_path) as world:
        ana = Person(world)
        await ana.sends(kind, what)
        told = await ana.sees("photo")
        assert len(ana.looks()) == 1
        assert told.text.endswith((".", "!"))


async def test_a_file_that_is_no_photo_says_what_to_send_instead(tmp_path: Path):
    async with living_bot(tmp_path) as world:
        ana = Person(world)
        await ana.sends_file(b"GIF89a nonsense", "cat.gif", "image/gif")
        card = await ana.sees("send a JPEG or PNG photo instead", within=PATIENCE)
        assert not card.now.photo


async def test_in_a_group_only_the_sender_may_press(tmp_path: Path):
    async with living_bot(tmp_path) as world:
        ana, bob = Person(world, "Ana"), Person(world, "Bob")
        group = world.new_chat("Friends", "supergroup", privacy=True, topics=())
        await ana.sends_photo(photo_bytes(), f"@{world.bot.username}", chat=group)
        card = await ana.sees(shows(POSED), chat=group, within=PATIENCE)
        press = await bob.taps(card, POSED)
        answer = await bob.is_answered(press)
        assert answer is not None
        assert answer.startswith("Only the person who sent this photo")
        assert shows(POSED)(card)


async def test_talk_in_a_group_is_left_alone(tmp_path: Path):
    async with living_bot(tmp_path) as world:
        ana = Person(world)
        group = world.new_chat("Friends", "supergroup", privacy=False, topics=())
        await ana.types("shall we have lunch", chat=group)
        await ana.types("/help", chat=group)
        await ana.sees("photo", chat=group)
        assert len(ana.looks(group)) == 1


async def test_cancel_stops_a_running_job(tmp_path: Path):
    engine = FakeEngine()
    engine.hold.clear()
    async with living_bot(tmp_path, engine) as world:
        ana = Person(world)
        await ana.sends_photo(photo_bytes())
        card = await ana.sees("Painting", within=PATIENCE)
        await ana.taps(card, "Cancel")
        stopped = await ana.sees("Stopped.")
        assert "Again" in labels_of(stopped)


async def test_thirty_taps_in_three_seconds_are_all_applied_with_few_edits(tmp_path: Path):
    async with living_bot(tmp_path) as world:
        ana = Person(world)
        card = await completed(ana)
        await ana.taps(card, "4 left knee")
        card = await ana.sees(shows("→"))
        looks = len(card.looks)
        presses = list[Press]()
        for number in range(30):
            presses.append(await ana.taps(card, "→" if number < 20 else "←", look=looks - 1))
            await asyncio.sleep(0.1)
        for press in presses:
            assert await ana.is_answered(press) is not None
        assert world.limits.refused == []
        await asyncio.sleep(1.5)
        assert len(card.looks) - looks <= 7
        await ana.types("undo")
        await ana.sees("Changed.")


@pytest.mark.parametrize(
    "kind", [Kind.ERROR, Kind.PAGE, Kind.BUSY, Kind.CUT_BEFORE, Kind.CUT_AFTER]
)
async def test_a_bad_line_loses_nothing_and_doubles_no_picture(tmp_path: Path, kind: Kind):
    async with living_bot(tmp_path) as world:
        ana = Person(world)
        for method in ("getUpdates", "getFile", "file", "sendMessage", "editMessageMedia"):
            world.faults.plan(method, kind)
        card = await completed(ana)
        assert [message for message in ana.looks() if message.now.photo] == [card]


async def test_while_the_database_is_locked_people_are_told_and_nothing_is_lost(tmp_path: Path):
    async with living_bot(tmp_path) as world:
        ana = Person(world)
        await ana.types("/help")
        await ana.sees("photo")
        lock = sqlite3.connect(tmp_path / "bot" / "toeframe.sqlite3", isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        await ana.types("seed 7")
        await ana.sees("I cannot write anything down right now.", within=PATIENCE)
        lock.execute("ROLLBACK")
        lock.close()
        await ana.sees("Set.", within=PATIENCE)
        assert len([message for message in ana.looks() if message.text == "Set."]) == 1
