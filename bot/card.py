"""The card as a function of the conversation: its lines, its picture, its buttons."""

from bot.commands import (
    Auto,
    Choose,
    Command,
    Count,
    Counted,
    Extend,
    Paint,
    Pose,
    Quality,
    When,
    Word,
)
from bot.effects import Button, Card, Picture, Rows
from bot.grammar import token
from bot.states import Kind, Page, State, Version, Work
from bot.words import Text, Value, text
from pipeline.edits import DIRECTIONS
from pipeline.jobs import Stage
from pipeline.naming import NUMBERED, number_of
from pipeline.posing import spoken
from pipeline.skeleton import Joint
from pipeline.stances import STANCES

STEPS = (3, 10, 30)  # pixels that the buttons offer
JOINTS_A_ROW = 4
VARIANTS = 4
_PAINTED = frozenset({Stage.OUTPAINT, Stage.REFINE})  # stages whose steps are worth telling


def card_of(state: State) -> Card:
    """Draw up the card for a conversation as it is."""
    if state.page is Page.SETTINGS:
        return _settings(state)
    if state.work is not None:
        return _working(state, state.work)
    if state.page is Page.RECEIVING:
        rows = ((button(state, "button.cancel", Word.CANCEL),),)
        return Card(lines=(text("card.receiving"),), rows=rows)
    if state.page in (Page.FAILED, Page.CANCELLED):
        return _stopped(state)
    if state.version is None:
        return Card(lines=(text("card.welcome"),))
    if state.page is Page.POSE:
        return _pose(state, state.version)
    if state.page is Page.STANCES:
        return _stances(state, state.version)
    return _result(state, state.version)


def button(state: State, key: str, command: Command, **values: Value) -> Button:
    """Label a command for the conversation as it is."""
    return Button(text(key, **values), token(state.session, state.revision, command))


def _working(state: State, work: Work) -> Card:
    lines = [text("card.sent")] if work.order.kind is Kind.PREPARE else []
    if work.place is not None:
        lines.append(text("card.queued", place=work.place))
    if work.stage in _PAINTED:
        lines.append(text(f"card.stage.{work.stage}", step=work.step, steps=work.steps))
    elif work.stage is not None:
        lines.append(text(f"card.stage.{work.stage}"))
    if work.seconds is not None:
        lines.append(text("card.wait", seconds=work.seconds))
    base = work.preview or work.order.base or work.order.photo
    rows = ((button(state, "button.cancel", Word.CANCEL),),)
    return Card(
        lines=tuple(lines) or (text("toast.started"),), rows=rows, picture=Picture(base=base)
    )


def _stopped(state: State) -> Card:
    lines: tuple[Text, ...] = (text("card.cancelled"),)
    if state.page is Page.FAILED:
        told = state.reason or text("card.failed")
        lines = (told, text("card.failed.again"))
    again = (button(state, "button.again", Word.AGAIN),) if _can_repeat(state) else ()
    adjust = (button(state, "button.adjust", Word.ADJUST),) if state.version else ()
    base = state.version.made.picture if state.version else state.photo
    rows = ((*again, *adjust),) if again or adjust else ()
    return Card(lines=lines, rows=rows, picture=Picture(base=base) if base else None)


def _can_repeat(state: State) -> bool:
    return state.failed is not None or state.photo is not None or state.arrival is not None


def _pose(state: State, version: Version) -> Card:
    people = version.pose.present
    if not people:
        rows = ((button(state, "button.file", Word.FILE), button(state, "button.done", Word.DONE)),)
        lines = (text("card.pose.none"), *_facts(version))
        return Card(lines=lines, rows=rows, picture=Picture(base=version.made.picture))
    lines = [text("card.pose")]
    if len(people) > 1:
        lines.append(text("card.pose.person", number=state.person + 1, people=len(people)))
    if state.joint is not None:
        lines.append(text("card.pose.chosen", joint=spoken(state.joint), pixels=state.step))
    if version.is_edited:
        lines.append(text("card.pose.edited"))
    rows = (
        *_joints(state, version),
        *(_arrows(state, version, state.joint) if state.joint is not None else ()),
        (
            *((button(state, "button.undo", Word.UNDO),) if version.pose.past else ()),
            *((button(state, "button.redo", Word.REDO),) if version.pose.future else ()),
            button(state, "button.stances", Word.STANCES),
        ),
        *_others(state, version),
        (
            button(state, "button.refine", Word.REFINE),
            button(state, "button.again", Word.AGAIN),
            button(state, "button.done", Word.DONE),
        ),
    )
    return Card(lines=(*lines, *_notes(version)), rows=rows, picture=_drawn(state, version))


def _joints(state: State, version: Version) -> Rows:
    """Offer the numbered joints that this person has, hidden ones too: they can be shown again."""
    known = [joint for joint in NUMBERED if joint in version.pose.present[state.person]]
    labels = [
        button(
            state,
            "button.joint.chosen" if joint is state.joint else "button.joint",
            Choose(joint),
            number=number_of(joint) or 0,
            joint=spoken(joint),
        )
        for joint in known
    ]
    starts = range(0, len(labels), JOINTS_A_ROW)
    return tuple(tuple(labels[start : start + JOINTS_A_ROW]) for start in starts)


