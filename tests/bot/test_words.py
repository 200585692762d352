import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot
from bot.commands import Quality
from bot.events import Strange
from bot.words import ENGLISH, Text, blanks, say, text
from pipeline.edits import DIRECTIONS
from pipeline.jobs import Stage
from pipeline.stances import STANCES

CORE = Path(bot.__file__).parent
LONGEST_ANSWER = 200  # UTF-16 units that Telegram shows over a pressed button
LONGEST_LABEL = 24  # so that three buttons fit beside each other on a phone
# Keys that are put together while the program runs.
TOGETHER = {
    f"{start}{end}"
    for start, ends in (
        ("refused.kind.", Strange),
        ("card.stage.", Stage),
        ("word.quality.", Quality),
        ("button.", DIRECTIONS),
        ("button.stance.", STANCES),
        ("button.front.", ("right", "left")),
    )
    for end in ends
}


def _named() -> Iterator[tuple[str, frozenset[str]]]:
    """Give each key that is named as such in the code, with the values told beside it."""
    for file in CORE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                names = frozenset(word.arg or "" for word in node.keywords)
                first = node.args[0]
                if node.func.id == "text" and isinstance(first, ast.Constant):
                    yield str(first.value), names


def _strings() -> set[str]:
    return {
        node.value
        for file in CORE.glob("*.py")
        if file.name != "words.py"
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_text_that_is_named_has_a_sentence_with_the_same_blanks():
    named = list(_named())
    assert len(named) > 40
    assert [(key, told) for key, told in named if blanks(ENGLISH[key]) != told] == []


def test_no_key_is_missing_and_none_is_left_over():
    assert set(ENGLISH) - _strings() - TOGETHER == set()
    assert TOGETHER - set(ENGLISH) == set()


@pytest.mark.parametrize("key", [key for key in ENGLISH if key.startswith(("toast.", "refused."))])
def test_a_short_answer_fits_over_a_button(key: str):
    assert len(ENGLISH[key].encode("utf-16-le")) / 2 <= LONGEST_ANSWER


@pytest.mark.parametrize("key", [key for key in ENGLISH if key.startswith("button.")])
def test_a_label_fits_on_a_button(key: str):
    filled = {"joint": "right big toe", "number": 8, "pixels": 30, "quality": "", "auto": "off"}
    assert len(ENGLISH[key].format(**filled)) <= LONGEST_LABEL


def test_a_text_is_filled_in_with_numbers_and_other_texts():
    sentence = text("button.auto", auto=text("word.on"))
    assert say(sentence) == "Pose step: on"
    assert sentence == Text("button.auto", (("auto", Text("word.on")),))


def test_another_language_falls_back_to_english_sentence_by_sentence():
    korean = {"button.undo": "되돌리기"}
    assert [say(text(key), korean) for key in ("button.undo", "button.redo")] == [
        "되돌리기",
        "Redo",
    ]


def test_what_a_person_said_is_never_taken_for_a_blank():
    assert "{joint}" in say(text("unread.command", said="{joint}"))
