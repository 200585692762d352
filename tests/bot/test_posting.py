"""Messages that are not cards: lines and files."""

import asyncio
import time

import pytest

from bot.carrying import SAY
from bot.effects import Say, SendFile
from bot.platform import Action, ChatMoved, SlowDown
from bot.saving import save_effect
from bot.words import say, text
from storage import outbox
from tests.bot.fake_platform import LARGEST_FILE, Chat, failing, lost, silent
from tests.bot.sender import Bench, Talking, until

CONTENT = b"\x89PNG byte for byte"


async def offered(talking: Talking, content: bytes = CONTENT, name: str = "toeframe-1.png") -> None:
    """Have a file sent to a chat."""
    await talking.do(SendFile(await talking.bench.pictures.put(content), name))


def asked(chat: Chat) -> list[str]:
    """The labels under lines that came instead of a file."""
    return [label for message in chat.messages for label in message.labels]


async def test_a_file_comes_byte_for_byte_under_its_name(bench: Bench):
    talking = await bench.talk("anna")
    async with bench.sending():
        await offered(talking)
        await bench.settled()
    (file,) = talking.seen.messages
    assert (file.file, file.name) == (CONTENT, "toeframe-1.png")
    assert talking.seen.actions == [Action.UPLOADING]


@pytest.mark.parametrize("after", [False, True], ids=["before it counts", "after it counted"])
async def test_where_nobody_knows_whether_a_file_came_a_button_asks(bench: Bench, after: bool):
    talking = await bench.talk("anna")
    talking.seen.troubles["file"].append(lost(after=after))
    async with bench.sending():
        await offered(talking)
        await bench.settled()
    assert len(talking.seen.files) == int(after)
    assert asked(talking.seen) == ["File"]


@pytest.mark.parametrize("after", [False, True], ids=["before it counts", "after it counted"])
async def test_a_kill_while_a_file_is_sent_leads_to_a_question_and_not_to_a_second_file(
    bench: Bench, after: bool
):
    talking = await bench.talk("anna")
    talking.seen.troubles["file"].append(silent(after=after))
    async with bench.sending(patience=0.0):
        await offered(talking)
        await until(lambda: not talking.seen.troubles["file"])
        await asyncio.sleep(0.05)
    async with bench.sending():
        await until(lambda: bool(talking.seen.texts))
        await bench.settled()
    assert len(talking.seen.files) == int(after)
    assert asked(talking.seen) == ["File"]


async def test_the_button_for_the_photo_itself_asks_for_the_photo(bench: Bench):
    talking = await bench.talk("anna")
    talking.seen.troubles["file"].append(lost(after=False))
    async with bench.sending():
        await offered(talking, name="original.jpg")
        await bench.settled()
    (line,) = talking.seen.messages
    assert [label.token.rpartition(":")[2] for row in line.rows for label in row] == ["original"]


async def test_a_file_that_was_surely_not_sent_is_sent_again(bench: Bench):
    talking = await bench.talk("anna")
    talking.seen.troubles["file"].append(failing(SlowDown(0.3)))
    async with bench.sending():
        begun = time.monotonic()
        await offered(talking)
        await bench.settled()
    assert len(talking.seen.files) == 1
    assert talking.seen.times("file")[0] - begun >= 0.3
    assert asked(talking.seen) == []


async def test_a_file_follows_its_chat(bench: Bench):
    talking = await bench.talk("club", is_group=True)
    talking.seen.troubles["file"].append(failing(ChatMoved("superclub")))
    async with bench.sending():
        await offered(talking)
        await bench.settled()
    assert talking.seen.files == []
    assert len(bench.platform.chats["superclub"].files) == 1


async def test_a_file_that_is_too_large_is_told_of(bench: Bench):
    talking = await bench.talk("anna")
    async with bench.sending():
        await offered(talking, bytes(LARGEST_FILE + 1))
        await bench.settled()
    (line,) = talking.seen.messages
    assert line.text == say(text("file.refused"))


async def test_a_file_that_is_not_kept_any_more_is_told_of(bench: Bench):
    talking = await bench.talk("anna")
    await talking.do(SendFile("0" * 64, "toeframe-1.png"))
    async with bench.sending():
        await bench.settled()
    (line,) = talking.seen.messages
    assert line.text == say(text("file.gone"))


async def test_a_line_of_no_conversation_comes_in_the_language_that_it_names(bench: Bench):
    talking = await bench.talk("anna")
    async with bench.database.writing() as db:
        for language in ("ko", None):
            await outbox.put(
                db,
                f"told in {language}",
                chat_id=talking.chat_id,
                session_id=None,
                kind=SAY,
                payload={**save_effect(Say(text("help"))), "language": language},
            )
    async with bench.sending():
        await bench.settled()
    assert talking.seen.texts == [say(text("help"), "ko"), say(text("help"), "en")]


async def test_lines_that_follow_a_file_keep_their_place(bench: Bench):
    talking = await bench.talk("anna")
    await talking.say("nonsense 1")
    await offered(talking)
    await talking.say("nonsense 2")
    async with bench.sending():
        await bench.settled()
    first, file, last = talking.seen.messages
    assert "nonsense 1" in first.text
    assert file.file == CONTENT
    assert "nonsense 2" in last.text


async def test_a_line_that_is_refused_holds_nobody_up(bench: Bench):
    talking = await bench.talk("anna")
    async with bench.sending():
        await talking.say("help")
        await bench.settled()
        (help_text,) = talking.seen.texts
        bench.platform.refuses.append(help_text)
        await talking.say("help", "nonsense")
        await bench.settled()
    assert len(talking.seen.texts) == 2
    assert "nonsense" in talking.seen.texts[-1]


async def test_many_slow_files_do_not_hold_up_words(bench: Bench):
    talkings = [await bench.talk(f"chat {number}") for number in range(20)]
    for talking in talkings:
        talking.seen.latency = 0.5
        await offered(talking)
    quick = await bench.talk("quick")
    async with bench.sending():
        await until(lambda: bench.platform.under_way >= 8)
        begun = time.monotonic()
        await quick.say("help")
        await until(lambda: len(quick.seen.texts) == 1)
        assert time.monotonic() - begun < 0.5
        assert bench.platform.most_at_once <= 10
        await bench.settled(within=20)
    assert all(len(talking.seen.files) == 1 for talking in talkings)
