"""What people see of a conversation when all goes well."""

import asyncio
import itertools

import pytest

from bot.card import card_of
from bot.commands import Choose, Count, Counted
from bot.events import Progressed
from bot.outbox import Outbox
from bot.pace import Pace, Rate
from bot.platform import Action
from pipeline.jobs import Stage
from pipeline.skeleton import Joint
from storage import sessions
from tests.bot.sender import Bench, Talking, until, wall

EDITS_OF_30_TAPS = 8  # a burst of three, one each 1.1 s for three seconds, and the last


def steps(job: int, count: int) -> list[Progressed]:
    return [Progressed(job, Stage.OUTPAINT, step, count) for step in range(1, count + 1)]


async def want(talking: Talking, outbox: Outbox) -> None:
    """Mark a card as changed, though it is not."""
    async with talking.bench.database.writing() as db:
        await sessions.want_card(db, talking.session)
    outbox.poke(talking.chat_id)


async def test_a_card_is_posted_as_text_and_gets_its_picture_by_an_edit(bench: Bench):
    talking = await bench.talk("anna")
    async with bench.sending():
        await talking.posed()
        await bench.settled()
    (card,) = talking.seen.messages
    assert card.seen[0][1].picture is None
    assert card.picture is not None
    assert "Refine" in card.labels
    assert talking.seen.calls[0][1] == "post"
    assert {kind for _, kind in talking.seen.calls[1:]} == {"edit"}


async def test_what_nobody_poked_for_is_found_all_the_same(bench: Bench):
    talking = await bench.talk("anna")
    await talking.say("help", "status")
    async with bench.sending():
        await bench.settled()
    assert len(talking.seen.messages) == 2


async def test_thirty_taps_are_few_edits_and_the_last_picture_is_right(bench: Bench):
    talking = await bench.talk("anna")
    bench.platform.limit = 4
    async with bench.sending(Pace()):
        await talking.posed()
        await bench.settled()
        await asyncio.sleep(2)  # the burst is free again
        before = (await talking.state()).current().pose.present[0]
        edits = len(talking.seen.times("edit"))
        for _ in range(30):
            await asyncio.gather(talking.say("right_knee up 3"), asyncio.sleep(0.1))
        await bench.settled()
    state = await talking.state()
    moved = state.current().pose.present[0]
    lifted = before.keypoints[Joint.RIGHT_KNEE].y - moved.keypoints[Joint.RIGHT_KNEE].y
    assert lifted == pytest.approx(90)
    assert 2 <= len(talking.seen.times("edit")) - edits <= EDITS_OF_30_TAPS
    assert bench.platform.too_many == 0
    picture = card_of(state).picture
    assert picture is not None
    assert talking.seen.messages[-1].picture == await bench.easel.draw(picture)


async def test_a_card_that_looks_the_same_is_not_sent_again(bench: Bench):
    talking = await bench.talk("anna")
    async with bench.sending() as outbox:
        await talking.posed()
        await bench.settled()
        calls = len(talking.seen.calls)
        await want(talking, outbox)
        await bench.settled()
    assert len(talking.seen.calls) == calls


async def test_a_picture_that_stays_is_not_sent_again_with_new_words(bench: Bench):
    talking = await bench.talk("anna")
    async with bench.sending():
        await talking.posed()
        await bench.settled()
        await talking.press(Choose(Joint.RIGHT_KNEE))
        await bench.settled()
        uploads = talking.seen.uploads
        await talking.press(Counted(Count.STEP, 30))
        await bench.settled()
    (card,) = talking.seen.messages
    assert talking.seen.uploads == uploads
    assert "30" in card.text
    assert card.picture is not None


async def test_a_fresh_card_is_a_new_message_and_the_old_one_loses_its_buttons(bench: Bench):
    talking = await bench.talk("anna")
    async with bench.sending():
        await talking.posed()
        await bench.settled()
        await talking.say("status")
        await bench.settled()
    old, new = talking.seen.messages
    assert old.rows == ()
    assert "Refine" in new.labels
    assert new.picture is not None


