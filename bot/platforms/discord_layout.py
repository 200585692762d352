"""Rows of any length as Discord has them: five rows, of five buttons or one menu of 25 offers each.

A menu takes the place of buttons only where these do not fit: first of those that say the same of
different things, such as the joints. Whatever is offered can be reached either way.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bot.commands import CommandError
from bot.grammar import read_token
from bot.platform import Label
from bot.platforms.discord_limits import LABEL, OFFERS, OPTION, ROW, ROWS, cut

Json = dict[str, Any]

ACTION_ROW, BUTTON, MENU = 1, 2, 3  # types of components
GREY, LINK = 2, 5  # styles of buttons
MENU_ID = "menu:"  # how the ids of menus begin; what they offer carries what buttons do


@dataclass(frozen=True, slots=True)
class _Row:
    labels: tuple[Label, ...]
    is_menu: bool = False


def lay_out(rows: Sequence[Sequence[Label]], *, editor: bool) -> list[Json]:
    """Lay rows out.

    Args:
        rows: What is offered.
        editor: Whether people reach the skeleton editor; without, its button is left out.
    """
    seen: set[str] = set()
    known = [tuple(_once(row, seen, editor=editor)) for row in rows]
    fitted = _fitted([_Row(row) for row in known if row])
    return [_told(number, row) for number, row in enumerate(fitted)]


def link_button(text: str, url: str) -> list[Json]:
    """Offer an address."""
    button = {"type": BUTTON, "style": LINK, "label": cut(text, LABEL), "url": url}
    return [{"type": ACTION_ROW, "components": [button]}]


def _once(row: Sequence[Label], seen: set[str], *, editor: bool) -> Iterator[Label]:
    """Leave out what is offered already: no two buttons may carry the same."""
    for label in row:
        if label.token not in seen and (editor or not label.editor):
            seen.add(label.token)
            yield label


def _fitted(rows: list[_Row]) -> list[_Row]:
    split = [part for row in rows for part in _split(row)]
    if len(split) <= ROWS:
        return split
    rows = [part for row in _gathered(rows) for part in _split(row)]
    while len(rows) > ROWS:
        rows = _one_less(rows)
    return rows


def _split(row: _Row) -> Iterator[_Row]:
    """Break a row that is too long into even ones."""
    most = OFFERS if row.is_menu else ROW
    count = -(-len(row.labels) // most)
    ends = [round(len(row.labels) * part / count) for part in range(count + 1)]
    for start, end in pairwise(ends):
        yield _Row(row.labels[start:end], row.is_menu)


def _gathered(rows: Sequence[_Row]) -> list[_Row]:
    """Make one menu of neighbours that all say the same of different things."""
    kept: list[_Row] = []
    for row in rows:
        verb = _verb(row)
        if verb is not None and kept and _verb(kept[-1]) == verb:
            kept[-1] = _Row(kept[-1].labels + row.labels, is_menu=True)
        else:
            kept.append(_Row(row.labels, is_menu=verb is not None and len(row.labels) > ROW))
    return kept


def _verb(row: _Row) -> str | None:
    """Name the command that all of a row are; None where they differ, or are but one."""
    verbs = {_command(label) for label in row.labels}
    return verbs.pop() if len(verbs) == 1 and len(row.labels) > 1 else None


def _command(label: Label) -> str:
    try:
        return read_token(label.token).command.words.partition(" ")[0]
    except CommandError:
        return label.token


def _one_less(rows: list[_Row]) -> list[_Row]:
    """Put two neighbours together: short rows side by side, else the longest ones as a menu."""
    pairs = range(len(rows) - 1)
    sizes = [len(rows[at].labels) + len(rows[at + 1].labels) for at in pairs]
    short = [
        at for at in pairs if sizes[at] <= ROW and not rows[at].is_menu and not rows[at + 1].is_menu
    ]
    fits = [at for at in pairs if sizes[at] <= OFFERS]
    # From the end, since what belongs together most, such as arrows, stands before it.
    at = short[-1] if short else max(reversed(fits), key=lambda pair: sizes[pair])
    joined = _Row(rows[at].labels + rows[at + 1].labels, is_menu=not short)
    return [*rows[:at], joined, *rows[at + 2 :]]


def _told(number: int, row: _Row) -> Json:
    parts = [_menu(number, row)] if row.is_menu else [_button(label) for label in row.labels]
    return {"type": ACTION_ROW, "components": parts}


def _button(label: Label) -> Json:
    text = cut(label.text, LABEL)
    return {"type": BUTTON, "style": GREY, "label": text, "custom_id": label.token}


def _menu(number: int, row: _Row) -> Json:
    # Without words of its own a menu says "make a selection" in each reader's language.
    offers = [{"label": cut(label.text, OPTION), "value": label.token} for label in row.labels]
    return {"type": MENU, "custom_id": f"{MENU_ID}{number}", "options": offers}
