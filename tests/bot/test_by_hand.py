"""What is done on the editor's page is an event of the conversation, as a press is."""

from dataclasses import replace

import pytest

from bot.card import card_of
from bot.commands import Word
from bot.effects import OpenEditor
from bot.events import MaskDrawn, PoseSaved
from bot.saving import load_event, load_state, save_event, save_state
from bot.states import Kind, Page, People
from pipeline.skeleton import Joint, Keypoint
from tests.bot.talks import OTHER, PERSON, Talk

MASK = "d" * 64
MOVED = PERSON.having({Joint.LEFT_KNEE: Keypoint(10, 20)})


def test_a_saved_pose_is_one_step_that_can_be_undone():
    talk = Talk().prepared()
    talk.tell(PoseSaved(1, (MOVED,)))
    assert talk.version.pose.present == (MOVED,)
    assert len(talk.shown) == 1
    talk.say("undo")
    assert talk.version.pose.present == (PERSON,)
    talk.say("redo")
    assert talk.version.pose.present == (MOVED,)


def test_saving_leaves_the_buttons_of_the_card_good():
    talk = Talk().prepared()
    button = talk.button("Refine")
    talk.tell(PoseSaved(1, (MOVED,)))
    talk.tell(talk.pressed(button))
    assert talk.ordered[0].order.people == (MOVED,)


def test_saving_what_is_there_shows_nothing_anew():
    talk = Talk().prepared()
    assert talk.tell(PoseSaved(1, (PERSON,))) == ()
    assert not talk.version.pose.past


def test_saving_opens_the_pose_again_where_a_result_was_shown():
    talk = Talk().prepared()
    talk.press("Refine")
    talk.refined("second")
    assert talk.state.page is Page.RESULT
    talk.tell(PoseSaved(2, (MOVED,)))
    assert talk.state.page is Page.POSE


@pytest.mark.parametrize(
    ("version", "people"),
    [
        (2, (MOVED,)),
        (1, ()),
        (1, (MOVED, OTHER)),
        (1, (PERSON.having({Joint.LEFT_KNEE: Keypoint(1e9, 0)}),)),
        (1, (PERSON.having({Joint.LEFT_KNEE: Keypoint(float("nan"), 0)}),)),
        (1, (PERSON.having({Joint.LEFT_KNEE: Keypoint(0, float("-inf"))}),)),
    ],
    ids=["another version", "nobody", "one more", "too far", "no number", "infinity"],
)
def test_what_cannot_be_saved_is_answered_and_changes_nothing(version: int, people: People):
    talk = Talk().prepared()
    before = talk.state
    talk.tell(PoseSaved(version, people))
    assert talk.state == before
    assert len(talk.answers) == 1
    assert not talk.shown


@pytest.mark.parametrize("event", [PoseSaved(1, (MOVED,)), MaskDrawn(1, MASK), MaskDrawn(1)])
def test_nothing_is_done_by_hand_while_the_bot_paints(event: PoseSaved | MaskDrawn):
    talk = Talk().prepared()
    talk.press("Refine")
    before = talk.state
    talk.tell(event)
    assert talk.state == before
    assert "painting" in talk.answers[0]


@pytest.mark.parametrize("event", [PoseSaved(1, (MOVED,)), MaskDrawn(1, MASK)])
def test_before_there_is_a_picture_nothing_is_done_by_hand(event: PoseSaved | MaskDrawn):
    talk = Talk()
    talk.tell(event)
    assert len(talk.answers) == 1


def test_a_drawn_mask_orders_one_picture_painted_there():
    talk = Talk().prepared()
    talk.tell(MaskDrawn(1, MASK))
    (order,) = talk.ordered
    assert (order.order.kind, order.order.mask, order.order.count) == (Kind.REFINE, MASK, 1)
    assert MASK in talk.state.pictures


def test_a_drawn_mask_is_painted_by_the_method_that_knows_masks():
    talk = Talk().prepared()
    talk.say("method 2")
    talk.tell(MaskDrawn(1, MASK))
    assert talk.ordered[0].order.kind is Kind.REFINE
    without = Talk().prepared()
    without.say("method 2")
    without.tell(MaskDrawn(1))
    assert without.ordered[0].order.kind is Kind.REPAINT


def test_the_same_again_is_painted_in_the_same_mask():
    talk = Talk().prepared()
    talk.tell(MaskDrawn(1, MASK))
    talk.refined("second")
    talk.say("again")
    (order,) = talk.ordered
    assert (order.order.mask, order.order.base) == (MASK, "first")


def test_a_mask_for_another_version_orders_nothing():
    talk = Talk().prepared()
    talk.tell(MaskDrawn(2, MASK))
    assert not talk.ordered
    assert len(talk.answers) == 1


def test_what_was_saved_before_there_were_masks_is_read():
    talk = Talk().prepared()
    talk.press("Refine")
    document = save_state(talk.state)
    del document["state"]["work"]["order"]["mask"]
    for version in document["versions"]:
        del version["order"]["mask"]
    assert load_state(document) == talk.state


@pytest.mark.parametrize("event", [PoseSaved(1, (PERSON, OTHER)), MaskDrawn(3, MASK), MaskDrawn(3)])
def test_what_is_done_by_hand_is_written_down_and_read_back(event: PoseSaved | MaskDrawn):
    assert load_event(save_event(event)) == event


def test_the_editor_is_offered_wherever_somebody_is_posed():
    talk = Talk().prepared()
    assert [one.editor for one in talk.buttons].count(True) == 1
    button = talk.button("Drag the joints")
    assert button.token == f"k3x9:{talk.state.revision}:editor"
    talk.tell(talk.pressed(button))
    assert OpenEditor() in talk.effects
    nobody = replace(talk.version, pose=replace(talk.version.pose, present=()))
    assert not any(one.editor for row in card_of(talk.state.having(nobody)).rows for one in row), (
        "whoever is not there cannot be dragged"
    )


@pytest.mark.parametrize("said", ["editor", "/editor", "edit", "drag", "편집기", "관절 끌기"])
def test_the_editor_is_opened_by_words_too(said: str):
    talk = Talk().prepared()
    talk.say(said)
    assert OpenEditor() in talk.effects


def test_the_editor_is_not_opened_while_the_bot_paints():
    talk = Talk().prepared()
    talk.press("Refine")
    talk.say(Word.EDITOR)
    assert OpenEditor() not in talk.effects
    assert talk.said
