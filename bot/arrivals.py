"""A photo on its way into a conversation: announced, fetched, lost, refused."""

from dataclasses import replace

from bot.commands import LONGEST_PROMPT, When
from bot.effects import Reply, Say
from bot.events import PhotoComing, PhotoLost, PhotoSent, Refused
from bot.grammar import readable
from bot.states import Arrival, Page, State
from bot.words import Text, text
from bot.work import ended, prepare, stopped


def coming(state: State, event: PhotoComing) -> Reply:
    """Await a photo; what still runs is stopped."""
    kept = stopped(state)
    began = replace(
        _captioned(kept.state, event.caption),
        arrival=Arrival.AWAITED,
        failed=None,
        reason=None,
        page=Page.RECEIVING,
        revision=kept.state.revision + 1,
    )
    return Reply(state=began, effects=kept.effects, fresh=True)


def came(state: State, event: PhotoSent) -> Reply:
    """Complete a photo that is here, unless it was cancelled while it was fetched."""
    if state.arrival is Arrival.CANCELLED:
        return Reply(state=replace(_holding(state, event.photo), page=Page.CANCELLED))
    announced = state.arrival is not None
    asked = state if announced else _captioned(state, event.caption)
    return replace(prepare(_holding(asked, event.photo)), fresh=not announced)


def lost(state: State, event: PhotoLost) -> Reply:
    """Say that the photo could not be fetched."""
    if state.arrival is None:
        return Reply(state=state)
    return Reply(state=_failed(state, event.reason or text("lost.other")))


def refused(state: State, event: Refused) -> Reply:
    """Take back what was just ordered; it can be said again later."""
    if state.work is not None:
        return Reply(state=ended(state, Page.FAILED, reason=event.reason))
    if state.arrival is not None:
        return Reply(state=_failed(state, event.reason))
    return Reply(state=state, effects=(Say(event.reason),))


def _captioned(state: State, caption: str | None) -> State:
    """Read what came with a photo; the prompt of another photo does not stay."""
    words = readable(caption or "")[:LONGEST_PROMPT].strip() or None
    waiting = state.options.prompt if state.photo is None else None
    options = replace(state.options, prompt=words or waiting)
    return _skipping(replace(state, options=options))


def _skipping(state: State) -> State:
    """Spend `auto` on this photo, if it was said for one."""
    auto = state.options.auto
    left = When.OFF if auto is When.ONCE else auto
    return replace(state, skips=auto is not When.OFF, options=replace(state.options, auto=left))


def _holding(state: State, photo: str) -> State:
    return replace(state, photo=photo, arrival=None, at=None, joint=None, person=0)


def _failed(state: State, reason: Text) -> State:
    return replace(
        state,
        arrival=None,
        failed=None,
        reason=reason,
        page=Page.FAILED,
        revision=state.revision + 1,
    )