async def test_progress_comes_once_a_second_and_the_result_at_once(bench: Bench):
    talking = await bench.talk("anna")
    async with bench.sending(Pace()):
        await talking.sent_photo()
        job = (await talking.state()).jobs
        for event in steps(job, 25):
            await asyncio.gather(talking.tell(event), asyncio.sleep(0.1))
        await talking.prepared()
        done = asyncio.get_running_loop().time()
        await until(lambda: "Refine" in talking.seen.messages[-1].labels)
        waited = asyncio.get_running_loop().time() - done
        await bench.settled()
    card = talking.seen.messages[0]
    progress = [at for at, shown in card.seen if "/25" in shown.text]
    gaps = [later - earlier for earlier, later in itertools.pairwise(progress)]
    assert len(progress) >= 2
    assert min(gaps) > 0.9
    assert waited < 1.0


async def test_a_group_hears_of_progress_less_often(bench: Bench):
    talking = await bench.talk("club", is_group=True)
    pace = Pace(group=Rate(every=0.7, burst=1))
    async with bench.sending(pace):
        await talking.sent_photo()
        job = (await talking.state()).jobs
        for event in steps(job, 20):
            await asyncio.gather(talking.tell(event), asyncio.sleep(0.1))
        await bench.settled()
    times = [at for at, _ in talking.seen.calls]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert min(gaps) > 0.65
    assert talking.seen.messages[0].text.count("20/20") == 1


async def test_a_chat_sees_that_somebody_is_at_work_only_while_that_is_so(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.outbox.ACTION_LASTS", 0.05)
    talking = await bench.talk("anna")
    async with bench.sending():
        await talking.sent_photo()
        await bench.settled()
        assert talking.seen.actions == []  # in the queue nobody is at work
        await talking.tell(*steps((await talking.state()).jobs, 2))
        await until(lambda: Action.TYPING in talking.seen.actions)
        await talking.prepared()
        await until(lambda: "Refine" in talking.seen.messages[-1].labels)
        await bench.settled()
        seen = len(talking.seen.actions)
        await asyncio.sleep(0.2)
        assert len(talking.seen.actions) <= seen + 1


@pytest.mark.parametrize(("platforms", "chosen"), [("ko", None), ("en", "ko")])
async def test_everybody_reads_their_own_language(bench: Bench, platforms: str, chosen: str | None):
    talking = await bench.talk("anna", language=platforms)
    async with bench.sending():
        if chosen is not None:
            await talking.say(f"language {chosen}")
        await talking.say("help", "status")
        await bench.settled()
    assert len(talking.seen.texts) >= 2
    assert all("사진" in text for text in talking.seen.texts if "photo" in text or "사진" in text)
    assert any("사진" in text for text in talking.seen.texts)


async def test_messages_keep_their_order(bench: Bench):
    talking = await bench.talk("anna")
    async with bench.sending():
        for number in range(20):
            await talking.say(f"nonsense {number}")
        await bench.settled()
    told = [text.split("nonsense ")[1].split('"')[0] for text in talking.seen.texts]
    assert told == [str(number) for number in range(20)]


async def test_a_long_result_comes_as_a_file_too_and_only_once(bench: Bench):
    talking = await bench.talk("anna")
    tall = wall(300, 1200)
    async with bench.sending():
        await talking.posed(tall)
        await talking.say("done")
        await bench.settled()
        await talking.say("adjust", "done", "status")
        await bench.settled()
    (document,) = talking.seen.files
    assert document.file == tall
    assert document.name == "toeframe-1.png"


async def test_a_result_that_a_chat_shows_well_comes_without_a_file(bench: Bench):
    talking = await bench.talk("anna")
    async with bench.sending():
        await talking.posed()
        await talking.say("done")
        await bench.settled()
    assert talking.seen.files == []
