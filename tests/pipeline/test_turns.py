"""Whose turn it is, on a simulated clock."""

import random
from collections.abc import Iterator

import pytest

from pipeline.bench.waits import Arrival, Finish, in_order, in_turns
from pipeline.turns import Turns, Waiting, choose


def waiting(key: str, left: float, due: float = 1000, step: float = 1) -> Waiting[str]:
    return Waiting(key, step, left, due)


def test_the_shortest_goes_first():
    assert choose([waiting("long", 80), waiting("short", 20)], now=0).key == "short"


def test_of_equals_the_first_goes_first():
    assert choose([waiting("one", 20), waiting("other", 20)], now=0).key == "one"


def test_nobody_is_made_late_by_a_shorter_one():
    assert choose([waiting("long", 80, due=80), waiting("short", 20)], now=0).key == "long"
    assert choose([waiting("long", 80, due=81), waiting("short", 20)], now=0).key == "short"


def test_where_somebody_is_late_already_the_first_due_goes_first():
    assert choose([waiting("short", 5, due=90), waiting("long", 80, due=10)], now=50).key == "long"


def test_a_refine_goes_before_an_outpaint_of_four_windows_that_has_begun():
    jobs = [Arrival(0, (1.0,) * 80), Arrival(10.5, (1.0,) * 20)]
    outpaint, refine = in_turns(jobs)
    assert refine.waited <= 1
    assert refine.ended == 31
    assert outpaint.ended == 100


@pytest.mark.parametrize("seed", range(20))
def test_nobody_ever_takes_longer_than_was_promised(seed: int):
    jobs = busy_day(seed)
    longest = max(step for job in jobs for step in job.steps)
    for turn, order, job in zip(in_turns(jobs), in_order(jobs), jobs, strict=True):
        promised = 1.25 * (order.ended - job.at)
        assert turn.ended - job.at <= promised + longest  # somebody's step may be under way


def busy_day(seed: int) -> list[Arrival]:
    dice, now, jobs = random.Random(seed), 0.0, list[Arrival]()
    for _ in range(60):
        now += dice.expovariate(1 / 40)
        jobs.append(Arrival(now, (dice.uniform(0.5, 1.5),) * dice.choice([8, 20, 80])))
    return jobs


def test_all_work_is_done_at_the_same_time_in_any_order():
    jobs = busy_day(1)
    ends = [max(one.ended for one in told) for told in (in_turns(jobs), in_order(jobs))]
    assert ends[0] == pytest.approx(ends[1])


def counting(steps: int) -> Iterator[int]:
    yield from range(steps)


def test_a_painter_that_left_takes_no_more_turns():
    turns = Turns[str, int]()
    turns.join("long", counting(9), [1.0] * 9, now=0)
    turns.join("short", counting(2), [1.0] * 2, now=0)
    assert turns.take(0) == ("short", 0)
    turns.leave("short")
    assert turns.take(1) == ("long", 0)


def test_a_painter_that_fails_leaves_and_the_others_go_on():
    def failing() -> Iterator[int]:
        yield 0
        raise MemoryError

    turns = Turns[str, int]()
    turns.join("ill", failing(), [1.0] * 4, now=0)
    turns.join("well", counting(9), [1.0] * 9, now=0)
    assert turns.take(0) == ("ill", 0)
    with pytest.raises(MemoryError):
        turns.take(1)
    assert turns.take(2) == ("well", 0)


def test_where_everybody_has_finished_there_is_nothing_to_take():
    turns = Turns[str, int]()
    turns.join("one", counting(1), [1.0], now=0)
    assert turns.take(0) == ("one", 0)
    assert turns.take(1) is None
    assert len(turns) == 0


def test_somebody_who_took_more_steps_than_expected_still_finishes():
    turns = Turns[str, int]()
    turns.join("one", counting(3), [1.0], now=0)
    assert [turns.take(now) for now in range(4)] == [("one", 0), ("one", 1), ("one", 2), None]


def test_time_that_was_waited_is_told_apart_from_time_that_was_worked():
    assert in_order([Arrival(0, (2.0,)), Arrival(1, (3.0,))]) == [
        Finish(began=0, ended=2, waited=0),
        Finish(began=2, ended=5, waited=1),
    ]
