import json
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from bot.events import Refined, TextSent
from bot.saving import FORMAT, load_event, load_state, save_event, save_state
from bot.states import State
from tests.bot.talks import OTHER, PERSON, Talk, painted


@pytest.fixture
def talk() -> Talk:
    talk = Talk().prepared(PERSON, OTHER)
    for said in ("rotate right leg 7", "hide left_knee", "front left", "undo", "extend 33% up 5px"):
        talk.say(said)
    return talk


def test_a_conversation_survives_being_written_as_json_exactly(talk: Talk):
    written = json.dumps(save_state(talk.state), allow_nan=False)
    assert load_state(json.loads(written)) == talk.state
    talk.prepared()
    assert load_state(json.loads(written)) != talk.state


def test_a_conversation_from_before_there_were_floors_and_forms_is_still_read(talk: Talk):
    talk.say("repaint")
    document = json.loads(json.dumps(save_state(talk.state)))
    del document["state"]["options"]["floor"]
    order = document["state"]["work"]["order"]
    del order["repaint"], order["options"]["floor"]
    for version in document["versions"]:
        del version["order"]["repaint"], version["order"]["options"]["floor"]
    assert load_state(document) == talk.state


def test_a_saved_state_tells_its_format(talk: Talk):
    document = save_state(talk.state)
    assert document["format"] == FORMAT
    with pytest.raises(ValueError, match="not a saved state of format 1"):
        load_state({**document, "format": FORMAT + 1})


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("session",), 5),
        (("revision",), "5"),
        (("revision",), True),
        (("page",), "elsewhere"),
        (("options", "quality"), "superb"),
        (("options", "is"), "State"),
        (("versions",), None),
        (("versions", 0, "made"), None),
        (("versions", 0, "made", "people", 0, "keypoints", "tail"), [0, 0, 1, False]),
        (("versions", 0, "made", "people", 0, "keypoints", "nose"), [0, float("nan"), 1, False]),
        (("versions", 0, "made", "people", 0, "keypoints", "nose"), [0, 0]),
        (("versions", 0, "pose", "past"), "none"),
    ],
)
def test_a_damaged_state_is_refused(talk: Talk, place: tuple[str | int, ...], value: Any):
    document = deepcopy(save_state(talk.state))
    inner: Any = document if place[0] == "versions" else document["state"]
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    with pytest.raises(ValueError, match=r"\w"):
        load_state(document)


@pytest.mark.parametrize("document", [{}, {"format": 1}, {"format": 1, "state": []}, [], None])
def test_what_is_no_document_is_refused(document: Any):
    with pytest.raises(ValueError, match="not a saved state"):
        load_state(document)


def test_an_event_is_not_taken_for_a_state():
    saved = save_event(TextSent("undo"))
    assert load_event(saved) == TextSent("undo")
    with pytest.raises(ValueError, match="not a saved state"):
        load_state(saved)


def test_a_long_conversation_stays_small():
    talk = Talk().prepared()
    for round_ in range(30):
        for _ in range(3):
            talk.say("right_knee up 1")
        talk.say("refine")
        talk.refined(f"picture {round_}")
    assert len(talk.state.versions) == 24
    assert len(json.dumps(save_state(talk.state))) < 400_000


def test_fifty_steps_back_cost_little_more_than_none():
    talk = Talk().prepared(PERSON, OTHER)
    bare = len(json.dumps(save_state(talk.state)))
    for _ in range(60):
        talk.say("right_knee up 1")
    assert len(talk.version.pose.past) == 50
    assert len(json.dumps(save_state(talk.state))) < bare + 8_000


def test_whatever_an_edit_changes_survives():
    talk = Talk().prepared(PERSON, OTHER)
    for said in ("front left", "front none", "hide right leg", "swap legs", "restore left leg"):
        talk.say(said)
    for said in ("undo", "undo", "person 2", "mirror", "undo"):
        talk.say(said)
    assert load_state(save_state(talk.state)) == talk.state
    assert len(talk.version.pose.future) == 1


def test_people_who_came_out_as_others_than_were_ordered_survive():
    talk = Talk().prepared(PERSON)
    talk.say("refine")
    faceless = replace(PERSON, keypoints=dict(list(PERSON.keypoints.items())[1:]))
    talk.tell(Refined(talk.job, (painted("a", (faceless,)), painted("b", (PERSON, OTHER)))))
    assert [len(version.made.people) for version in talk.state.versions] == [1, 1, 2]


def test_a_store_may_keep_the_versions_apart():
    talk = Talk().prepared()
    document = json.loads(json.dumps(save_state(talk.state)))
    versions = document.pop("versions")
    assert [version["number"] for version in versions] == [1]
    assert "versions" not in document["state"]
    assert load_state({**document, "versions": versions}) == talk.state


def test_what_an_older_program_did_not_know_is_as_in_a_new_conversation():
    document = save_state(Talk().prepared().state)
    del document["state"]["skips"]
    del document["state"]["options"]["auto"]
    assert load_state(document) == Talk().prepared().state
    del document["state"]["session"]
    with pytest.raises(ValueError, match="not a saved state"):
        load_state(document)


def test_a_new_state_needs_only_a_name():
    assert load_state(save_state(State(session="a"))) == State(session="a")
