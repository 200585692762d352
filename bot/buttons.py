"""Buttons of a conversation, and how they are laid out in rows that a phone shows well."""

from collections.abc import Sequence
from itertools import pairwise

from bot.commands import Command, Word
from bot.effects import Button, Rows
from bot.grammar import token
from bot.states import State
from bot.words import Text, Value, text


def button(state: State, key: str, command: Command, **values: Value) -> Button:
    """Label a command for the conversation as it is."""
    carried = token(state.session, state.revision, command)
    return Button(text(key, **values), carried, editor=command is Word.EDITOR)


def choice(state: State, label: Text, command: Command, *, chosen: bool) -> Button:
    """Label one of several commands of which one holds."""
    shown = text("button.chosen", label=label) if chosen else label
    return Button(shown, token(state.session, state.revision, command))


def plain(state: State, *words: Word) -> tuple[Button, ...]:
    """Give a row of commands of one word, each labelled by its own name."""
    return tuple(button(state, f"button.{word.name.lower()}", word) for word in words)


def in_rows(buttons: Sequence[Button], most: int) -> Rows:
    """Break a run of buttons into rows as even as can be."""
    rows = max(1, -(-len(buttons) // most))
    ends = [round(len(buttons) * row / rows) for row in range(rows + 1)]
    return tuple(tuple(buttons[start:end]) for start, end in pairwise(ends))


def rows_of(*rows: Sequence[Button]) -> Rows:
    """Leave out the rows that have nothing in them."""
    return tuple(tuple(row) for row in rows if row)
