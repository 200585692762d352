import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message

import bot
from bot.card_result import FORMS
from bot.card_settings import CHOICES
from bot.commands import CommandError, Quality, When, Word
from bot.events import Strange
from bot.grammar import parse
from bot.menu import MENU
from bot.states import Kind
from bot.words import LANGUAGES, Text, blanks, say, text, tongue
from bot.words.catalogues import RETOLD, SENTENCES, catalogue
from bot.words.numbers import nth, with_particle
from pipeline.edits import DIRECTIONS
from pipeline.jobs import Stage
from pipeline.skeleton import Joint
from pipeline.stances import STANCES

ROOT = Path(bot.__file__).parent
LONGEST_ANSWER = 200  # UTF-16 units that Telegram shows over a pressed button
LONGEST_MENU = 256
WIDEST_LABEL = 30  # Latin letters; three such labels no longer fit beside each other on a phone
HANGUL_WIDTH = 1.5
MARKUP = re.compile(r"</?\w+>|&\w+;|\*\*|__|`|\]\(")
ON_BUTTONS = tuple(word for word in Word if word not in (Word.START, Word.HELP))
# Keys that are put together while the program runs.
TOGETHER = {
    f"{start}{end}"
    for start, ends in (
        ("refused.kind.", Strange),
        ("card.stage.", Stage),
        ("card.ordered.", (Kind.REFINE, Kind.REPAINT)),
        ("word.quality.", Quality),
        ("word.wear.", CHOICES),
        ("button.", DIRECTIONS),
        ("button.repaint.", FORMS),
        ("button.stance.", STANCES),
        ("button.front.", ("right", "left")),
        ("button.language.", LANGUAGES),
        ("joint.", [joint.label for joint in Joint]),
        ("part.", ("right_leg", "left_leg", "right_foot", "left_foot")),
        ("edit.mirror.", ("all", "right", "left")),
        ("edit.front.", ("none", "right", "left")),
        ("edit.", ("hide", "restore", "rotate", "scale")),
        ("menu.", [name for name, _ in MENU]),
        ("toast.auto.", When),
    )
    for end in ends
}
LONGEST: dict[str, Text | str | int] = {
    "joint": text("joint.right_small_toe"),
    "part": text("joint.right_small_toe"),
    "stance": text("button.stance.standing"),
    "label": text("word.quality.normal"),
    "auto": text("word.off"),
    "moves": "← 1234.5 ↓ 1234.5",
    "verb": "footwear",
    "choices": "normal, draft, best",
    "example": "4294967295",
    "said": "가" * 60,
    "name": "telegram:1234567890123",
    "amount": "100%",
    "sentence": "",
    "bar": "▰" * 10,
}


def _messages(language: str, domain: str = SENTENCES) -> dict[str, tuple[str, ...]]:
    """Give each key's sentences: one, or as many as there are plural forms."""
    found: dict[str, tuple[str, ...]] = {}
    for message in catalogue(language, domain):
        key = message.id[0] if isinstance(message.id, list | tuple) else message.id
        said = message.string
        if key:
            found[str(key)] = tuple(said) if isinstance(said, list | tuple) else (str(said),)
    return found


ENGLISH, KOREAN = _messages("en"), _messages("ko")


def _named() -> Iterator[tuple[str, frozenset[str] | None]]:
    """Give each key that is named as such in the code, with the names of what is told beside it."""
    for file in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                known = None not in [word.arg for word in node.keywords]
                names = frozenset(word.arg or "" for word in node.keywords)
                first = node.args[0]
                if node.func.id == "text" and isinstance(first, ast.Constant):
                    yield str(first.value), names if known else None


