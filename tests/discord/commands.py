"""What Discord takes as commands of an application."""

import re
from typing import Any, cast

from tests.discord.errors import DiscordError, Json, invalid, part_of, parts_of, required, too_long

SLASH, USER_MENU, MESSAGE_MENU = 1, 2, 3
ATTACHMENT, STRING, INTEGER, BOOLEAN, NUMBER = 11, 3, 4, 5, 10
MOST = {SLASH: 100, USER_MENU: 15, MESSAGE_MENU: 15}
OPTIONS, CHOICES, DESCRIPTION, ALL_TEXT = 25, 25, 100, 8000
LOCALES = frozenset(
    {"id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl"}
    | {"no", "pl", "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi"}
    | {"th", "zh-CN", "ja", "zh-TW", "ko"}
)
_NAME = re.compile(r"[-_'\w]{1,32}")


def check_commands(told: Any) -> list[Json]:
    """Refuse what Discord would; the commands are returned with their types.

    Raises:
        DiscordError: 50035 with the field that is wrong, or 30032 for too many.
    """
    if not isinstance(told, list):
        raise DiscordError(400, 50035, "Invalid Form Body: a list of commands is wanted")
    commands: list[Json] = [
        {"type": SLASH, "options": []} | one for one in cast("list[Json]", told)
    ]
    for command in commands:
        _check(command)
    names = [(one["type"], one["name"]) for one in commands]
    if len(set(names)) < len(names):
        raise invalid("name", "APPLICATION_COMMANDS_DUPLICATE_NAME",
                      "Application command names must be unique")  # fmt: skip
    for kind, most in MOST.items():
        if sum(one["type"] == kind for one in commands) > most:
            raise DiscordError(400, 30032, f"Maximum number of application commands reached {most}")
    return commands


def _check(command: Json) -> None:
    if not command.get("name"):
        raise required("name")
    if command["type"] == SLASH:
        _check_name(command["name"])
        _check_description(command)
        _check_options(command["options"])
    elif command["type"] in MOST:
        if len(command["name"]) > 32 or command.get("description") or command["options"]:
            raise invalid("description", "APPLICATION_COMMAND_INVALID_MENU",
                          "Menus have a name of 32 characters and nothing else")  # fmt: skip
    else:
        raise invalid("type", "BASE_TYPE_CHOICES", "Value must be one of 1 to 3.")
    _check_translations(command)
    if len(_text(command)) > ALL_TEXT:
        raise invalid("", "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")


def _check_options(options: list[Json]) -> None:
    if len(options) > OPTIONS:
        raise too_long("options", OPTIONS)
    kinds = [bool(option.get("required")) for option in options]
    if kinds != sorted(kinds, reverse=True):
        raise invalid("options", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                      "Required options must be placed before non-required options")  # fmt: skip
    names = [option.get("name") for option in options]
    if len(set(names)) < len(names):
        raise invalid("options", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
                      "Option name already exists")  # fmt: skip
    for option in options:
        _check_name(option.get("name") or "")
        _check_description(option)
        _check_translations(option)
        if len(parts_of(option, "choices")) > CHOICES:
            raise too_long("options.choices", CHOICES)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or name != name.lower():
        raise invalid("name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _check_description(told: Json) -> None:
    if not told.get("description"):
        raise required("description")
    if len(told["description"]) > DESCRIPTION:
        raise too_long("description", DESCRIPTION)


def _check_translations(told: Json) -> None:
    for field in ("name_localizations", "description_localizations"):
        for locale, text in part_of(told, field).items():
            if locale not in LOCALES:
                raise invalid(field, "BASE_TYPE_CHOICES", f"No language {locale} here.")
            if field.startswith("description") and not 1 <= len(text) <= DESCRIPTION:
                raise too_long(field, DESCRIPTION)
            if field.startswith("name") and told.get("type") != MESSAGE_MENU:
                _check_name(text)


def _text(command: Json) -> str:
    told = str(command["name"]) + str(command.get("description") or "")
    for option in command["options"]:
        told += str(option["name"]) + str(option["description"])
        told += "".join(f"{one['name']}{one['value']}" for one in parts_of(option, "choices"))
    return told
