"""What each command does to a conversation."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot import desk, work
from bot.card import button
from bot.commands import (
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
    Speak,
    Wear,
    Word,
)
from bot.effects import ForgetAll, Reply, Say, SendFile, TakeSample, Tell, Topic
from bot.states import Arrival, Kind, Options, Page, State
from bot.words import text


def obey(state: State, command: Command) -> Reply:
    """Do what was said.

    Raises:
        StudioError: It cannot be done now; the sentence says what can.
    """
    match command:
        case Word():
            return _WORDS[command](state)
        case Counted():
            return _COUNTED[command.verb](state, command.number)
        case Pose():
            return desk.move(state, command)
        case Push():
            return desk.push(state, command)
        case Choose():
            return desk.choose(state, command)
        case Speak():
            return Reply(state=replace(state, language=command.language), note=text("toast.set"))
        case Extend():
            return _extend(state, command)
        case Prompt() | Dress() | Paint() | Auto():
            return _set(state, _wished(state.options, command))


def _wished(options: Options, command: Prompt | Dress | Paint | Auto) -> Options:
    match command:
        case Prompt():
            return replace(options, prompt=command.prompt)
        case Dress(Wear.GARMENT, what):
            return replace(options, garment=what)
        case Dress(_, what):
            return replace(options, footwear=what)
        case Paint():
            return replace(options, quality=command.quality)
        case Auto():
            return replace(options, auto=command.when)


def _set(state: State, options: Options) -> Reply:
    painted = state.work is not None or state.versions
    note = text("toast.next_time" if painted else "toast.set")
    return Reply(state=replace(state, options=options), note=note)


def _extend(state: State, command: Extend) -> Reply:
    """Take a new frame; a picture of the old one is painted anew at once."""
    options = replace(state.options, extension=command.extension)
    if state.photo is None:
        return _set(state, options)
    if state.work is not None and state.work.order.kind is not Kind.PREPARE:
        raise CommandError(text("refused.busy"))
    return work.prepare(replace(state, options=options))


def _start(state: State) -> Reply:
    return replace(_status(state), effects=(Say(text("help")),))


def _help(state: State) -> Reply:
    return Reply(state=state, effects=(Say(text("help")),))


def _tell(topic: Topic) -> Callable[[State], Reply]:
    return lambda state: Reply(state=state, effects=(Tell(topic),))


def _sample(state: State) -> Reply:
    return Reply(state=state, effects=(TakeSample(),))


def _status(state: State) -> Reply:
    """Show the card anew, closing the settings."""
    return Reply(state=_home(state), fresh=True)


def _home(state: State) -> State:
    if state.page is not Page.SETTINGS:
        return state
    if state.work is not None:
        return replace(state, page=Page.WORKING)
    if state.arrival is not None:
        awaited = state.arrival is Arrival.AWAITED
        return replace(state, page=Page.RECEIVING if awaited else Page.CANCELLED)
    if state.failed is not None or state.reason is not None:
        return replace(state, page=Page.FAILED if state.reason else Page.CANCELLED)
    if state.version is None:
        return replace(state, page=Page.WELCOME)
    poses = state.poses(state.version.order) or state.version.is_edited
    return replace(state, page=Page.POSE if poses else Page.RESULT)


def _settings(state: State) -> Reply:
    return Reply(state=replace(state, page=Page.SETTINGS))


def _forget(state: State) -> Reply:
    rows = ((button(state, "button.forget", Word.FORGET_ALL),),)
    return Reply(state=state, effects=(Say(text("forget.ask"), rows),))


def _forget_all(state: State) -> Reply:
    """Begin anew; the count of revisions and jobs goes on, so that nothing old fits again."""
    blank = State(
        session=state.session,
        revision=state.revision + 1,
        language=state.language,
        jobs=state.jobs,
    )
    effects = (*work.stopped(state).effects, ForgetAll(), Say(text("forget.done")))
    return Reply(state=blank, effects=effects)


def _open(page: Page) -> Callable[[State], Reply]:
    def opened(state: State) -> Reply:
        state.current()
        return Reply(state=replace(state, page=page, failed=None))

    return opened


def _done(state: State) -> Reply:
    state.current()
    return Reply(state=replace(state, page=Page.DONE, joint=None), note=text("toast.done"))


def _file(state: State) -> Reply:
    version = state.version
    if version is None:
        state.current()
        raise CommandError(text("refused.no_picture"))
    send = SendFile(version.made.picture, f"toeframe-{version.number}.png")
    return Reply(state=state, note=text("toast.file"), effects=(send,))


def _original(state: State) -> Reply:
    send = SendFile(state.original(), "original")
    return Reply(state=state, note=text("toast.file"), effects=(send,))


def _option(**changes: Any) -> Callable[[State], Reply]:
    return lambda state: _set(state, replace(state.options, **changes))


def _seed(state: State, number: int) -> Reply:
    return Reply(state=replace(state, seed=number), note=text("toast.set"))


_WORDS: Mapping[Word, Callable[[State], Reply]] = {
    Word.START: _start,
    Word.HELP: _help,
    Word.STATUS: _status,
    Word.PRIVACY: _tell(Topic.PRIVACY),
    Word.STATS: _tell(Topic.STATS),
    Word.SAMPLE: _sample,
    Word.FORGET: _forget,
    Word.FORGET_ALL: _forget_all,
    Word.CANCEL: work.cancel,
    Word.UNDO: desk.undo,
    Word.REDO: desk.redo,
    Word.RESET: desk.reset,
    Word.REFINE: work.paint,
    Word.REPAINT: lambda state: work.paint(state, repaint=True),
    Word.AGAIN: work.again,
    Word.ADJUST: _open(Page.POSE),
    Word.STANCES: _open(Page.STANCES),
    Word.DONE: _done,
    Word.ORIGINAL: _original,
    Word.FILE: _file,
    Word.SETTINGS: _settings,
}
_COUNTED: Mapping[Count, Callable[[State, int], Reply]] = {
    Count.STEP: desk.take_step,
    Count.PERSON: desk.choose_person,
    Count.VERSION: work.go_to,
    Count.VARIANTS: lambda state, number: work.paint(state, count=number),
    Count.BEST: lambda state, number: _option(best=number)(state),
    Count.METHOD: lambda state, number: _option(method=number)(state),
    Count.SEED: _seed,
}
