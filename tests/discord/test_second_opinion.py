"""Another model of Discord takes and refuses the same buttons, menus, layouts and forms."""

from collections.abc import Callable
from typing import Any

import pytest
from simcord.components import ComponentValidationError, validate_components, validate_modal

from tests.discord.components import check_components, check_form
from tests.discord.errors import DiscordError
from tests.discord.looks import V2

Json = dict[str, Any]


def button(**more: object) -> Json:
    return {"type": 2, "style": 1, "label": "x", "custom_id": "c"} | more


def row(*parts: Json) -> Json:
    return {"type": 1, "components": list(parts)}


def menu(options: int = 2, **more: object) -> Json:
    told = [{"label": f"l{n}", "value": f"v{n}"} for n in range(options)]
    return {"type": 3, "custom_id": "m", "options": told} | more


def buttons(count: int, first: int = 0) -> list[Json]:
    return [button(custom_id=str(first + number)) for number in range(count)]


LINK = {"type": 2, "style": 5, "label": "x", "url": "https://example.org"}
WORDS = {"type": 10, "content": "words"}
GALLERY = {"type": 12, "items": [{"media": {"url": "attachment://a.png"}}]}
BOX = {"type": 17, "components": [WORDS, GALLERY, row(button())]}
SECTION = {"type": 9, "components": [WORDS], "accessory": button()}

ROWS: dict[str, list[Json]] = {
    "nothing": [],
    "one button": [row(button())],
    "five rows of five": [row(*buttons(5, 5 * number)) for number in range(5)],
    "six rows": [row(*buttons(1, number)) for number in range(6)],
    "six buttons": [row(*buttons(6))],
    "an empty row": [row()],
    "a bare button": [button()],
    "a button twice": [row(button(), button())],
    "no label": [row(button(label=None))],
    "a long label": [row(button(label="x" * 81))],
    "a long id": [row(button(custom_id="x" * 101))],
    "an empty id": [row(button(custom_id=""))],
    "no id": [row({"type": 2, "style": 1, "label": "x"})],
    "a strange style": [row(button(style=9))],
    "a link": [row(LINK)],
    "a link with an id": [row(LINK | {"custom_id": "c"})],
    "a button with an address": [row(button(url="https://example.org"))],
    "a menu": [row(menu())],
    "a menu of 25": [row(menu(25))],
    "a menu of 26": [row(menu(26))],
    "a menu of nothing": [row(menu(0))],
    "a menu beside a button": [row(menu(), button())],
    "two menus in a row": [row(menu(), menu(custom_id="n"))],
    "a menu with a long hint": [row(menu(placeholder="x" * 151))],
    "a menu of which more are chosen": [row(menu(max_values=3))],
    "words without a layout": [WORDS],
}
LAYOUTS: dict[str, list[Json]] = {
    "words": [WORDS],
    "no words": [{"type": 10, "content": ""}],
    "a gallery": [GALLERY],
    "an empty gallery": [{"type": 12, "items": []}],
    "a box": [BOX],
    "a section": [SECTION],
    "rows": [row(*buttons(5, 5 * number)) for number in range(6)],
    "forty": [WORDS] * 40,
    "forty-one": [WORDS] * 41,
    "too many words": [{"type": 10, "content": "w" * 2001}] * 2,
    "a button twice": [row(button()), row(button())],
    "a bare thumbnail": [{"type": 11, "media": {"url": "attachment://a.png"}}],
}
FIELD = {"type": 4, "custom_id": "t", "style": 1}
FORM = {"title": "t", "custom_id": "f"}
FORMS: dict[str, Json] = {
    "a labelled field": FORM | {"components": [{"type": 18, "label": "l", "component": FIELD}]},
    "a field in a row": FORM | {"components": [row(FIELD | {"label": "l"})]},
    "an upload": FORM
    | {"components": [{"type": 18, "label": "l", "component": {"type": 19, "custom_id": "u"}}]},
    "no fields": FORM | {"components": []},
    "six fields": FORM | {"components": [row(FIELD | {"label": "l", "custom_id": str(n)})
                                         for n in range(6)]},
    "no title": {"custom_id": "f", "components": [row(FIELD | {"label": "l"})]},
    "a long title": FORM | {"title": "t" * 46, "components": [row(FIELD | {"label": "l"})]},
    "a long label": FORM
    | {"components": [{"type": 18, "label": "l" * 46, "component": FIELD}]},
    "a button": FORM | {"components": [row(button())]},
    "a strange style": FORM | {"components": [row(FIELD | {"label": "l", "style": 3})]},
    "a long hint": FORM | {"components": [row(FIELD | {"label": "l", "placeholder": "x" * 101})]},
}  # fmt: skip

# What the other lets through and Discord, as its errors are reported, does not.
STRICTER = frozenset({"no label", "a menu of which more are chosen"})


def is_taken(check: Callable[[], object]) -> bool:
    try:
        check()
    except (DiscordError, ComponentValidationError):
        return False
    return True


@pytest.mark.parametrize("name", ROWS)
def test_rows_of_buttons(name: str):
    theirs = is_taken(lambda: validate_components(ROWS[name]))
    assert is_taken(lambda: check_components(ROWS[name], 0)) == (theirs and name not in STRICTER)


@pytest.mark.parametrize("name", LAYOUTS)
def test_layouts(name: str):
    theirs = is_taken(lambda: validate_components(LAYOUTS[name], flags=V2))
    assert is_taken(lambda: check_components(LAYOUTS[name], V2)) == theirs


@pytest.mark.parametrize("name", FORMS)
def test_forms(name: str):
    theirs = is_taken(lambda: validate_modal(FORMS[name]))
    assert is_taken(lambda: check_form(FORMS[name])) == theirs


def test_both_refuse_some_and_take_some():
    """None of the above could fail if both took or refused everything."""
    taken = [is_taken(lambda name=name: check_components(ROWS[name], 0)) for name in ROWS]
    assert 5 < sum(taken) < len(taken) - 5
