import random
import string
from contextlib import suppress

import pytest

from bot.commands import (
    LONGEST_TOKEN,
    Auto,
    Choose,
    Command,
    CommandError,
    Count,
    Counted,
    Dress,
    Extend,
    Paint,
    Pose,
    Press,
    Prompt,
    Push,
    Quality,
    Repaint,
    Speak,
    Wear,
    When,
    Word,
)
from bot.grammar import parse, read_token, token
from pipeline.errors import EditError, StudioError
from pipeline.extension import AUTO, Amount, Extension, Unit
from pipeline.jobs import Method
from pipeline.skeleton import Joint

SHARE = Amount(Unit.SHARE, 0.6)
PIXELS = Amount(Unit.PIXELS, 200)
SAID: list[tuple[str, Command]] = [
    ("refine", Word.REFINE),
    ("/refine", Word.REFINE),
    ("  /Refine@toeframe_bot ", Word.REFINE),
    ("GO", Word.REFINE),
    ("stop", Word.CANCEL),
    ("forget me", Word.FORGET),
    ("forget everything", Word.FORGET_ALL),
    ("pose", Word.ADJUST),
    ("right_knee up 20", Pose("right_knee up 20")),
    ("/pose r knee 20 up", Pose("right_knee up 20")),
    ("left ankle to 340 900", Pose("left_ankle to 340 900")),
    ("mirror", Pose("mirror")),
    ("left leg in front", Pose("front left")),
    ("hide left_knee", Pose("hide left_knee")),
    ("preset crossed", Pose("preset crossed")),
    ("sit", Pose("preset seated")),
    ("right knee", Choose(Joint.RIGHT_KNEE)),
    ("joint 3", Choose(Joint.RIGHT_KNEE)),
    ("3", Choose(Joint.RIGHT_KNEE)),
    ("up", Push("up 10")),
    ("left 5 up 3", Push("left 5 up 3")),
    ("left knee up 3", Pose("left_knee up 3")),
    ("step 5", Counted(Count.STEP, 5)),
    ("step 5px", Counted(Count.STEP, 5)),
    ("variants", Counted(Count.VARIANTS, 4)),
    ("best of 3", Counted(Count.BEST, 3)),
    ("seed 42", Counted(Count.SEED, 42)),
    ("method 2", Counted(Count.METHOD, 2)),
    ("person 2", Counted(Count.PERSON, 2)),
    ("version 3", Counted(Count.VERSION, 3)),
    ("extend 1000%", Extend(Extension(down=Amount(Unit.SHARE, 10.0)))),
    ("extend auto", Extend(Extension())),
    ("extend 60%", Extend(Extension(down=SHARE))),
    ("60 %", Extend(Extension(down=SHARE))),
    ("Extend down: 60%, left=200 px", Extend(Extension(down=SHARE, left=PIXELS))),
    ("extend left 200px", Extend(Extension(down=AUTO, left=PIXELS))),
    ("prompt a woman in  Jeans", Prompt("a woman in Jeans")),
    ("Prompt: a woman", Prompt("a woman")),
    ("prompt auto", Prompt(None)),
    ("garment blue jeans", Dress(Wear.GARMENT, "blue jeans")),
    ("shoes red boots", Dress(Wear.FOOTWEAR, "red boots")),
    ("footwear", Dress(Wear.FOOTWEAR, None)),
    ("garment like the visible part", Dress(Wear.GARMENT, None)),
    ("floor wood", Dress(Wear.FLOOR, "wood")),
    ("Floor: wet sand", Dress(Wear.FLOOR, "wet sand")),
    ("/repaint", Repaint(Method.RENOISE)),
    ("repaint renoise", Repaint(Method.RENOISE)),
    ("Repaint REPAINT", Repaint(Method.REPAINT)),
    ("repaint: pixel", Repaint(Method.PIXEL)),
    ("quality BEST", Paint(Quality.BEST)),
    ("/auto", Auto(When.ONCE)),
    ("auto off", Auto(When.OFF)),
    ("language ko", Speak("ko")),
    ("language auto", Speak(None)),
]


@pytest.mark.parametrize(("said", "command"), SAID)
def test_a_command_is_read_however_it_is_typed_and_its_plain_words_are_read_back(
    said: str, command: Command
):
    assert parse(said) == command
    assert parse(command.words) == command


