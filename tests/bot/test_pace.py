from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pace import FEW, GROUP, OVERALL, PRIVATE, Pace, Rate

FREE = Rate(every=1e-6, burst=1_000_000)


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def sent(
    pace: Pace,
    clock: Clock,
    seconds: float,
    is_group: bool,
    *,
    progress: bool = False,
    chat: str = "a",
):
    """List when calls go out to somebody who always has one more, as early as they may."""
    times: list[float] = []
    end = clock.now + seconds
    while clock.now < end:
        wait = pace.ready_in(chat, is_group, progress=progress)
        if wait == 0:
            pace.took(chat)
            times.append(clock.now)
        clock.now += wait
    return times


def most_within(times: list[float], window: float) -> int:
    return max(sum(start <= time < start + window for time in times) for start in times)


def test_a_private_chat_bears_a_burst_of_three_and_then_one_in_1_1_seconds():
    clock = Clock()
    times = sent(Pace(clock), clock, 5, is_group=False)
    assert [round(time - 1000, 6) for time in times] == [0, 0, 0, 1.1, 2.2, 3.3, 4.4]


def test_a_group_gets_one_call_in_3_5_seconds_which_is_less_than_20_a_minute():
    clock = Clock()
    times = sent(Pace(clock), clock, 300, is_group=True)
    assert times[1] - times[0] == pytest.approx(3.5)
    assert most_within(times, 60) == 18


def test_after_a_rest_the_whole_burst_is_free_again():
    clock = Clock()
    pace = Pace(clock)
    sent(pace, clock, 10, is_group=False)
    clock.now += 3.3
    assert len(sent(pace, clock, 1, is_group=False)) == 3


def test_progress_always_leaves_room_for_a_call_that_somebody_waits_for():
    clock = Clock()
    pace = Pace(clock)
    for _ in range(10):
        clock.now += pace.ready_in("a", False, progress=True)
        pace.took("a")
        assert pace.ready_in("a", False) == 0


def test_progress_in_a_group_comes_half_as_often():
    clock = Clock()
    times = sent(Pace(clock), clock, 60, is_group=True, progress=True)
    assert times[2] - times[1] == pytest.approx(7)


def test_a_chat_that_was_told_to_wait_waits_and_the_others_do_not():
    clock = Clock()
    pace = Pace(clock)
    pace.slow_down("a", 30)
    assert pace.ready_in("a", False) == 30
    assert pace.ready_in("b", False) == 0
    clock.now += 30
    assert pace.ready_in("a", False) == 0


def test_a_shorter_wait_does_not_cut_a_longer_one():
    clock = Clock()
    pace = Pace(clock)
    pace.slow_down("a", 30)
    pace.slow_down("a", 3)
    assert pace.ready_in("a", False) == 30


def test_a_call_that_was_not_asked_about_counts_as_one_to_a_group():
    clock = Clock()
    pace = Pace(clock)
    pace.took("a")
    assert pace.ready_in("a", True) == pytest.approx(GROUP.every)


def test_fifty_chats_at_once_all_get_theirs_within_a_second():
    clock = Clock()
    pace = Pace(clock)
    waits: list[float] = []
    for number in range(50):
        wait = pace.ready_in(str(number), False)
        clock.now += wait
        pace.took(str(number))
        waits.append(clock.now - 1000)
    assert waits[24] == 0
    assert 0.5 < waits[-1] < 1


def test_all_chats_together_stay_under_thirty_a_second():
    clock = Clock()
    pace = Pace(clock)
    times: list[float] = []
    for number in range(300):
        clock.now += pace.ready_in(str(number), False)
        pace.took(str(number))
        times.append(clock.now)
    assert times[-1] - times[OVERALL.burst] == pytest.approx((300 - OVERALL.burst - 1) / 30)


def test_chats_that_rest_are_forgotten():
    clock = Clock()
    pace = Pace(clock, overall=FREE)
    for number in range(20 * FEW):
        pace.took(str(number))
        pace.slow_down(str(number), 1)
        clock.now += 1
    assert len(pace._chats) + len(pace._parked) < 4 * FEW


@given(
    gaps=st.lists(st.floats(min_value=0, max_value=5), min_size=1, max_size=60),
    is_group=st.booleans(),
)
def test_however_the_calls_come_no_window_holds_more_than_the_rate(
    gaps: list[float], is_group: bool
):
    clock = Clock()
    pace = Pace(clock)
    rate = GROUP if is_group else PRIVATE
    times: list[float] = []
    for gap in gaps:
        clock.now += gap
        clock.now += pace.ready_in("a", is_group)
        pace.took("a")
        times.append(clock.now)
    for window in (1.0, 10.0, 60.0):
        assert most_within(times, window) <= rate.burst + window / rate.every + 1e-6


def test_what_one_platform_bears_holds_up_no_other():
    clock = Clock()
    pace = Pace(clock)
    for number in range(30):
        pace.took(f"telegram:{number}")
    assert pace.ready_in("telegram:30", False) > 0
    assert pace.ready_in("discord:30", False) == 0


@pytest.mark.parametrize("is_group", [False, True])
def test_a_channel_on_discord_gets_five_calls_in_five_seconds_and_never_more(is_group: bool):
    clock = Clock()
    times = sent(Pace(clock), clock, 60, is_group, chat="discord:1")
    assert [round(time - 1000, 6) for time in times[:5]] == [0, 0, 1.3, 2.6, 3.9]
    assert most_within(times, 5) == 5


def test_all_channels_on_discord_together_get_less_than_fifty_calls_a_second():
    clock = Clock()
    pace = Pace(clock)
    times: list[float] = []
    for number in range(300):
        clock.now += pace.ready_in(f"discord:{number}", False)
        pace.took(f"discord:{number}")
        times.append(clock.now)
    assert 45 < most_within(times, 1) <= 50


def test_a_page_is_told_twenty_things_at_once_and_then_twenty_a_second():
    clock = Clock()
    times = sent(Pace(clock), clock, 10, is_group=False, chat="web:ana")
    assert times[19] == 1000
    assert len(times) == pytest.approx(20 + 10 * 20, abs=1)


def test_pages_do_not_hold_up_one_another():
    pace = Pace(Clock())
    for number in range(1000):
        pace.took(f"web:{number}")
    assert pace.ready_in("web:ana", False, progress=True) == 0
