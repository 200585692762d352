"""A photo on its way into a conversation: announced, fetched, lost, refused."""

from dataclasses import replace

from bot.commands import When
from bot.effects import Effect, Reply, Say
from bot.events import PhotoComing, PhotoLost, PhotoSent, Refused
from bot.grammar import read_caption
from bot.states import Arrival, Page, State
from bot.wishes import wished
from bot.words import Text, text
from bot.work import ended, prepare, stopped


def coming(state: State, event: PhotoComing) -> Reply:
    """Await a photo; what still runs is stopped."""
    kept = stopped(state)
    asked, said = _captioned(kept.state, event.caption)
    began = replace(
        asked.settled(),
        arrival=Arrival.AWAITED,
        page=Page.RECEIVING,
        revision=kept.state.revision + 1,
    )
    return Reply(state=began, effects=(*kept.effects, *said), fresh=True)


def came(state: State, event: PhotoSent) -> Reply:
    """Complete a photo that is here, unless it was cancelled while it was fetched."""
    if state.arrival is Arrival.CANCELLED:
        return Reply(state=replace(_holding(state, event.photo), page=Page.CANCELLED))
    if state.arrival is None:
        announced = coming(state, PhotoComing(event.caption))
        then = came(announced.state, event)
        return replace(then, effects=(*announced.effects, *then.effects), fresh=True)
    return prepare(_holding(state, event.photo))


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


def _captioned(state: State, words: str | None) -> tuple[State, tuple[Effect, ...]]:
    """Follow what came with a photo; the prompt of another photo does not stay."""
    caption = read_caption(words or "")
    waiting = state.options.prompt if state.photo is None else None
    prompt = caption.prompt or waiting
    asked = replace(state, options=replace(state.options, prompt=prompt))
    refused = caption.refused.text if caption.refused else None
    for command in caption.commands:
        heard = wished(asked, command)
        refused = refused or (None if heard else text("refused.caption", said=command.words))
        asked = heard or asked
    return _skipping(asked), (Say(refused),) if refused else ()


def _skipping(state: State) -> State:
    """Spend `auto` on this photo, if it was said for one."""
    auto = state.options.auto
    left = When.OFF if auto is When.ONCE else auto
    return replace(state, skips=auto is not When.OFF, options=replace(state.options, auto=left))


def _holding(state: State, photo: str) -> State:
    return replace(state, photo=photo, arrival=None, at=None, joint=None, person=0)


def _failed(state: State, reason: Text) -> State:
    return replace(
        state.settled(),
        arrival=None,
        reason=reason,
        page=Page.FAILED,
        revision=state.revision + 1,
    )