@pytest.mark.parametrize(("said", "command"), SAID)
def test_a_button_carries_any_short_command_there_and_back(said: str, command: Command):
    carried = token("k3x9", 17, command)
    assert len(carried.encode()) <= LONGEST_TOKEN
    assert read_token(carried) == Press("k3x9", 17, command)


def test_every_word_is_typed_as_it_is_called():
    assert [parse(word.value) for word in Word] == list(Word)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("", "Say what to do"),
        (" / ", "I do not understand"),
        ("make it nice", 'I do not understand "make it nice"'),
        ("variants 99", "variants takes a whole number from 2 to 8"),
        ("seed -1", "seed takes a whole number"),
        ("seed ४२", "seed takes a whole number"),
        ("method three", "method takes a whole number from 1 to 2"),
        ("quality superb", "quality takes one of draft, normal, best"),
        ("repaint controlnet", "repaint takes one of renoise, repaint, pixel"),
        ("language tlh", "language takes one of en, ko, auto"),
        ("extend", "Say how far"),
        ("extend far", "Say how far"),
        ("extend down", "Say how far"),
        ("extend left 5px left 6px", "Say how far"),
        ("extend 999999px", "20000 pixels or 1000 %"),
        ("extend 5000%", "20000 pixels or 1000 %"),
        ("prompt " + "long " * 99, "prompt takes 400 characters"),
        ("garment " + "x" * 61, "garment takes 60 characters"),
    ],
)
def test_what_cannot_be_read_is_answered_with_what_can(said: str, sentence: str):
    with pytest.raises(CommandError, match=sentence):
        parse(said)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("knee up 20", "Which knee"),
        ("right_knee sideways", "Try: right_knee up 20"),
        ("preset flying", 'no stance "flying"'),
        ("joint elbo", "no joint"),
        ("hide tail", "no joint"),
        ("right_knee up 99999", "10000 pixels at most"),
    ],
)
def test_a_slip_in_an_edit_is_told_as_the_edits_tell_it(said: str, sentence: str):
    with pytest.raises(EditError, match=sentence):
        parse(said)


def test_a_button_may_be_full_to_the_last_byte():
    full = Prompt("x" * (LONGEST_TOKEN - len("k3x9:1:prompt ")))
    assert len(token("k3x9", 1, full)) == LONGEST_TOKEN
    assert read_token(token("k3x9", 1, full)).command == full
    with pytest.raises(ValueError, match="no button"):
        token("k3x9", 10, full)


def test_no_button_is_made_that_the_platform_would_refuse():
    with pytest.raises(ValueError, match="no button"):
        token("k3x9", 1, Prompt("a woman in a long green coat and black trousers in the rain"))
    with pytest.raises(ValueError, match="no button"):
        token("not:ours", 1, Word.UNDO)


@pytest.mark.parametrize(
    "carried",
    [
        "",
        "undo",
        "k3x9:1:",
        "k3x9:-1:undo",
        "k3x9:01:undo",
        "k3x9:1:UNDO",
        "k3x9:1:undo ",
        "k3x9:1:go",
        "k3x9:1:right_knee sideways",
        "K3X9:1:undo",
        "k3x9:1:undo\n",
        "k3x9:1:prompt " + "é" * 30,
        "k3x9:1:\ud800",
    ],
)
def test_a_button_that_is_not_ours_is_refused_in_one_sentence(carried: str):
    with pytest.raises(CommandError, match="cannot read this button"):
        read_token(carried)


def test_random_text_is_either_read_or_refused_in_a_sentence():
    lot = random.Random(4)
    letters = string.printable + "é한\u200b\ud800🦶"
    pieces = [*(said for said, _ in SAID), "%", " to ", "-", "0", "/", ":"]
    read: list[Command] = []
    for _ in range(3000):
        noise = "".join(lot.choices(letters, k=lot.randrange(30)))
        said = lot.choice(pieces) + noise + lot.choice(pieces)
        with suppress(StudioError):
            read.append(parse(said))
    assert len(read) > 30
    assert [parse(command.words) for command in read] == read
    assert all(command.words.isprintable() for command in read)
