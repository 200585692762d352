"""Whatever happens, in whatever order."""

import random
import string
import time
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.card import card_of
from bot.commands import LONGEST_PROMPT, LONGEST_TOKEN, CommandError, Word
from bot.conversation import step
from bot.effects import Answer, Enqueue, ShowCard
from bot.events import (
    Cancelled,
    Event,
    Failed,
    PhotoComing,
    PhotoLost,
    PhotoSent,
    Prepared,
    Pressed,
    Progressed,
    Queued,
    Refined,
    Refused,
    Strange,
    StrangeSent,
    TextSent,
)
from bot.grammar import parse, read_caption, read_token, token
from bot.menu import MENU
from bot.saving import load_effect, load_event, load_state, save_effect, save_event, save_state
from bot.states import Arrival, Page, State, begin, defaults_of
from bot.words import LANGUAGES, say, text
from pipeline.errors import StudioError
from pipeline.jobs import Stage
from tests.bot.talks import OTHER, PERSON, Talk, painted
from tests.bot.test_grammar import SAID as ENGLISH
from tests.bot.test_hangul import SAID as KOREAN

SESSION = "k3x9"
LINES = [
    *Word,
    *(f"/{name}" for name, _ in MENU),
    *(said for said, _ in (*ENGLISH, *KOREAN)),
    "preset seated",
    "mirror right leg",
    "hide right leg",
    "restore right leg",
    "rotate left leg 170",
    "scale left leg 3",
    "version 2",
    "step 30",
    "seed 4294967295",
]
PEOPLE = [(), (PERSON,), (PERSON, OTHER)]

lines = st.sampled_from(LINES) | st.text(max_size=40)
jobs = st.integers(0, 6)
small = st.none() | st.integers(0, 10_000)
made = st.builds(
    painted,
    st.sampled_from("abcdef"),
    st.sampled_from(PEOPLE),
    changed=st.sampled_from([0, 12]),
    score=st.none() | st.floats(0, 1),
    notes=st.sampled_from([(), ("Only the photo's first frame was used.",)]),
)
reasons = st.sampled_from([text("lost.too_large"), text("refused.daily", count=3)])
captions = st.none() | st.sampled_from(["a woman", "/auto", "/extend 60% a man", "/fly"]) | lines
events = st.one_of(
    lines.map(TextSent),
    lines.map(TextSent),
    st.builds(Pressed, st.integers(0, 999).map(str)),  # a place on the card; see `_aimed`
    st.builds(Pressed, st.integers(0, 999).map(str)),
    st.builds(Pressed, st.text(max_size=70)),
    captions.map(PhotoComing),
    st.builds(PhotoSent, st.sampled_from(["photo", "other"]), captions),
    st.builds(PhotoLost, st.none() | reasons),
    st.builds(StrangeSent, st.sampled_from(Strange)),
    st.builds(Refused, reasons),
    st.builds(Queued, jobs, st.integers(1, 99), small),
    st.builds(
        Progressed,
        jobs,
        st.sampled_from(Stage),
        st.integers(0, 9),
        st.integers(0, 9),
        small,
        st.none() | st.just("preview"),
    ),
    st.builds(Prepared, jobs, made),
    st.builds(Prepared, jobs, made),
    st.builds(Refined, jobs, st.lists(made, max_size=4).map(tuple)),
    st.builds(Failed, jobs, st.none() | st.just("There is nothing to undo.")),
    st.builds(Cancelled, jobs),
)


def _aimed(event: Event, state: State, recent: int) -> Event:
    """Press what the card shows, and let most news be those of the running job."""
    match event:
        case Pressed(carried) if carried.isdecimal():
            tokens = [button.token for row in card_of(state).rows for button in row]
            return Pressed(tokens[int(carried) % len(tokens)] if tokens else carried)
        case Prepared(job, result) if job < recent:
            return Prepared(state.jobs, result)
        case Refined(job, results) if job < recent:
            return Refined(state.jobs, results)
        case Progressed(job) if job < recent:
            return Progressed(state.jobs, event.stage, event.step, event.steps, event.seconds)
        case _:
            return event


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(events, min_size=5, max_size=30))
def test_whatever_happens_is_answered_and_can_be_written_down(sequence: list[Event]):
    state = State(session=SESSION)
    for planned in sequence:
        event = _aimed(planned, state, recent=5)
        assert load_event(save_event(event)) == event
        after, effects = step(state, event)
        assert step(state, event) == (after, effects)
        assert load_state(save_state(after)) == after
        assert [load_effect(save_effect(effect)) for effect in effects] == list(effects)
        _answered(event, state, after, effects)
        _consistent(state, after)
        state = after
    assert begin("new", defaults_of(state)).language == state.language


