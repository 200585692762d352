from itertools import pairwise

import pytest

from pipeline.resampling import Walk, denoising_steps, resampling_times


def test_without_repeats_the_levels_are_walked_straight_down():
    assert resampling_times(5, jump=2, repeats=1) == [4, 3, 2, 1, 0]


def test_each_stretch_is_climbed_again_and_the_end_is_reached():
    assert resampling_times(4, jump=2, repeats=2) == [3, 2, 1, 0, 1, 2, 1, 0]


def test_every_move_is_by_one_level():
    times = resampling_times(50, jump=10, repeats=3)
    assert {abs(one - other) for one, other in pairwise(times)} == {1}
    assert (times[0], times[-1]) == (49, 0)


def test_a_level_within_a_stretch_is_denoised_as_often_as_the_stretch_is():
    times = resampling_times(30, jump=10, repeats=4)
    from_above = [low for high, low in pairwise(times) if low < high]
    assert from_above.count(5) == from_above.count(15) == 4
    assert from_above.count(25) == 1


def test_nothing_is_climbed_where_there_is_no_room():
    assert resampling_times(10, jump=10, repeats=10) == list(range(9, -1, -1))


def test_with_the_papers_settings_there_are_as_many_moves_as_in_the_paper():
    assert len(resampling_times(250, jump=10, repeats=10)) == 4570  # appendix B


@pytest.mark.parametrize(("steps", "jump", "repeats"), [(250, 10, 10), (33, 4, 3), (7, 10, 2)])
def test_the_cost_of_a_walk_is_known_before_it_is_walked(steps: int, jump: int, repeats: int):
    times = [steps, *resampling_times(steps, jump=jump, repeats=repeats)]
    downs = sum(low < high for high, low in pairwise(times))
    assert denoising_steps(steps, Walk(jump=jump, repeats=repeats)) == downs


@pytest.mark.parametrize(("jump", "repeats"), [(0, 2), (3, 0)])
def test_a_walk_that_leads_nowhere_is_refused(jump: int, repeats: int):
    with pytest.raises(ValueError, match="at least one level"):
        resampling_times(10, jump=jump, repeats=repeats)
