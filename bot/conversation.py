"""The dialogue as a pure function: no chat library, no clock, no files, no database."""

import re
from dataclasses import replace

from bot import arrivals, desk, work
from bot.card import card_of
from bot.commands import Command, CommandError, Count, Counted
from bot.effects import Answer, Effect, Say, ShowCard
from bot.events import (
    Cancelled,
    Event,
    Failed,
    MaskDrawn,
    PhotoComing,
    PhotoLost,
    PhotoSent,
    PoseSaved,
    Prepared,
    Pressed,
    Progressed,
    Queued,
    Refined,
    Refused,
    StrangeSent,
    TextSent,
)
from bot.grammar import parse, read_token
from bot.obey import obey
from bot.states import Kind, Page, State
from bot.words import LANGUAGES, Text, say, text
from bot.work import ended, finished, followed
from pipeline.errors import StudioError

LONGEST_ANSWER = 200  # UTF-16 units that Telegram shows over a pressed button


def step(state: State, event: Event) -> tuple[State, tuple[Effect, ...]]:
    """Answer one event; what cannot be done is answered with a sentence, and changes nothing.

    Every press is answered by exactly one `Answer`, and everything that was typed or sent by a
    message or a changed card.
    """
    match event:
        case TextSent():
            return _typed(state, event.said)
        case Pressed():
            return _pressed(state, event.carried)
        case PhotoComing() | PhotoSent() | PhotoLost() | Refused():
            return _photo(state, event)
        case PoseSaved() | MaskDrawn():
            return _by_hand(state, event)
        case StrangeSent():
            return state, (Say(text(f"refused.kind.{event.what}")),)
        case _:
            after = _of_job(state, event)
            return after, _card(state, after)


def _typed(state: State, said: str) -> tuple[State, tuple[Effect, ...]]:
    try:
        reply = obey(state, _meant(state, said))
    except StudioError as error:
        return state, (Say(_sentence(error)),)
    card = _card(state, reply.state, fresh=reply.fresh)
    answered = (*reply.effects, *card)
    if not answered:
        told = Say(reply.note) if reply.note else ShowCard(card_of(reply.state), fresh=True)
        return reply.state, (told,)
    return reply.state, answered


def _meant(state: State, said: str) -> Command:
    """Read what was typed; beside numbered pictures a number means one of them, and no joint."""
    number = int(said) if re.fullmatch(r"\s*[1-9]\s*", said, re.ASCII) else 0
    if state.page is Page.VARIANTS and 0 < number <= len(state.siblings):
        return Counted(Count.VERSION, state.siblings[number - 1].number)
    return parse(said)


def _pressed(state: State, carried: str) -> tuple[State, tuple[Effect, ...]]:
    try:
        press = read_token(carried)
        if press.session != state.session:
            raise CommandError(text("unread.button"))
        if press.revision != state.revision:
            return state, (Answer(text("toast.stale")), ShowCard(card_of(state)))
        reply = obey(state, press.command)
    except StudioError as error:
        return state, _told(_sentence(error))
    # The card that was pressed is edited in place, whatever a typed command would do.
    card = _card(state, reply.state)
    return reply.state, (Answer(reply.note), *reply.effects, *card)


def _by_hand(state: State, event: PoseSaved | MaskDrawn) -> tuple[State, tuple[Effect, ...]]:
    """Follow what was done on the editor's page, which shows an answer as a press's."""
    try:
        match event:
            case PoseSaved():
                reply = desk.save(state, event.version, event.people)
            case MaskDrawn():
                if state.current().number != event.version:
                    raise CommandError(text("refused.moved_on"))
                reply = work.paint(state, mask=event.mask)
    except StudioError as error:
        return state, (Answer(_sentence(error)),)
    return reply.state, (*reply.effects, *_card(state, reply.state))


def _photo(
    state: State, event: PhotoComing | PhotoSent | PhotoLost | Refused
) -> tuple[State, tuple[Effect, ...]]:
    match event:
        case PhotoComing():
            reply = arrivals.coming(state, event)
        case PhotoSent():
            reply = arrivals.came(state, event)
        case PhotoLost():
            reply = arrivals.lost(state, event)
        case Refused():
            reply = arrivals.refused(state, event)
    return reply.state, (*reply.effects, *_card(state, reply.state, fresh=reply.fresh))


def _of_job(
    state: State, event: Queued | Progressed | Prepared | Refined | Failed | Cancelled
) -> State:
    """Take in news of the running job; that of any other comes too late."""
    running = state.work
    if running is None or event.job != running.job:
        return state
    prepares = running.order.kind is Kind.PREPARE
    match event:
        case Queued() | Progressed():
            return replace(state, work=followed(running, event))
        case Prepared():
            return finished(state, running, (event.made,) if prepares else ())
        case Refined():
            return finished(state, running, () if prepares else event.made)
        case Failed():
            reason = text("told", sentence=event.reason) if event.reason else None
            return ended(state, Page.FAILED, reason=reason)
        case Cancelled():
            return ended(state, Page.CANCELLED)


def _told(sentence: Text) -> tuple[Effect, ...]:
    """Answer a press; what is too long to be shown over it becomes a message."""
    if any(_units(say(sentence, language)) > LONGEST_ANSWER for language in LANGUAGES):
        return Answer(), Say(sentence)
    return (Answer(sentence),)


def _units(said: str) -> int:
    return len(said.encode("utf-16-le", "replace")) // 2


def _card(before: State, after: State, *, fresh: bool = False) -> tuple[Effect, ...]:
    card = card_of(after)
    has_one = after.photo is not None or after.arrival is not None
    in_other_words = has_one and before.language != after.language
    changed = fresh or in_other_words or card != card_of(before)
    return (ShowCard(card, fresh=fresh),) if changed else ()


def _sentence(error: StudioError) -> Text:
    return error.text if isinstance(error, CommandError) else text("told", sentence=str(error))