def _answered(event: Event, before: State, after: State, effects: tuple[object, ...]) -> None:
    assert sum(isinstance(effect, Answer) for effect in effects) == isinstance(event, Pressed)
    assert sum(isinstance(effect, Enqueue) for effect in effects) <= 1
    assert sum(isinstance(effect, ShowCard) for effect in effects) <= 1
    unwanted = isinstance(event, PhotoSent) and before.arrival is Arrival.CANCELLED
    sent = isinstance(event, TextSent | PhotoSent | PhotoComing | StrangeSent)
    assert effects or unwanted or not sent
    shown = [effect.card for effect in effects if isinstance(effect, ShowCard)]
    assert shown in ([], [card_of(after)])


def _consistent(before: State, after: State) -> None:
    assert after.revision >= before.revision
    assert after.jobs >= before.jobs
    assert after.page is not Page.WORKING or after.work is not None
    assert after.page is not Page.RECEIVING or after.arrival is Arrival.AWAITED
    for language in LANGUAGES:
        card = card_of(after)
        assert all(say(line, language).strip() for line in card.lines)
        assert all(say(button.label, language) for row in card.rows for button in row)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.text(max_size=120) | st.sampled_from(LINES))
def test_whatever_is_typed_is_a_command_that_can_be_typed_again_or_a_sentence(said: str):
    with suppress(StudioError):
        command = parse(said)
        assert parse(command.words) == command
    caption = read_caption(said)
    assert len(caption.prompt or "") <= LONGEST_PROMPT


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.sampled_from(LINES), st.integers(0, 10**9 - 1))
def test_what_a_button_carries_is_read_back_exactly(said: str, revision: int):
    try:
        written = token(SESSION, revision, parse(said))
    except (StudioError, ValueError):
        return
    press = read_token(written)
    assert len(written.encode()) <= LONGEST_TOKEN
    assert (press.session, press.revision, press.command) == (SESSION, revision, parse(said))


def _stages() -> list[State]:
    """Give conversations at different pages, with much that a button could change."""
    talk = Talk()
    states = [talk.state]
    for said in ("right knee", "up 5", "undo", "stances", "settings", "refine"):
        talk = Talk().prepared(PERSON, OTHER)
        talk.say(said)
        states.append(talk.state)
    talk.say("cancel")
    states.append(talk.state)
    talk.say("variants 2")
    talk.refined("a", "b")
    return [*states, talk.state]


STATES = _stages()


@pytest.mark.parametrize("place", range(len(STATES)))
def test_ten_thousand_forged_buttons_neither_raise_nor_change_anything(place: int):
    """Foreign sessions, other revisions, noise, and words that no card of ours ever carries."""
    lot, state = random.Random(place), STATES[place]
    ours = [button.token for row in card_of(state).rows for button in row] or ["k3x9:0:undo"]
    began = time.perf_counter()
    for _ in range(10_000):
        carried = _forged(lot, lot.choice(ours), state)
        after, effects = step(state, Pressed(carried))
        assert after is state
        assert sum(isinstance(effect, Answer) for effect in effects) == 1
    assert time.perf_counter() - began < 20


def _forged(lot: random.Random, carried: str, state: State) -> str:
    session, revision, words = carried.split(":", 2)
    match lot.randrange(5):
        case 0:
            session = "".join(lot.choices(string.ascii_lowercase + "234567", k=8))
        case 1:
            revision = str(lot.choice([state.revision + 1, state.revision - 1, 10**9, -1, 0.5]))
        case 2:
            words = lot.choice(
                ["", "fly", "undo ", "UNDO", "undo:redo", "version 01", "다시", "\0"]
            )
        case 3:
            return "".join(lot.choices(string.printable + "é🦶\ud800", k=lot.randrange(80)))
        case _:
            return carried[: lot.randrange(len(session) + 1)] + lot.choice(["", ":", "::", "%s"])
    return f"{session}:{revision}:{words}"


@pytest.mark.parametrize("said", ["again", "refine", "undo", "version 1", "forget everything"])
def test_a_button_that_was_pressed_in_an_older_state_changes_nothing(said: str):
    state = STATES[-1]
    old = token(SESSION, state.revision - 1, parse(said))
    after, effects = step(state, Pressed(old))
    assert after is state
    assert effects == (Answer(text("toast.stale")), ShowCard(card_of(state)))


def test_a_button_is_no_way_to_say_more_than_it_can_carry():
    with pytest.raises(CommandError):
        read_token(f"{SESSION}:1:prompt " + "a" * 60)
