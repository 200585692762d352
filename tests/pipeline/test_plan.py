from dataclasses import replace

import pytest

from pipeline.errors import PlanError
from pipeline.extension import Amount, Extension, Unit
from pipeline.geometry import Box, Size
from pipeline.plan import LIKELY, MARGIN, Plan, plan_canvas, stances
from pipeline.skeleton import LEGS, Joint, Keypoint, Skeleton

PHOTO = Size(600, 500)
THIRTY_PERCENT = Extension(down=Amount(Unit.SHARE, 0.3))


def person(
    *, x: float = 300, neck: float = 120, tall: float = 700, cut: float = 500, turned: bool = False
) -> Skeleton:
    """Somebody upright, of whom only what lies above `cut` was seen.

    Args:
        x: Of the neck.
        neck: Its y.
        tall: Stature in pixels.
        cut: The y below which joints are absent.
        turned: Swap x and y: somebody who lies with the head to the left.
    """
    places = {Joint.NOSE: (0.0, -0.123), Joint.NECK: (0.0, 0.0)}
    for side, sign in (("RIGHT", -1), ("LEFT", 1)):
        places |= {
            Joint[f"{side}_SHOULDER"]: (sign * 0.092, 0.0),
            Joint[f"{side}_HIP"]: (sign * 0.054, 0.286),
            Joint[f"{side}_KNEE"]: (sign * 0.054, 0.514),
            Joint[f"{side}_ANKLE"]: (sign * 0.054, 0.724),
            Joint[f"{side}_HEEL"]: (sign * 0.054, 0.762),
            Joint[f"{side}_BIG_TOE"]: (sign * 0.06, 0.798),
            Joint[f"{side}_SMALL_TOE"]: (sign * 0.1, 0.79),
        }
    points = {
        joint: Keypoint(x + across * tall, neck + down * tall)
        for joint, (across, down) in places.items()
        if neck + down * tall < cut
    }
    if turned:
        points = {joint: replace(point, x=point.y, y=point.x) for joint, point in points.items()}
    return Skeleton(points)


def lowest(plan: Plan) -> float:
    """The lowest joint of anybody in any stance that the frame has room for."""
    likely = [
        stance.skeleton
        for offered in plan.stances
        for stance in offered
        if stance.likelihood >= LIKELY or stance is offered[0]
    ]
    return max(p.y for s in likely for p in s.keypoints.values())


def test_the_canvas_grows_down_exactly_as_far_as_the_soles_and_a_margin_need():
    plan = plan_canvas(PHOTO, [person()])
    assert plan.canvas.photo == Box(0, 0, 600, 500)
    assert plan.canvas.size.width == 600
    assert 0.08 * 700 < plan.canvas.size.height - lowest(plan) < 0.17 * 700
    assert plan.notes == ()


def test_joints_that_were_seen_stay_where_they_were_and_guesses_are_marked():
    plan = plan_canvas(PHOTO, [person()])
    points = plan.skeletons[0].keypoints
    assert points[Joint.NOSE] == person().keypoints[Joint.NOSE]
    assert all(points[leg.ankle].guessed for leg in LEGS)


@pytest.mark.parametrize("cut", [330, 400, 490])
def test_the_frame_is_about_the_same_wherever_the_photo_is_cut(cut: int):
    whole = 120 + (0.8 + MARGIN) * 700
    plan = plan_canvas(Size(600, cut), [person(cut=cut)])
    assert plan.canvas.size.height == pytest.approx(whole, rel=0.15)


def test_feet_that_are_in_the_picture_need_no_canvas_but_may_have_one():
    tall = Size(600, 800)
    seen = person(cut=800)
    with pytest.raises(PlanError, match=r"already in the picture\. Say --down 30%"):
        plan_canvas(tall, [seen])
    plan = plan_canvas(tall, [seen], THIRTY_PERCENT)
    assert plan.canvas.size == Size(600, 1040)
    assert plan.skeletons == (seen,)


def test_hidden_feet_within_the_photo_are_not_called_seen():
    behind_a_table = person(cut=500)
    with pytest.raises(PlanError, match="I do not see the feet"):
        plan_canvas(Size(600, 900), [behind_a_table])


def test_feet_that_the_edge_cuts_still_need_canvas():
    plan = plan_canvas(Size(600, 690), [person(cut=670)])
    assert plan.canvas.size.height > 690


def test_with_nobody_in_the_photo_an_amount_must_be_named():
    with pytest.raises(PlanError, match="Say how far to extend it, such as --down 60%"):
        plan_canvas(PHOTO, [])
    plan = plan_canvas(PHOTO, [], Extension(down=Amount(Unit.SHARE, 0.6)))
    assert plan.canvas.size == Size(600, 800)
    assert "nobody" in plan.notes[0]


def test_somebody_of_whom_too_little_is_seen_is_not_guessed_at():
    with pytest.raises(PlanError, match="too little of the body"):
        plan_canvas(PHOTO, [Skeleton({Joint.NOSE: Keypoint(300, 400)})])


