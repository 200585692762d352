"""How each verb reads the words behind it."""

import re
from collections.abc import Callable, Mapping

from bot.commands import (
    FARTHEST_PIXELS,
    FARTHEST_SHARE,
    LARGEST_SEED,
    LARGEST_STEP,
    LONGEST_PROMPT,
    LONGEST_WEAR,
    MOST_VARIANTS,
    Auto,
    Choose,
    Command,
    CommandError,
    Count,
    Counted,
    Dress,
    Extend,
    Paint,
    Pose,
    Prompt,
    Push,
    Quality,
    Repaint,
    Speak,
    Wear,
    When,
    Word,
)
from bot.words import LANGUAGES, text
from pipeline.edits import DIRECTIONS, parse_edit
from pipeline.errors import EditError, PlanError
from pipeline.extension import Amount, Extension, Unit, parse_amount
from pipeline.jobs import Method
from pipeline.naming import is_joint, joint_named
from pipeline.wording import wish_of

FORMS = (Method.RENOISE, Method.REPAINT, Method.PIXEL)  # of the second method
SHOWN = 60  # characters of what was said that an answer repeats

_ALIASES: Mapping[str, Word] = {
    **{word.value: word for word in Word},
    "go": Word.REFINE,
    "paint": Word.REFINE,
    "stop": Word.CANCEL,
    "retry": Word.AGAIN,
    "pose": Word.ADJUST,
    "presets": Word.STANCES,
    "edit": Word.EDITOR,
    "drag": Word.EDITOR,
    "download": Word.FILE,
    "option": Word.SETTINGS,
    "options": Word.SETTINGS,
    "forget me": Word.FORGET,
    "delete": Word.FORGET,
    "next": Word.FORWARD,
    "previous": Word.BACK,
    "choices": Word.PICK,
    "save": Word.FILE,
}
# Least, most, what is taken when no number is named, and an example.
_COUNTS: Mapping[Count, tuple[int, int, int | None, int]] = {
    Count.STEP: (1, LARGEST_STEP, None, 5),
    Count.PERSON: (1, 99, None, 2),
    Count.VERSION: (1, 9999, None, 1),
    Count.VARIANTS: (2, MOST_VARIANTS, 4, 4),
    Count.BEST: (1, MOST_VARIANTS, 4, 4),
    Count.METHOD: (1, 2, None, 2),
    Count.SEED: (0, LARGEST_SEED, None, 42),
}
_POSE_VERBS = frozenset(
    {"hide", "restore", "show", "preset", "rotate", "scale", "mirror", "swap", "front"}
    | {"move", "nudge", "drag"}
)
_LANGUAGE_NAMES = {"korean": "ko", "한국어": "ko", "english": "en", "영어": "en"}
_AMOUNT_ALONE = re.compile(r"[0-9.]+ ?(?:%|px)", re.ASCII)


def read(plain: str) -> Command:
    """Read a line of single spaces that is in the grammar's own words.

    Raises:
        StudioError: It is no command; the sentence shows one that is.
    """
    word = _ALIASES.get(plain.lower())
    if word is not None:
        return word
    verb, _, rest = plain.partition(" ")
    read = _READERS.get(verb.lower().rstrip(":="))
    if read is not None:
        return read(rest.strip())
    return _parse_bare(plain)


def _parse_bare(plain: str) -> Command:
    """Read what begins with no verb of ours: a joint, an amount, a push, or an edit."""
    small = plain.lower()
    if is_joint(plain):
        return Choose(joint_named(plain))
    if _AMOUNT_ALONE.fullmatch(small):
        return _read_extend(small)
    try:
        return _push(small) or Pose(parse_edit(plain).text)
    except EditError as error:
        if _is_about_joints(small):
            raise
        raise CommandError(text("unread.command", said=plain[:SHOWN])) from error


def _push(small: str) -> Push | None:
    if small.split(" ", 1)[0] not in DIRECTIONS:
        return None
    try:
        edit = parse_edit(f"nose {small}")
    except EditError:
        return None
    return Push(edit.text.removeprefix("nose "))


def _is_about_joints(small: str) -> bool:
    """Whether `pipeline.edits` has the better sentence about what is wrong."""
    words = re.split(r"[\s_,]+", small)
    starts = (" ".join(words[:end]) for end in range(1, min(len(words), 4)))
    return words[0] in _POSE_VERBS or bool(DIRECTIONS.keys() & words) or any(map(is_joint, starts))


def _read_edit_of(verb: str) -> Callable[[str], Command]:
    return lambda rest: Pose(parse_edit(f"{verb} {rest}").text)


