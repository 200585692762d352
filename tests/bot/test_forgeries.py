"""Ten thousand forged, stale, foreign and malformed presses, through the real database."""

import random
from pathlib import Path

import pytest

from bot.card import card_of
from bot.effects import Button
from bot.states import State
from tests.bot.desks import Desk, desk_in

pytestmark = pytest.mark.slow

PRESSES = 10_000
NONSENSE = "abc:0123456789 _-/\\\x00{}[]'\"%ä가🦶\n"


async def test_no_forged_press_changes_anybody_s_conversation(tmp_path: Path):
    dice = random.Random(0)
    async with desk_in(tmp_path) as desk:
        ann, bob = await desk.photo(), await desk.photo(who="bob")
        tokens = [button.token for state in (ann, bob) for button in _buttons(state)]
        for _ in range(PRESSES):
            answer = await desk.carry(_forged(dice, tokens), who="eve", chat=_chat(dice))
            assert answer, "each press is answered with a sentence"
        assert await desk.states() == [ann, bob]
        assert await _nothing_is_sent(desk)


def _buttons(state: State) -> list[Button]:
    return [button for row in card_of(state).rows for button in row]


def _chat(dice: random.Random) -> str:
    return dice.choice(["ann", "bob", "eve", "nowhere"])


def _forged(dice: random.Random, tokens: list[str]) -> str:
    token = dice.choice(tokens)
    match dice.randrange(4):
        case 0:
            return token
        case 1:
            return "".join(dice.choices(NONSENSE, k=dice.randrange(1, 65)))
        case 2:
            place = dice.randrange(len(token))
            return token[:place] + dice.choice(NONSENSE) + token[place + 1 :]
        case _:
            head, _, _ = token.partition(":")
            return f"{head}:{dice.randrange(-5, 10**6)}:{dice.choice(['undo', 'forget', 'x' * 60])}"


async def _nothing_is_sent(desk: Desk) -> bool:
    return await desk.messages() == []
