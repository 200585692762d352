"""The card as a function of the conversation: its lines, its picture, its buttons.

Here is what it shows before there is a picture; then see `card_pose`, `card_result` and
`card_settings`.
"""

from bot.buttons import plain, rows_of
from bot.card_pose import pose_card, stances_card
from bot.card_result import result_card, variants_card
from bot.card_settings import settings_card
from bot.commands import Word
from bot.effects import Card, Picture
from bot.states import Kind, Page, State, Version, Work
from bot.words import Text, text

BAR = 10  # characters of the progress bar
_DONE, _LEFT = "▰", "▱"


def card_of(state: State) -> Card:
    """Draw up the card for a conversation as it is."""
    match state.page:
        case Page.SETTINGS:
            return settings_card(state)
        case Page.RECEIVING:
            return Card(lines=(text("card.receiving"),), rows=rows_of(plain(state, Word.CANCEL)))
        case _ if state.work is not None:
            return _working(state, state.work)
        case Page.FAILED | Page.CANCELLED:
            return _stopped(state)
        case _ if state.version is None:
            return Card(lines=(text("card.welcome"),), rows=rows_of(plain(state, Word.SAMPLE)))
        case _:
            return _painted(state, state.version)


def _painted(state: State, version: Version) -> Card:
    match state.page:
        case Page.POSE:
            return pose_card(state, version)
        case Page.STANCES:
            return stances_card(state, version)
        case Page.VARIANTS:
            return variants_card(state, version)
        case _:
            return result_card(state, version)


def _working(state: State, work: Work) -> Card:
    lines = [_head(work)]
    if work.place is not None:
        lines.append(_queued(work.place, work.seconds))
    elif work.stage is not None:
        lines.append(text(f"card.stage.{work.stage}"))
        lines += _progress(work)
    base = work.preview or work.order.base
    return Card(
        lines=tuple(lines),
        rows=rows_of(plain(state, Word.CANCEL)),
        picture=Picture(base=base) if base else None,
    )


def _head(work: Work) -> Text:
    if work.order.kind is Kind.PREPARE:
        return text("card.sent")
    if work.order.count > 1:
        return text("card.ordered.variants", count=work.order.count)
    return text(f"card.ordered.{work.order.kind}")


def _queued(place: int, seconds: int | None) -> Text:
    if seconds is None:
        return text("card.queued", place=place)
    return text("card.queued.wait", place=place, seconds=seconds)


def _progress(work: Work) -> list[Text]:
    """Draw a bar where steps are worth telling, and say how long it takes still."""
    lines: list[Text] = []
    if work.steps > 1:
        filled = round(BAR * work.step / work.steps)
        bar = _DONE * filled + _LEFT * (BAR - filled)
        lines.append(text("card.bar", bar=bar, step=work.step, steps=work.steps))
    if work.seconds is not None:
        lines.append(text("card.wait", seconds=work.seconds))
    return lines


def _stopped(state: State) -> Card:
    lines: tuple[Text, ...] = (text("card.cancelled"),)
    can_repeat = state.failed is not None or state.photo is not None or state.arrival is not None
    if state.page is Page.FAILED:
        then = (text("card.failed.again"),) if can_repeat else ()
        lines = (state.reason or text("card.failed"), *then)
    words = (*((Word.AGAIN,) if can_repeat else ()), *((Word.ADJUST,) if state.version else ()))
    base = state.version.made.picture if state.version else None
    return Card(
        lines=lines,
        rows=rows_of(plain(state, *words)),
        picture=Picture(base=base) if base else None,
    )
