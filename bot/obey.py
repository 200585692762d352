"""What each command does to a conversation."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot import desk, work
from bot.buttons import button
from bot.card_settings import languages
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
    Repaint,
    Speak,
    Word,
)
from bot.effects import ForgetAll, OpenEditor, Reply, Say, SendFile, TakeSample, Tell, Topic
from bot.states import Arrival, Kind, Page, State
from bot.wishes import wished
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
        case Pose() | Push() | Choose():
            return _at_the_desk(state, command)
        case Extend():
            return _extend(state, command)
        case Repaint():
            return work.paint(state, repaint=command.form)
        case Auto():
            return _noted(state, command, "toast.auto." + command.when)
        case Speak():
            return _noted(state, command, "toast.set")
        case Prompt() | Dress() | Paint():
            return _set(state, command)


def _at_the_desk(state: State, command: Pose | Push | Choose) -> Reply:
    match command:
        case Pose():
            return desk.move(state, command)
        case Push():
            return desk.push(state, command)
        case Choose():
            return desk.choose(state, command)


def _noted(state: State, command: Command, note: str) -> Reply:
    return Reply(state=wished(state, command) or state, note=text(note))


def _set(state: State, command: Command) -> Reply:
    """Note a wish, and say from when on it counts, or that the painter may not understand it."""
    if not command.words.isascii():
        return _noted(state, command, "toast.foreign")
    painted = state.work is not None or state.versions
    return _noted(state, command, "toast.next_time" if painted else "toast.set")


def _extend(state: State, command: Extend) -> Reply:
    """Take a new frame; a picture of the old one is painted anew at once."""
    if state.photo is None:
        return _set(state, command)
    if state.work is not None and state.work.order.kind is not Kind.PREPARE:
        raise CommandError(text("refused.busy"))
    return work.prepare(wished(state, command) or state)


def _start(state: State) -> Reply:
    """Greet, with a photo to try."""
    rows = ((button(state, "button.sample", Word.SAMPLE),),)
    return Reply(state=state, effects=(Say(text("start"), rows),))


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


def _ask_language(state: State) -> Reply:
    return Reply(state=state, effects=(Say(text("language.ask"), (languages(state),)),))


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
        return Reply(state=replace(state.settled(), page=page))

    return opened


def _editor(state: State) -> Reply:
    state.current()
    return Reply(state=state, note=text("toast.editor"), effects=(OpenEditor(),))


def _pick(state: State) -> Reply:
    """Show all the pictures that one job gave beside each other."""
    if len(state.siblings) < 2:
        state.current()
        raise CommandError(text("refused.no_variants"))
    return _open(Page.VARIANTS)(state)


def _done(state: State) -> Reply:
    state.current()
    done = replace(state.settled(), page=Page.DONE, joint=None)
    return Reply(state=done, note=text("toast.done"))


def _file(state: State) -> Reply:
    version = state.version or state.current()
    send = SendFile(version.made.picture, f"toeframe-{version.number}.png")
    return Reply(state=state, note=text("toast.file"), effects=(send,))


def _original(state: State) -> Reply:
    send = SendFile(state.original(), "original")
    return Reply(state=state, note=text("toast.file"), effects=(send,))


_WORDS: Mapping[Word, Callable[[State], Reply]] = {
    Word.START: _start,
    Word.HELP: _help,
    Word.STATUS: _status,
    Word.PRIVACY: _tell(Topic.PRIVACY),
    Word.STATS: _tell(Topic.STATS),
    Word.SAMPLE: _sample,
    Word.LANGUAGES: _ask_language,
    Word.FORGET: _forget,
    Word.FORGET_ALL: _forget_all,
    Word.CANCEL: work.cancel,
    Word.UNDO: desk.undo,
    Word.REDO: desk.redo,
    Word.RESET: desk.reset,
    Word.REFINE: work.paint,
    Word.AGAIN: work.again,
    Word.ADJUST: _open(Page.POSE),
    Word.STANCES: _open(Page.STANCES),
    Word.EDITOR: _editor,
    Word.PICK: _pick,
    Word.BACK: work.go_back,
    Word.FORWARD: work.go_forward,
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
    Count.BEST: lambda state, number: _set(state, Counted(Count.BEST, number)),
    Count.METHOD: lambda state, number: _set(state, Counted(Count.METHOD, number)),
    Count.SEED: lambda state, number: _noted(state, Counted(Count.SEED, number), "toast.set"),
}
