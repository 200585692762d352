"""What the bot says: sentences by their keys, in Korean and English.

A sentence is passed around as a `Text`, a key with its parameters, and only put into words when
it is sent, in the language of whoever reads it. The sentences are gettext catalogues, `locale/*/
LC_MESSAGES/toeframe.po`, whose `msgid` is the key.
"""

from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations
from string import Formatter
from typing import Any, Union

from bot.words.catalogues import DEFAULT, LANGUAGES, catalogue, compiled
from bot.words.numbers import nth, with_particle
from bot.words.told import retold

__all__ = ["DEFAULT", "LANGUAGES", "Text", "Value", "blanks", "say", "text", "tongue"]

Value = Union[str, int, float, "Text"]

LONGEST_SECONDS = 90  # from here on waits are told in minutes


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence that is not yet in words.

    Attributes:
        key: Its place in the catalogue.
        values: What is filled in, by name, in the names' order. One that is called `count` chooses
            between singular and plural.
    """

    key: str
    values: tuple[tuple[str, Value], ...] = ()


def text(key: str, /, **values: Value) -> Text:
    """Build a `Text`; the order in which the values are named does not matter."""
    return Text(key, tuple(sorted(values.items())))


def say(sentence: Text, language: str | None = None) -> str:
    """Put a text into words; a key that a language lacks is said in English.

    Args:
        sentence: What to say.
        language: `ko`, `en-GB`, or whatever a platform tells; None and unknown ones mean English.
    """
    known = tongue(language)
    count = dict(sentence.values).get("count")
    translations = _translations(known)
    if isinstance(count, int):
        template = translations.ngettext(sentence.key, sentence.key, count)
    else:
        template = translations.gettext(sentence.key)
    if template == sentence.key:
        raise KeyError(f"no catalogue has a sentence {sentence.key}")
    return _Speaker(known).vformat(template, (), dict(sentence.values))


def tongue(*languages: str | None) -> str:
    """Choose the first language that is named, as one of ours.

    `tongue(chosen, platform)` is what somebody wants to read, who may have chosen nothing.
    """
    named = next((language for language in languages if language), DEFAULT)
    code = named.lower().replace("_", "-").partition("-")[0]
    return code if code in LANGUAGES else DEFAULT


def blanks(sentence: str) -> frozenset[str]:
    """Name what a catalogue's sentence wants filled in."""
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name)


class _Speaker(Formatter):
    """Fills sentences in, with the formats that catalogues may ask for.

    `{place:nth}` is an ordinal, `{seconds:span}` a stretch of time, `{sentence:told}` a sentence
    of `pipeline`, `{name:을/를}` a word with the Korean particle that fits its ending. A `Text` is
    put into words first.
    """

    def __init__(self, language: str) -> None:
        self._language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        said = say(value, self._language) if isinstance(value, Text) else value
        match format_spec:
            case "nth":
                return nth(int(said), self._language)
            case "span":
                return say(_span(int(said)), self._language)
            case "told":
                return retold(str(said), self._language)
            case _ if "/" in format_spec:
                return with_particle(str(said), format_spec)
            case _:
                return super().format_field(said, format_spec)


def _span(seconds: int) -> Text:
    if seconds < LONGEST_SECONDS:
        return text("word.seconds", count=seconds)
    return text("word.minutes", count=round(seconds / 60))


@cache
def _translations(language: str) -> GNUTranslations:
    translations = compiled(catalogue(language))
    if language != DEFAULT:
        translations.add_fallback(_translations(DEFAULT))
    return translations


for _language in LANGUAGES:
    _translations(_language)  # read when the program starts: no chat waits for it