def _arrows(state: State, version: Version, joint: Joint) -> Rows:
    hidden = joint in version.pose.present[state.person].hidden
    show = ("button.restore", "restore") if hidden else ("button.hide", "hide")
    arrows = (
        button(state, f"button.{way}", Pose(f"{joint.label} {way} {state.step}"))
        for way in DIRECTIONS
    )
    steps = (
        button(
            state,
            "button.step.chosen" if pixels == state.step else "button.step",
            Counted(Count.STEP, pixels),
            pixels=pixels,
        )
        for pixels in STEPS
    )
    return tuple(arrows), (*steps, button(state, show[0], Pose(f"{show[1]} {joint.label}")))


def _others(state: State, version: Version) -> Rows:
    """Offer the people whom the edits do not move now."""
    others = tuple(
        button(state, "button.person", Counted(Count.PERSON, index + 1), number=index + 1)
        for index in range(len(version.pose.present))
        if index != state.person
    )
    return (others[:JOINTS_A_ROW],) if others else ()


def _stances(state: State, version: Version) -> Card:
    rows = (
        tuple(button(state, f"button.stance.{name}", Pose(f"preset {name}")) for name in STANCES),
        (
            button(state, "button.mirror", Pose("mirror")),
            button(state, "button.swap", Pose("swap legs")),
        ),
        tuple(
            button(state, f"button.front.{side}", Pose(f"front {side}"))
            for side in ("right", "left")
        ),
        (
            *((button(state, "button.undo", Word.UNDO),) if version.pose.past else ()),
            button(state, "button.reset", Word.RESET),
            button(state, "button.pose", Word.ADJUST),
        ),
    )
    return Card(lines=(text("card.stances"),), rows=rows, picture=_drawn(state, version))


def _result(state: State, version: Version) -> Card:
    picture = Picture(base=version.made.picture)
    if state.page is Page.DONE:
        rows = (
            (button(state, "button.file", Word.FILE), button(state, "button.adjust", Word.ADJUST)),
        )
        lines = (text("card.result.done"), *_facts(version))
        return Card(lines=lines, rows=rows, picture=picture)
    told = text("card.result", number=version.number, seed=version.order.seed)
    rows = (
        (
            button(state, "button.again", Word.AGAIN),
            button(state, "button.adjust", Word.ADJUST),
            button(state, "button.variants", Counted(Count.VARIANTS, VARIANTS)),
        ),
        (
            button(state, "button.file", Word.FILE),
            button(state, "button.settings", Word.SETTINGS),
            button(state, "button.done", Word.DONE),
        ),
        *_neighbours(state, version),
    )
    return Card(lines=(told, *_facts(version), *_notes(version)), rows=rows, picture=picture)


def _neighbours(state: State, version: Version) -> Rows:
    numbers = [known.number for known in state.versions]
    place = numbers.index(version.number)
    near = [*numbers[max(0, place - 1) : place], *numbers[place + 1 : place + 2]]
    found = tuple(
        button(state, "button.version", Counted(Count.VERSION, number), number=number)
        for number in near
    )
    return (found,) if found else ()


def _settings(state: State) -> Card:
    options, auto = state.options, text("word.auto")
    pose_step = text("word.on" if options.auto is When.OFF else "word.off")
    lines = (
        text("card.settings"),
        text("card.settings.extend", extend=Extend(options.extension).words.partition(" ")[2]),
        text("card.settings.prompt", prompt=options.prompt or auto),
        text("card.settings.garment", garment=options.garment or auto),
        text("card.settings.footwear", footwear=options.footwear or auto),
        text(
            "card.settings.quality",
            quality=text(f"word.quality.{options.quality}"),
            method=options.method,
            best=options.best,
        ),
        text("card.settings.seed", seed=state.seed),
        text("card.settings.auto", auto=pose_step),
    )
    qualities = tuple(
        button(
            state,
            "button.quality.chosen" if quality is options.quality else "button.quality",
            Paint(quality),
            quality=text(f"word.quality.{quality}"),
        )
        for quality in Quality
    )
    last = (
        button(
            state,
            "button.auto",
            Auto(When.ON if options.auto is When.OFF else When.OFF),
            auto=pose_step,
        ),
        button(state, "button.close", Word.STATUS),
    )
    return Card(lines=lines, rows=(qualities, last))


def _drawn(state: State, version: Version) -> Picture:
    people = version.pose.present
    return Picture(base=version.made.picture, people=people, person=state.person, joint=state.joint)


def _facts(version: Version) -> tuple[Text, ...]:
    changed = version.made.changed
    return (text("card.changed", pixels=changed) if changed else text("card.exact"),)


def _notes(version: Version) -> tuple[Text, ...]:
    return tuple(text("told", sentence=note) for note in version.made.notes)
