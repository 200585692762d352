"""Sentences of `pipeline` in the reader's language.

`pipeline` knows no languages: it says what went wrong in English. Its sentences are recognised by
their wording, blanks and all. `locale/*/LC_MESSAGES/pipeline.po` has the English wording with
`{named}` blanks as `msgid`; what fills a blank is translated in turn where the catalogue has it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import Any

from bot.words.catalogues import LANGUAGES, RETOLD, catalogue
from bot.words.numbers import with_particle

_NUMBERS = frozenset(
    {"height", "least", "most", "people", "pixels", "size", "times", "width"}
)  # blanks that are filled by digits only


@dataclass(frozen=True, slots=True)
class _Wording:
    """A sentence of `pipeline`, and how it is retold."""

    pattern: re.Pattern[str]
    retold: str


def retold(sentence: str, language: str) -> str:
    """Say a sentence of `pipeline`; one that no catalogue knows is passed on as it is."""
    phrases, wordings = _known(language)
    if sentence in phrases:
        return phrases[sentence]
    for wording in wordings:
        found = wording.pattern.fullmatch(sentence)
        if found is not None:
            return _Filler().vformat(wording.retold, (), _retold_each(found, language))
    return sentence


class _Filler(Formatter):
    """Fills blanks in, with the particle that fits."""

    def format_field(self, value: Any, format_spec: str) -> str:
        return with_particle(str(value), format_spec) if format_spec else str(value)


def _retold_each(found: re.Match[str], language: str) -> Mapping[str, str]:
    return {name: _filling(name, value, language) for name, value in found.groupdict().items()}


def _filling(blank: str, value: str, language: str) -> str:
    """Say what fills a blank: what a person typed as it is, lists of joints each by its name."""
    if blank == "said":
        return value
    if not blank.startswith("label"):
        return retold(value, language)
    phrases, _ = _known(language)
    labels = value.split(", ")
    return ", ".join(phrases.get(label.replace("_", " "), label) for label in labels)


@cache
def _known(language: str) -> tuple[Mapping[str, str], tuple[_Wording, ...]]:
    """Give the phrases without blanks, and the others, the most precise first."""
    messages = {
        str(message.id): str(message.string)
        for message in catalogue(language, RETOLD)
        if message.id and message.string
    }
    blank = {english for english in messages if _pieces(english)[1]}
    precise = sorted(blank, key=lambda english: -sum(map(len, _pieces(english)[0])))
    phrases = {english: said for english, said in messages.items() if english not in blank}
    return phrases, tuple(_Wording(_pattern(english), messages[english]) for english in precise)


def _pieces(english: str) -> tuple[list[str], list[str]]:
    parsed = list(Formatter().parse(english))
    return [literal for literal, *_ in parsed], [name for _, name, *_ in parsed if name]


def _pattern(english: str) -> re.Pattern[str]:
    written = (
        re.escape(literal) + (f"(?P<{name}>{_content(name)})" if name else "")
        for literal, name, *_ in Formatter().parse(english)
    )
    return re.compile("".join(written), re.DOTALL)


def _content(blank: str) -> str:
    return r"[\d.]+" if blank in _NUMBERS else ".+?"


for _language in LANGUAGES:
    _known(_language)  # read when the program starts: no chat waits for it
