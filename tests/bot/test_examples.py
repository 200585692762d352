"""What the bot tells people to type can be typed."""

import re

import pytest

from bot.grammar import parse
from bot.words import say, text
from bot.words.catalogues import RETOLD, SENTENCES, catalogue

_QUOTED = re.compile("\u2018([^\u2019]+)\u2019")  # as Korean quotes
_AFTER = re.compile(r"(?:예|Try|for example): ([^{}\n]+?)(?:$|[.] )")


def _sentences(language: str, domain: str) -> list[str]:
    return [str(message.string) for message in catalogue(language, domain) if message.id]


def _examples(language: str) -> list[str]:
    """Give what stands after "for example", and what Korean quotes as to be said."""
    found: list[str] = []
    for said in (*_sentences(language, SENTENCES), *_sentences(language, RETOLD)):
        listed = _AFTER.search(said)
        found += re.split(r", (?:or )?", listed[1].rstrip(".")) if listed else []
        found += [quoted for quoted in _QUOTED.findall(said) if "{" not in quoted]
    return sorted(set(found))


def _of_help(language: str) -> list[str]:
    lines = [line for line in say(text("help"), language).split("\n") if "/" not in line]
    listed = [line.partition(": ")[2].rstrip(".") for line in lines if ": " in line]
    items = [item for line in listed for item in line.split(", ")]
    return [item.replace("…", "a man") for item in items if not re.search("버튼|button", item)]


@pytest.mark.parametrize("said", _examples("ko") + _examples("en"))
def test_an_example_in_a_sentence_can_be_typed(said: str):
    assert parse(said.replace("…", "a man"))


@pytest.mark.parametrize("said", _of_help("ko") + _of_help("en"))
def test_an_example_in_the_help_can_be_typed(said: str):
    assert parse(said)
