"""Formatted text: what HTML and MarkdownV2 mark, what Telegram finds itself, in UTF-16 units."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
}
MARKS = {
    "*": "bold",
    "_": "italic",
    "__": "underline",
    "~": "strikethrough",
    "||": "spoiler",
    "`": "code",
    "```": "pre",
}
RESERVED = "_*[]()~`>#+-=|{}.!"

_HTML = re.compile(r"<(?P<close>/?)(?P<tag>[a-zA-Z-]+)(?P<rest>[^>]*)>|(?P<lone><)")
_MARKDOWN = re.compile(r"\\(.)|(```|__|\|\||[*_~`])|(\[)|(\]\([^)]*\))", re.DOTALL)
_COMMAND = re.compile(r"(?<![\w/@])/[A-Za-z0-9_]{1,32}(@\w+)?(?!\w)")
_MENTION = re.compile(r"(?<![\w/])@\w{3,32}")

Entity = dict[str, Any]


class FormatError(Exception):
    """The markup cannot be read."""


def units(text: str) -> int:
    """Count UTF-16 units, in which Telegram measures."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(slots=True)
class Plain:
    """A text without its marks, as far as it was read."""

    text: str = ""
    entities: list[Entity] = field(default_factory=list[Entity])
    opened: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])

    def open(self, kind: str) -> None:
        self.opened.append((kind, units(self.text)))

    def close(self, kind: str) -> None:
        if not self.opened or self.opened[-1][0] != kind:
            raise FormatError(f"unexpected end of {kind} at byte offset {len(self.text.encode())}")
        _, start = self.opened.pop()
        length = units(self.text) - start
        if length:
            self.entities.append({"type": kind, "offset": start, "length": length})

    def done(self) -> tuple[str, list[Entity]]:
        if self.opened:
            raise FormatError(f"can't find end of {self.opened[-1][0]}")
        return self.text, self.entities


def parse(text: str, mode: str | None) -> tuple[str, list[Entity]]:
    """Read a formatted text; the old Markdown is not spoken here.

    Raises:
        FormatError: It cannot be read.
    """
    match (mode or "").lower():
        case "":
            return text, []
        case "html":
            return _from_html(text)
        case "markdownv2":
            return _from_markdown(text)
        case _:
            raise FormatError("unsupported parse_mode")


def found_in(text: str) -> list[Entity]:
    """Find commands and mentions in what a person wrote."""
    return [
        {
            "type": kind,
            "offset": units(text[: match.start()]),
            "length": units(match[0]),
        }
        for kind, pattern in (("bot_command", _COMMAND), ("mention", _MENTION))
        for match in pattern.finditer(text)
        if kind != "mention" or "/" not in text[: match.start()].rpartition(" ")[2]
    ]


def check_entities(text: str, entities: list[Entity]) -> None:
    """Refuse entities outside of the text, or that begin within a character."""
    size = units(text)
    for entity in entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if not 0 <= start < end <= size:
            raise FormatError("entity beyond the end of the text")
        for at in (start, end):
            _at_border(text, at)


def _at_border(text: str, at: int) -> None:
    try:
        text.encode("utf-16-le")[: 2 * at].decode("utf-16-le")
    except UnicodeDecodeError as error:
        raise FormatError("entity begins in the middle of a UTF-16 symbol") from error


def _from_html(text: str) -> tuple[str, list[Entity]]:
    plain, at = Plain(), 0
    for match in _HTML.finditer(text):
        plain.text += html.unescape(text[at : match.start()])
        at = match.end()
        kind = TAGS.get((match["tag"] or "").lower())
        if match["lone"] or kind is None:
            raise FormatError(f'unsupported start tag "{match["tag"] or ""}"')
        if match["close"]:
            plain.close(kind)
        else:
            plain.open(kind)
    plain.text += html.unescape(text[at:])
    return plain.done()


def _from_markdown(text: str) -> tuple[str, list[Entity]]:
    plain = Plain()
    for words, mark in _pieces(text):
        plain.text += words
        if not mark:
            continue
        kind = "text_link" if mark[0] in "[]" else MARKS[mark]
        if mark == "[" or (mark[0] != "]" and (kind not in [name for name, _ in plain.opened])):
            plain.open(kind)
        else:
            plain.close(kind)
    return plain.done()


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Cut MarkdownV2 into words and the marks after them."""
    at = 0
    for match in _MARKDOWN.finditer(text):
        words = _unreserved(text[at : match.start()])
        at = match.end()
        yield (words + match[1], "") if match[1] else (words, match[0])
    yield _unreserved(text[at:]), ""


def _unreserved(words: str) -> str:
    for letter in words:
        if letter in RESERVED:
            raise FormatError(
                f"character '{letter}' is reserved and must be escaped with the preceding '\\'"
            )
    return words