def test_named_amounts_are_obeyed_and_a_note_says_when_the_toes_will_not_fit():
    amounts = Extension(
        down=Amount(Unit.PIXELS, 60),
        left=Amount(Unit.SHARE, 0.1),
        right=Amount(Unit.PIXELS, 7),
        up=Amount(Unit.PIXELS, 33),
    )
    plan = plan_canvas(PHOTO, [person()], amounts)
    assert plan.canvas.size == Size(600 + 60 + 7, 500 + 60 + 33)
    assert plan.canvas.photo == Box(60, 33, 600, 500)
    assert plan.skeletons[0].keypoints[Joint.NOSE] == Keypoint(360, 120 - 0.123 * 700 + 33)
    assert "toes will not fit" in plan.notes[0]
    assert "below" in plan.notes[0]


def test_other_sides_may_be_named_while_down_follows_the_feet():
    plan = plan_canvas(PHOTO, [person()], Extension(left=Amount(Unit.PIXELS, 100)))
    assert plan.canvas.photo.left == 100
    assert plan.canvas.size.height > 500


def test_nothing_at_all_is_not_an_extension():
    with pytest.raises(PlanError, match="Say --down auto"):
        plan_canvas(PHOTO, [person()], Extension(down=Amount(Unit.PIXELS, 0)))


def test_a_face_alone_would_need_too_much_and_is_told_so():
    head = person(x=300, neck=450, tall=2000)
    with pytest.raises(PlanError, match=r"times as high as the photo; 3 times is the most"):
        plan_canvas(PHOTO, [head])


def test_an_amount_beyond_three_times_the_photo_is_refused_even_when_named():
    with pytest.raises(PlanError, match="Say a smaller amount"):
        plan_canvas(PHOTO, [person()], Extension(down=Amount(Unit.SHARE, 2.5)))
    plan = plan_canvas(PHOTO, [person()], Extension(down=Amount(Unit.SHARE, 2.0)))
    assert plan.canvas.size.height == 1500


def test_the_frame_fits_the_feet_of_everybody_in_the_foreground():
    short, tall = person(x=150, tall=560), person(x=420, tall=700)
    plan = plan_canvas(PHOTO, [short, tall])
    assert plan.canvas.size.height == plan_canvas(PHOTO, [tall]).canvas.size.height
    assert len(plan.skeletons) == 2
    assert plan.skeletons[0].keypoints[Joint.NECK].x == 420
    assert plan.notes == ("I found 2 people; the frame is planned for the feet of all of them.",)


def test_far_smaller_people_do_not_count():
    near, far = person(), person(x=100, neck=450, tall=200)
    plan = plan_canvas(PHOTO, [far, near])
    assert plan.canvas.size == plan_canvas(PHOTO, [near]).canvas.size
    assert "background" in plan.notes[0]


def test_for_somebody_lying_the_frame_grows_to_the_side_where_the_feet_are():
    lying = person(x=250, neck=120, cut=500, turned=True)
    plan = plan_canvas(Size(500, 400), [lying])
    assert plan.canvas.size.width > 500 + 100
    assert plan.canvas.photo == Box(0, 0, 500, 400)
    assert plan.canvas.size.height == 400


def test_somebody_upside_down_gets_the_feet_above():
    points = person().keypoints
    handstand = Skeleton({j: replace(p, x=600 - p.x, y=500 - p.y) for j, p in points.items()})
    plan = plan_canvas(PHOTO, [handstand])
    assert plan.canvas.photo.top > 0
    assert plan.canvas.size.height == plan.canvas.photo.top + 500


def test_a_leg_that_leaves_sideways_by_less_than_a_foot_is_how_photos_are():
    beside = person(x=30)
    plan = plan_canvas(PHOTO, [beside])
    assert plan.canvas.photo.left == 0
    assert plan.canvas.size.height > 500


def test_a_canvas_of_too_many_pixels_is_refused_with_what_to_do():
    with pytest.raises(PlanError, match=r"102 megapixels; 50 is the most\. Send the ph"):
        plan_canvas(Size(6000, 6500), (), Extension(down=Amount(Unit.PIXELS, 10500)))


def test_the_plan_offers_the_stances_that_unseen_legs_may_have():
    plan = plan_canvas(PHOTO, [person(cut=400)], Extension(left=Amount(Unit.PIXELS, 50)))
    (offered,) = plan.stances
    assert offered[0].skeleton == plan.skeletons[0]
    assert len(offered) > 1
    shifted = [stance.skeleton.mapped(dx=50) for stance in stances(person(cut=400))]
    assert [stance.skeleton for stance in offered] == shifted
    (likelihoods,) = plan.likelihoods
    assert list(likelihoods.items()) == [(one.name, one.likelihood) for one in offered]


def test_the_frame_has_room_for_every_likely_stance():
    plan = plan_canvas(PHOTO, [person(cut=400)])
    assert lowest(plan) < plan.canvas.size.height
