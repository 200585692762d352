import random

import pytest

from bot.card import card_of
from bot.commands import Word
from bot.conversation import step
from bot.effects import Answer
from bot.events import (
    Cancelled,
    Event,
    Failed,
    PhotoSent,
    Prepared,
    Pressed,
    Progressed,
    Queued,
    Refined,
    Strange,
    StrangeSent,
    TextSent,
)
from bot.saving import load_effect, load_event, load_state, save_effect, save_event, save_state
from bot.states import Kind, Page, State
from bot.words import say
from pipeline.jobs import Stage
from tests.bot.talks import OTHER, PERSON, painted

SAID = [
    *Word,
    "variants",
    "auto",
    "right_knee up 20",
    "left_ankle to 340 400",
    "scale left leg 3",
    "preset crossed",
    "preset seated",
    "mirror",
    "mirror right leg",
    "swap legs",
    "front left",
    "hide left_knee",
    "hide right leg",
    "restore right leg",
    "rotate left leg 170",
    "left 30 up 5",
    "right knee",
    "5",
    "person 2",
    "version 2",
    "step 30",
    "extend 40% left 10px",
    "seed 4294967295",
    "prompt a man",
    "language ko",
    "what?",
    "",
]


def _some_event(lot: random.Random, state: State) -> Event:
    tokens = [button.token for row in card_of(state).rows for button in row]
    job = state.work.job if state.work and lot.random() < 0.9 else lot.randrange(9)
    people = lot.choice([(), (PERSON,), (PERSON, OTHER)])
    made = painted(f"p{lot.randrange(99)}", people=people, notes=("Dark photo.",))
    order = state.work.order if state.work else None
    result = Prepared(job, made)
    if order and order.kind is not Kind.PREPARE:
        result = Refined(job, (made,) * order.count)
    return lot.choice(
        [
            TextSent(lot.choice(SAID)),
            TextSent(lot.choice(SAID)),
            Pressed(lot.choice(tokens or ["x"])),
            Pressed(lot.choice(tokens or ["x"])),
            Pressed(f"k3x9:{state.revision}:{lot.choice(SAID)}"),
            Pressed(f"k3x9:{lot.randrange(5)}:undo"),
            result,
            result,
            Refined(job, ()) if lot.random() < 0.2 else result,
            PhotoSent("photo", lot.choice([None, "a caption"])),
            Queued(job, lot.randrange(5), lot.choice([None, 9])),
            Progressed(job, lot.choice(list(Stage)), 1, 9, preview=lot.choice([None, "v"])),
            lot.choice([Failed(job), Failed(job, "No."), Cancelled(job)]),
            StrangeSent(lot.choice(list(Strange))),
        ]
    )


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_in_whatever_order_is_answered_and_can_be_written_down(seed: int):
    lot = random.Random(seed)
    state, pages = State(session="k3x9"), set[Page]()
    for _ in range(150):
        event = _some_event(lot, state)
        assert load_event(save_event(event)) == event
        after, effects = step(state, event)
        assert step(state, event) == (after, effects)
        assert load_state(save_state(after)) == after
        assert [load_effect(save_effect(effect)) for effect in effects] == list(effects)
        answers = sum(isinstance(effect, Answer) for effect in effects)
        assert answers == isinstance(event, Pressed)
        assert effects or not isinstance(event, TextSent | PhotoSent | StrangeSent)
        assert after.revision >= state.revision
        assert all(say(line) for line in card_of(after).lines)
        state = after
        pages.add(state.page)
    assert len(pages) >= 4