def _strings() -> set[str]:
    return {
        node.value
        for file in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _units(said: str) -> int:
    return len(said.encode("utf-16-le")) // 2


def _filled(key: str, language: str) -> str:
    """Say a sentence with the longest that can stand in its blanks."""
    wanted = {name for said in ENGLISH[key] for name in blanks(said)}
    return say(text(key, **{name: LONGEST.get(name, 4096) for name in wanted}), language)


def test_every_text_that_is_named_has_a_sentence_with_the_same_blanks():
    named = list(_named())
    assert len(named) > 60
    assert [key for key, _ in named if key not in ENGLISH] == []
    wrong = [
        (key, told)
        for key, told in named
        if told is not None and any(blanks(said) - told for said in ENGLISH[key])
    ]
    assert wrong == []


def test_no_key_is_missing_and_none_is_left_over():
    assert set(ENGLISH) == set(KOREAN)
    assert TOGETHER - set(ENGLISH) == set()
    unsaid = set(ENGLISH) - _strings() - TOGETHER
    assert {key for key in unsaid if key.removeprefix("button.") not in ON_BUTTONS} == set()


@pytest.mark.parametrize("key", ENGLISH)
def test_both_languages_fill_the_same_blanks(key: str):
    english = {blanks(said) for said in ENGLISH[key]}
    assert english == {blanks(said) for said in KOREAN[key]}
    assert len(english) == 1


@pytest.mark.parametrize("domain", [SENTENCES, RETOLD])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_is_complete_and_sound(language: str, domain: str):
    whole = catalogue(language, domain)
    messages = [message for message in whole if message.id]
    assert [str(message.id) for message in messages if message.fuzzy] == []
    assert list(whole.obsolete) == []
    assert [error for message in messages for error in _errors(message)] == []
    assert all(said.strip() for forms in _messages(language, domain).values() for said in forms)


def _errors(message: Message) -> list[str]:
    said = message.string if isinstance(message.string, list | tuple) else (message.string,)
    plural = isinstance(message.id, list | tuple)
    return [] if plural or len(said) == 1 else [str(message.id)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ENGLISH)
def test_a_sentence_can_be_said_and_is_plain_text(key: str, language: str):
    said = _filled(key, language)
    assert said == said.strip()
    assert not MARKUP.search(said)
    assert "{" not in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "key", [key for key in ENGLISH if key.split(".")[0] in ("toast", "refused", "unread", "edit")]
)
def test_a_short_answer_fits_over_a_button(key: str, language: str):
    assert _units(_filled(key, language)) <= LONGEST_ANSWER


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", [key for key in ENGLISH if key.startswith("button.")])
def test_a_label_fits_on_a_button(key: str, language: str):
    label = _filled(key, language)
    hangul = len(re.findall(r"[가-힣]", label))
    assert hangul * HANGUL_WIDTH + len(label) - hangul <= WIDEST_LABEL


def test_korean_is_korean_and_equally_polite_throughout():
    alike = {"told", "edit.move", "card.bar", "button.chosen", "button.number", "button.frame"}
    alike |= {"button.language.en", "button.back", "button.forward", "button.step", "button.joint"}
    alike |= {f"button.{way}" for way in DIRECTIONS} | {"edit.drag"}
    foreign = [key for key, forms in KOREAN.items() if not re.search("[가-힣]", "".join(forms))]
    assert set(foreign) - alike == set()
    stiff = [said for forms in KOREAN.values() for said in forms if re.search("니다|시오", said)]
    assert stiff == []


def test_the_menu_is_one_that_platforms_take_and_each_command_in_it_can_be_read():
    names = [name for name, _ in MENU]
    assert len(set(names)) == len(names) <= 100
    assert all(re.fullmatch(r"[a-z0-9_]{1,32}", name) for name in names)
    for name, described in MENU:
        assert all(0 < len(say(described, language)) <= LONGEST_MENU for language in LANGUAGES)
        assert name in _answer(name)


def _answer(name: str) -> str:
    """Read a command as it stands: what needs more said with it shows an example."""
    try:
        parse(f"/{name}")
    except CommandError as error:
        return say(error.text)
    return name


def test_a_text_is_filled_in_with_numbers_and_other_texts():
    sentence = text("button.auto", auto=text("word.on"))
    assert [say(sentence, language) for language in LANGUAGES] == [
        "Pose step: on",
        "자세 단계: 켜짐",
    ]
    assert sentence == Text("button.auto", (("auto", Text("word.on")),))


@pytest.mark.parametrize(
    ("count", "english", "korean"),
    [
        (1, "One press moves 1 pixel.", "한 번 누르면 1픽셀 움직여요."),
        (30, "One press moves 30 pixels.", "한 번 누르면 30픽셀 움직여요."),
    ],
)
def test_one_and_many_are_told_apart(count: int, english: str, korean: str):
    told = text("toast.step", count=count)
    assert (say(told, "en"), say(told, "ko")) == (english, korean)


@pytest.mark.parametrize(
    ("seconds", "english", "korean"),
    [
        (40, "About 40 s left.", "약 40초 남았어요."),
        (89, "About 89 s left.", "약 89초 남았어요."),
        (90, "About 2 min left.", "약 2분 남았어요."),
        (630, "About 10 min left.", "약 10분 남았어요."),
    ],
)
def test_a_wait_is_told_in_seconds_and_then_in_minutes(seconds: int, english: str, korean: str):
    told = text("card.wait", seconds=seconds)
    assert (say(told, "en"), say(told, "ko")) == (english, korean)


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
