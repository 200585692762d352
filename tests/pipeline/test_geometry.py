import pytest

from pipeline.geometry import Box, Size


def test_a_size_is_width_first():
    assert Size(300, 200).width == 300
    assert Size(300, 200).area == 60_000


@pytest.mark.parametrize(
    ("factor", "size"),
    [(1, Size(30, 20)), (0.5, Size(15, 10)), (1.02, Size(31, 20)), (0.001, Size(1, 1))],
)
def test_scaling_rounds_and_leaves_at_least_one_pixel(factor: float, size: Size):
    assert Size(30, 20).scaled(factor) == size


def test_rounding_up_keeps_what_fits_already():
    assert Size(64, 65).rounded_up(64) == Size(64, 128)


def test_a_box_knows_its_edges():
    box = Box(10, 20, 30, 40)
    assert box.edges == (10, 20, 40, 60)
    assert Box.from_edges(*box.edges) == box
    assert box.size == Size(30, 40)
    assert Box.of(Size(30, 40)) == Box(0, 0, 30, 40)


def test_crossed_edges_give_an_empty_box():
    box = Box.from_edges(10, 0, 5, 8)
    assert box == Box(10, 0, 0, 8)
    assert box.is_empty
    assert not Box(0, 0, 1, 1).is_empty


def test_a_box_moves_without_growing():
    assert Box(10, 20, 30, 40).moved(-15, 5) == Box(-5, 25, 30, 40)


def test_growing_pushes_every_edge_and_shrinking_stops_at_nothing():
    assert Box(10, 20, 30, 40).grown(5) == Box(5, 15, 40, 50)
    assert Box(10, 20, 30, 40).grown(-5) == Box(15, 25, 20, 30)
    assert Box(10, 20, 30, 40).grown(-15) == Box(25, 35, 0, 10)


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        (Box(5, 5, 10, 10), Box(5, 5, 5, 5)),
        (Box(0, 0, 10, 10), Box(0, 0, 10, 10)),
        (Box(2, 3, 4, 5), Box(2, 3, 4, 5)),
    ],
)
def test_two_boxes_share_what_both_cover(other: Box, shared: Box):
    box = Box(0, 0, 10, 10)
    assert box.within(other) == shared
    assert other.within(box) == shared


@pytest.mark.parametrize("far", [Box(20, 0, 5, 5), Box(0, 20, 5, 5), Box(10, 0, 5, 5)])
def test_boxes_that_do_not_meet_share_nothing(far: Box):
    assert Box(0, 0, 10, 10).within(far).is_empty


def test_the_box_around_two_holds_both():
    first, second = Box(-5, 0, 10, 10), Box(20, 30, 5, 5)
    whole = first.around(second)
    assert whole == Box(-5, 0, 30, 35)
    assert whole.holds(first)
    assert whole.holds(second)
    assert not first.holds(whole)


def test_a_box_holds_itself_and_not_one_that_sticks_out():
    box = Box(0, 0, 10, 10)
    assert box.holds(box)
    assert not box.holds(Box(1, 0, 10, 10))
