"""The commands that people find on Discord, and the forms for what one would type, as data."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

from bot.commands import LONGEST_PROMPT
from bot.menu import MENU
from bot.platforms.discord_limits import DESCRIPTION, FORM_LABEL, FORM_TITLE, cut
from bot.words import DEFAULT, LANGUAGES, Text, say, text

SLASH, MESSAGE_MENU = 1, 3  # types of commands
STRING, ATTACHMENT = 3, 11  # types of options
FEET, SAY = "feet", "say"
PHOTO, WORDS = "photo", "words"  # options, and fields of forms
ASKS = frozenset({"extend", "prompt"})  # say nothing without words: a form asks for them
TAKES = ASKS | {"auto", "variants", "repaint", "language"}
FORM = "form:"  # how the ids of forms begin; then comes the command that they stand for
EVERYWHERE = {"integration_types": [0, 1], "contexts": [0, 1, 2]}
MENU_NAME = "discord.menu"

KOREAN: Mapping[str, str] = {
    "feet": "발",
    "say": "말",
    "start": "시작",
    "help": "도움말",
    "sample": "예시",
    "refine": "그리기",
    "repaint": "새로그리기",
    "again": "다시",
    "variants": "후보",
    "stances": "자세",
    "undo": "되돌리기",
    "redo": "다시실행",
    "reset": "초기화",
    "back": "이전",
    "forward": "다음",
    "auto": "자동",
    "extend": "확장",
    "prompt": "프롬프트",
    "settings": "설정",
    "language": "언어",
    "file": "파일",
    "original": "원본",
    "done": "완료",
    "cancel": "취소",
    "status": "상태",
    "privacy": "개인정보",
    "forget": "삭제",
}

Json = dict[str, Any]


def commands() -> list[Json]:
    """Write all commands as Discord takes them."""
    spoken = [(name, told, [_words()] if name in TAKES else []) for name, told in MENU]
    return [
        _slash(FEET, text("discord.feet"), [_photo(), _words()]),
        _slash(SAY, text("discord.say"), [_words()]),
        *(_slash(name, told, options) for name, told, options in spoken),
        {
            "type": MESSAGE_MENU,
            "name": say(text(MENU_NAME)),
            "name_localizations": _told(text(MENU_NAME)),
            **EVERYWHERE,
        },
    ]


def is_menu(name: str) -> bool:
    """Whether a command is the one of messages' menus."""
    return name == say(text(MENU_NAME))


def digest(known: Iterable[Mapping[str, Any]]) -> str:
    """Tell commands apart, by all that is ours to set; it is the same for what comes back."""
    kept = sorted(json.dumps(_ours(one), sort_keys=True) for one in known)
    return hashlib.sha256("\n".join(kept).encode()).hexdigest()


def form(command: str, language: str | None) -> Json:
    """Write the form that asks for what a command lacks."""
    wants_photo = command == FEET
    described = dict(MENU).get(command, text(f"discord.{FEET if wants_photo else SAY}"))
    photo = [_field(text("discord.form.photo"), language, _upload())] if wants_photo else []
    line = _line(required=not wants_photo)
    return {
        "custom_id": f"{FORM}{command}",
        "title": cut(say(described, language), FORM_TITLE),
        "components": [*photo, _field(text("discord.form.words"), language, line)],
    }


def _slash(name: str, described: Text, options: list[Json]) -> Json:
    return {
        "type": SLASH,
        "name": name,
        "name_localizations": {"ko": KOREAN[name]},
        "description": _short(say(described)),
        "description_localizations": _told(described),
        "options": options,
        **EVERYWHERE,
    }


def _photo() -> Json:
    return _option(PHOTO, "사진", ATTACHMENT, text("discord.photo"))


def _words() -> Json:
    option = _option(WORDS, "글", STRING, text("discord.words"))
    return option | {"max_length": 2 * LONGEST_PROMPT}


def _option(name: str, korean: str, kind: int, described: Text) -> Json:
    return {
        "type": kind,
        "name": name,
        "name_localizations": {"ko": korean},
        "description": _short(say(described)),
        "description_localizations": _told(described),
    }


def _told(words: Text) -> dict[str, str]:
    others = [language for language in LANGUAGES if language != DEFAULT]
    return {language: _short(say(words, language)) for language in others}


def _short(described: str) -> str:
    return cut(described, DESCRIPTION)


def _field(label: Text, language: str | None, inner: Json) -> Json:
    return {"type": 18, "label": cut(say(label, language), FORM_LABEL), "component": inner}


def _upload() -> Json:
    return {"type": 19, "custom_id": PHOTO, "min_values": 1, "max_values": 1, "required": True}


def _line(*, required: bool) -> Json:
    return {
        "type": 4,
        "custom_id": WORDS,
        "style": 1,
        "required": required,
        "max_length": 2 * LONGEST_PROMPT,
    }


_OURS = frozenset(
    {"type", "name", "name_localizations", "description", "description_localizations"}
    | {"options", "max_length", "integration_types", "contexts"}
)


def _ours(told: Mapping[str, Any]) -> Json:
    """Keep what is ours to set, and only where it says something."""
    return {
        name: [_ours(one) for one in cast("list[Json]", value)] if name == "options" else value
        for name, value in told.items()
        if name in _OURS and value
    }
