import pytest

from bot.words import Text, say, text, tongue
from bot.words.numbers import nth, with_particle


def test_a_text_is_filled_in_with_numbers_and_other_texts():
    sentence = text("button.auto", auto=text("word.on"))
    assert say(sentence) == "Pose step: on"
    assert sentence == Text("button.auto", (("auto", Text("word.on")),))


def test_what_a_person_said_is_never_taken_for_a_blank():
    assert "{joint}" in say(text("unread.command", said="{joint}"))


def test_a_sentence_that_nobody_wrote_is_a_mistake_of_the_program():
    with pytest.raises(KeyError, match=r"no\.such"):
        say(text("no.such"))


@pytest.mark.parametrize(
    ("named", "ours"),
    [
        ((None, "ko-KR"), "ko"),
        (("en", "ko"), "en"),
        (("ko_KR",), "ko"),
        (("KO",), "ko"),
        (("fr",), "en"),
        ((None, ""), "en"),
        ((), "en"),
    ],
)
def test_the_language_is_the_chosen_one_or_else_the_platforms(
    named: tuple[str | None, ...], ours: str
):
    assert tongue(*named) == ours


@pytest.mark.parametrize(
    ("number", "korean", "english"),
    [
        (1, "첫 번째", "1st"),
        (2, "두 번째", "2nd"),
        (3, "세 번째", "3rd"),
        (10, "열 번째", "10th"),
        (11, "열한 번째", "11th"),
        (20, "스무 번째", "20th"),
        (21, "스물한 번째", "21st"),
        (32, "서른두 번째", "32nd"),
        (111, "111번째", "111th"),
        (0, "0번째", "0th"),
    ],
)
def test_places_are_counted_as_people_count(number: int, korean: str, english: str):
    assert (nth(number, "ko"), nth(number, "en")) == (korean, english)


@pytest.mark.parametrize(
    ("word", "pair", "said"),
    [
        ("무릎", "을/를", "무릎을"),
        ("어깨", "을/를", "어깨를"),
        ("발", "으로/로", "발로"),
        ("무릎", "으로/로", "무릎으로"),
        ("3", "이/가", "3이"),
        ("2", "이/가", "2가"),
        ("10", "으로/로", "10으로"),
        ("1", "으로/로", "1로"),
        ("extend", "을/를", "extend을"),
        ("hide", "을/를", "hide를"),
        ("style", "은/는", "style는"),
        ("pixel", "으로/로", "pixel로"),
        ("!", "은/는", "!는"),
        ("", "은/는", "는"),
    ],
)
def test_a_particle_follows_the_ending_of_its_word(word: str, pair: str, said: str):
    assert with_particle(word, pair) == said
