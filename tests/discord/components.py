"""What Discord takes as buttons, menus, layouts and forms."""

from collections.abc import Callable, Iterator
from typing import Any

from tests.discord.errors import DiscordError, Json, invalid, part_of, required, too_long
from tests.discord.looks import V2, walked

ROW, BUTTON, STRING_SELECT, TEXT_INPUT, SECTION, DISPLAY, THUMBNAIL = 1, 2, 3, 4, 9, 10, 11
GALLERY, FILE, SEPARATOR, CONTAINER, LABEL, FILE_UPLOAD = 12, 13, 14, 17, 18, 19
SELECTS = frozenset({STRING_SELECT, 5, 6, 7, 8})
LAYOUTS = frozenset({SECTION, DISPLAY, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER})
LINK, PREMIUM = 5, 6  # styles of buttons
ROWS, BUTTONS, LAYOUT_PARTS, OPTIONS = 5, 5, 40, 25
LAYOUT_TEXT = 4000
IDS = 100


def check_components(components: object, flags: int) -> tuple[Json, ...]:
    """Refuse what Discord would.

    Raises:
        DiscordError: 50035, with the field that is wrong.
    """
    parts = _listed(components, "components")
    every = list(walked(parts))
    if flags & V2:
        _check_layout(parts, every)
    else:
        _check_rows(parts)
    for one in every:
        _check_one(one)
    _check_ids(every)
    return tuple(parts)