def _read_joint(rest: str) -> Command:
    return Choose(joint_named(rest))


def _read_count_of(count: Count) -> Callable[[str], Command]:
    def read(rest: str) -> Command:
        least, most, default, example = _COUNTS[count]
        digits = rest.removeprefix("of ").removesuffix("px").strip()
        if not digits and default is not None:
            return Counted(count, default)
        if re.fullmatch(r"[0-9]{1,10}", digits, re.ASCII) and least <= int(digits) <= most:
            return Counted(count, int(digits))
        told = text("unread.number", verb=count, least=least, most=most, example=example)
        raise CommandError(told)

    return read


def _read_extend(rest: str) -> Command:
    """Read `auto`, `60%`, or sides with their amounts: `down 60% left 200px`."""
    words = re.sub(r"[:=,]|\band\b", " ", rest.lower())
    words = re.sub(r"(?<=\d)\s+(?=%|px)", "", words).split()
    amounts: dict[str, Amount] = {}
    while words:
        side = words.pop(0) if words[0] in DIRECTIONS else "down"
        if not words or side in amounts:
            raise CommandError(text("unread.extend"))
        amounts[side] = _amount(words.pop(0))
    if not amounts:
        raise CommandError(text("unread.extend"))
    return Extend(Extension(**amounts))


def _amount(word: str) -> Amount:
    try:
        amount = parse_amount(word)
    except PlanError as error:
        raise CommandError(text("unread.extend")) from error
    if amount.unit is Unit.SHARE:
        amount = Amount(Unit.SHARE, round(amount.value, 4))
    if amount.value > (FARTHEST_SHARE if amount.unit is Unit.SHARE else FARTHEST_PIXELS):
        percent = round(FARTHEST_SHARE * 100)
        raise CommandError(text("unread.too_far", pixels=FARTHEST_PIXELS, percent=percent))
    return amount


def _free(verb: str, rest: str, most: int) -> str | None:
    """Take words as they stand; none, or `auto`, mean that they are left to the program."""
    if len(rest) > most:
        raise CommandError(text("unread.too_long", verb=verb, most=most))
    return None if rest.lower() in ("", "auto") else rest


def _read_prompt(rest: str) -> Command:
    if not rest:
        raise CommandError(text("unread.prompt"))
    return Prompt(_free("prompt", rest, LONGEST_PROMPT))


def _read_wear_of(wear: Wear) -> Callable[[str], Command]:
    return lambda rest: Dress(wear, wish_of(_free(wear, rest, LONGEST_WEAR)))


def _read_choice(verb: str, rest: str, choices: tuple[str, ...], example: str) -> str:
    if rest.lower() in choices:
        return rest.lower()
    told = text("unread.choice", verb=verb, choices=", ".join(choices), example=example)
    raise CommandError(told)


def _read_quality(rest: str) -> Command:
    said = Quality.DRAFT if rest.lower() == "fast" else rest
    return Paint(Quality(_read_choice("quality", said, tuple(Quality), Quality.BEST)))


def _read_repaint(rest: str) -> Command:
    return Repaint(Method(_read_choice("repaint", rest or Method.RENOISE, FORMS, Method.REPAINT)))


def _read_auto(rest: str) -> Command:
    return Auto(When(_read_choice("auto", rest or When.ONCE, tuple(When), When.ON)))


def _read_language(rest: str) -> Command:
    if not rest:
        return Word.LANGUAGES
    said = _LANGUAGE_NAMES.get(rest.lower(), rest)
    code = _read_choice("language", said, (*LANGUAGES, "auto"), "ko")
    return Speak(None if code == "auto" else code)


def _read_start(rest: str) -> Command:
    """Read `/start`, with whatever a link put behind it."""
    return Word.SAMPLE if rest.lower() == Word.SAMPLE else Word.START


_READERS: Mapping[str, Callable[[str], Command]] = {
    **{count.value: _read_count_of(count) for count in Count},
    **{wear.value: _read_wear_of(wear) for wear in Wear},
    "shoes": _read_wear_of(Wear.FOOTWEAR),
    "joint": _read_joint,
    "choose": _read_joint,
    "pose": lambda rest: _parse_bare(rest),
    "preset": _read_edit_of("preset"),
    "extend": _read_extend,
    "prompt": _read_prompt,
    "quality": _read_quality,
    "repaint": _read_repaint,
    "auto": _read_auto,
    "language": _read_language,
    "lang": _read_language,
    "start": _read_start,
}
