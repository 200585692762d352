"""Sentences and buttons put into the words of whoever reads them."""

from collections.abc import Sequence

from bot.effects import Rows
from bot.platform import Label, Shown
from bot.words import Text, say


def spoken(lines: Sequence[Text], rows: Rows, language: str | None) -> Shown:
    """Put a message into words, a line each."""
    return Shown(
        text="\n".join(say(line, language) for line in lines),
        rows=tuple(
            tuple(Label(say(button.label, language), button.token, button.editor) for button in row)
            for row in rows
        ),
    )
