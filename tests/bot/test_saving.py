import json
from copy import deepcopy
from typing import Any

import pytest

from bot.events import TextSent
from bot.saving import FORMAT, load_event, load_state, save_event, save_state
from bot.states import State
from tests.bot.talks import OTHER, PERSON, Talk


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


def test_a_new_state_needs_only_a_name():
    assert load_state(save_state(State(session="a"))) == State(session="a")