def _check_rows(parts: list[Json]) -> None:
    if len(parts) > ROWS:
        raise invalid("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    for at, part in enumerate(parts):
        if part.get("type") != ROW:
            raise invalid(f"components.{at}.type", "UNION_TYPE_CHOICES",
                          "Value of field \"type\" must be one of (1,).")  # fmt: skip


def _check_layout(parts: list[Json], every: list[Json]) -> None:
    if not len(parts) >= 1 or len(every) > LAYOUT_PARTS:
        raise invalid("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 40 in length.")
    for at, part in enumerate(parts):
        if part.get("type") not in LAYOUTS - {THUMBNAIL} | {ROW}:
            raise invalid(f"components.{at}.type", "UNION_TYPE_CHOICES", "Unknown layout.")
    words = sum(len(one.get("content", "")) for one in every if one.get("type") == DISPLAY)
    if words > LAYOUT_TEXT:
        raise invalid("components", "COMPONENT_LAYOUT_TEXT", "Must be 4000 or fewer in length.")


def _check_one(one: Json) -> None:
    checks: dict[int, Callable[[Json], None]] = {
        ROW: _check_row,
        BUTTON: _check_button,
        STRING_SELECT: _check_select,
        GALLERY: _check_gallery,
        DISPLAY: _check_display,
    }
    kind = one.get("type")
    if kind not in {ROW, BUTTON} | SELECTS | LAYOUTS:
        raise invalid("components.type", "UNION_TYPE_CHOICES", f"No component of type {kind} here.")
    checks.get(int(kind), lambda told: None)(one)


def _check_row(row: Json) -> None:
    inner = _listed(row.get("components"), "components.components")
    kinds = [part.get("type") for part in inner]
    if not inner or len(inner) > BUTTONS:
        raise invalid("components.components", "BASE_TYPE_BAD_LENGTH",
                      "Must be between 1 and 5 in length.")  # fmt: skip
    if any(kind in SELECTS for kind in kinds) and len(kinds) > 1:
        raise invalid("components.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
                      "The specified component exceeds the maximum width")  # fmt: skip
    if any(kind not in {BUTTON} | SELECTS for kind in kinds):
        raise invalid("components.components", "UNION_TYPE_CHOICES", "Must be buttons or a menu.")


def _check_button(button: Json) -> None:
    style = button.get("style")
    if style not in range(1, 7):
        raise invalid("components.style", "BASE_TYPE_CHOICES", "Value must be one of 1 to 6.")
    if style == PREMIUM:
        raise invalid("components.style", "BUTTON_COMPONENT_INVALID_SKU_ID", "Nothing is sold here")
    if (style == LINK) == ("custom_id" in button) or (style == LINK) != ("url" in button):
        raise invalid("components.custom_id", "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED",
                      "A custom id or a url is required and cannot both be specified")  # fmt: skip
    if style == LINK and not str(button["url"]).startswith(("http://", "https://", "discord://")):
        raise invalid("components.url", "URL_TYPE_INVALID_SCHEME", "Not a well formed URL.")
    if not button.get("label") and not button.get("emoji"):
        raise invalid("components.label", "BUTTON_COMPONENT_LABEL_REQUIRED", "A label is required")
    _within(button, "label", 80)


def _check_select(select: Json) -> None:
    options = _listed(select.get("options"), "components.options")
    if not 1 <= len(options) <= OPTIONS:
        raise invalid("components.options", "BASE_TYPE_BAD_LENGTH",
                      "Must be between 1 and 25 in length.")  # fmt: skip
    for option in options:
        for name in ("label", "value"):
            if not option.get(name):
                raise required(f"components.options.{name}")
        for name in ("label", "value", "description"):
            _within(option, name, 100)
    values = [option["value"] for option in options]
    if len(set(values)) < len(values):
        raise invalid("components.options", "COMPONENT_SELECT_OPTION_VALUE_DUPLICATED",
                      "The specified option value is already used")  # fmt: skip
    least, most = _number(select, "min_values", 1), _number(select, "max_values", 1)
    if not 0 <= least <= most <= len(options):
        raise invalid("components.max_values", "NUMBER_TYPE_MAX", "Must fit the options.")
    if sum(bool(option.get("default")) for option in options) > most:
        raise invalid("components.options", "COMPONENT_SELECT_DEFAULTS", "Too many defaults.")
    _within(select, "placeholder", 150)


def _check_gallery(gallery: Json) -> None:
    if not 1 <= len(_listed(gallery.get("items"), "components.items")) <= 10:
        raise invalid("components.items", "BASE_TYPE_BAD_LENGTH",
                      "Must be between 1 and 10 in length.")  # fmt: skip


def _check_display(display: Json) -> None:
    if not display.get("content"):
        raise required("components.content")


def _check_ids(every: list[Json]) -> None:
    ids = [one["custom_id"] for one in every if "custom_id" in one]
    for one in ids:
        if not isinstance(one, str) or not 1 <= len(one) <= IDS:
            raise invalid("components.custom_id", "BASE_TYPE_BAD_LENGTH",
                          "Must be between 1 and 100 in length.")  # fmt: skip
    if len(set(ids)) < len(ids):
        raise invalid("components.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED",
                      "Component custom id cannot be duplicated")  # fmt: skip
    bare = [one for one in every if one.get("type") in SELECTS and "custom_id" not in one]
    if bare:
        raise required("components.custom_id")


def check_form(form: Json) -> Json:
    """Refuse a form that Discord would.

    Raises:
        DiscordError: 50035, with the field that is wrong.
    """
    for name, most in (("title", 45), ("custom_id", IDS)):
        if not form.get(name):
            raise required(f"data.{name}")
        _within(form, name, most)
    parts = _listed(form.get("components"), "data.components")
    if not 1 <= len(parts) <= 5:
        raise invalid("data.components", "BASE_TYPE_BAD_LENGTH",
                      "Must be between 1 and 5 in length.")  # fmt: skip
    for part in parts:
        _check_part(part)
    fields = list(inputs(form))
    ids = [one.get("custom_id") for one in fields]
    if None in ids or len(set(ids)) < len(ids):
        raise invalid("data.components", "COMPONENT_CUSTOM_ID_DUPLICATED",
                      "Component custom id cannot be duplicated")  # fmt: skip
    for one in fields:
        _check_input(one)
    return form


def inputs(form: Json) -> Iterator[Json]:
    """Find the fields that a person fills in."""
    for one in walked(form["components"]):
        if one.get("type") in {TEXT_INPUT, FILE_UPLOAD} | SELECTS:
            yield one


def _check_part(part: Json) -> None:
    match part.get("type"):
        case 1:  # a row holds one text field, and nothing else
            inner = _listed(part.get("components"), "data.components.components")
            if [one.get("type") for one in inner] != [TEXT_INPUT]:
                raise invalid("data.components.components", "UNION_TYPE_CHOICES",
                              "A row of a form holds one text input.")  # fmt: skip
            if not inner[0].get("label"):
                raise required("data.components.components.label")
        case 18:
            if not part.get("label"):
                raise required("data.components.label")
            _within(part, "label", 45)
            _within(part, "description", 100)
            kind = part_of(part, "component").get("type")
            if kind not in {TEXT_INPUT, FILE_UPLOAD} | SELECTS:
                raise invalid("data.components.component", "UNION_TYPE_CHOICES", "Not an input.")
        case 10:
            _check_display(part)
        case kind:
            raise invalid("data.components.type", "UNION_TYPE_CHOICES", f"No {kind} in a form.")


def _check_input(one: Json) -> None:
    if one["type"] == STRING_SELECT:
        _check_select(one)
    if one["type"] == FILE_UPLOAD:
        least, most = _number(one, "min_values", 1), _number(one, "max_values", 1)
        if not 0 <= least <= most or not 1 <= most <= 10:
            raise invalid("data.components.max_values", "NUMBER_TYPE_MAX", "Must be 1 to 10.")
    if one["type"] == TEXT_INPUT:
        if one.get("style") not in (1, 2):
            raise invalid("data.components.style", "BASE_TYPE_CHOICES", "Must be one of (1, 2).")
        for name, most in (("label", 45), ("placeholder", 100), ("value", 4000)):
            _within(one, name, most)
        if not 0 <= _number(one, "min_length", 0) <= _number(one, "max_length", 4000) <= 4000:
            raise invalid("data.components.max_length", "NUMBER_TYPE_MAX", "Must be 1 to 4000.")


def _within(told: Json, name: str, most: int) -> None:
    if len(told.get(name) or "") > most:
        raise too_long(f"components.{name}", most)


def _number(told: Json, name: str, default: int) -> int:
    value = told.get(name)
    return default if value is None else int(value)


def _listed(told: Any, name: str) -> list[Json]:
    parts: list[Any] = [] if told is None else told
    if not isinstance(told, list | None) or any(not isinstance(part, dict) for part in parts):
        raise DiscordError(400, 50035, f"Invalid Form Body: {name} must be a list of objects")
    return parts
