"""The card while somebody is posed: numbered joints, arrows for the chosen one, ready stances."""

from bot.buttons import button, choice, in_rows, plain, rows_of
from bot.card_result import facts, notes
from bot.commands import Choose, Count, Counted, Pose, Word
from bot.effects import Button, Card, Picture, Rows
from bot.naming import joint_text
from bot.states import State, Version
from bot.words import Text, text
from pipeline.naming import NUMBERED, number_of
from pipeline.skeleton import Joint
from pipeline.stances import STANCES

STEPS = (3, 10, 30)  # pixels that one press of an arrow may move
MOST_PEOPLE = 4  # whom buttons offer; the others are named by `person 7`


def pose_card(state: State, version: Version) -> Card:
    """Show the skeleton with its handles, and what moves them."""
    people = version.pose.present
    if not people:
        lines = (text("card.pose.none"), *facts(version), *notes(version))
        row = plain(state, Word.FILE, Word.AGAIN, Word.DONE)
        return Card(lines=lines, rows=rows_of(row), picture=Picture(base=version.made.picture))
    lines = _asked(state)
    if len(people) > 1:
        lines.append(text("card.pose.person", number=state.person + 1, people=len(people)))
    if version.is_edited:
        lines.append(text("card.pose.edited"))
    rows = (
        *_joints(state, version),
        *(_pad(state, version, state.joint) if state.joint is not None else ()),
        *in_rows(
            (*_travels(version, state), *plain(state, Word.STANCES), *_others(state, version)), 4
        ),
        plain(state, Word.EDITOR),
        plain(state, Word.REFINE, Word.AGAIN, Word.DONE),
    )
    return Card(
        lines=(*lines, *notes(version)), rows=rows_of(*rows), picture=_drawn(state, version)
    )


def stances_card(state: State, version: Version) -> Card:
    """Offer ready stances, and what is done to both legs at once."""
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
        (*_travels(version, state), *plain(state, Word.RESET)),
        (button(state, "button.pose", Word.ADJUST), *plain(state, Word.REFINE)),
    )
    picture = _drawn(state, version)
    return Card(lines=(text("card.stances"),), rows=rows_of(*rows), picture=picture)


def _asked(state: State) -> list[Text]:
    """Say what to do next."""
    if state.joint is None:
        return [text("card.pose")]
    chosen = text("card.pose.chosen", joint=joint_text(state.joint), pixels=state.step)
    return [chosen, text("card.pose.move")]


def _joints(state: State, version: Version) -> Rows:
    """Offer the numbered joints that this person has, hidden ones too: they can be shown again.

    They stand as on the picture of somebody who faces the camera: right ones on the left. Once one
    is chosen, their numbers are enough.
    """
    known = [joint for joint in NUMBERED if joint in version.pose.present[state.person].keypoints]
    if state.joint is None:
        named = [
            button(
                state,
                "button.joint",
                Choose(joint),
                number=number_of(joint) or 0,
                joint=joint_text(joint),
            )
            for joint in known
        ]
        return in_rows(named, 2)
    numbers = [
        choice(
            state,
            text("button.number", number=number_of(joint) or 0),
            Choose(joint),
            chosen=joint is state.joint,
        )
        for joint in known
    ]
    return in_rows(numbers, len(NUMBERED))


def _pad(state: State, version: Version, joint: Joint) -> Rows:
    """Lay the arrows out as on a keyboard, with what else one does to a joint beside them."""
    hidden = joint in version.pose.present[state.person].hidden
    show = ("button.restore", "restore") if hidden else ("button.hide", "hide")
    up, left, down, right = (
        button(state, f"button.{way}", Pose(f"{joint.label} {way} {state.step}"))
        for way in ("up", "left", "down", "right")
    )
    step = button(state, "button.step", Counted(Count.STEP, _next_step(state)), pixels=state.step)
    return (
        (button(state, show[0], Pose(f"{show[1]} {joint.label}")), up, step),
        (left, down, right),
    )


def _next_step(state: State) -> int:
    return next((step for step in STEPS if step > state.step), STEPS[0])


def _travels(version: Version, state: State) -> tuple[Button, ...]:
    back = (Word.UNDO,) if version.pose.past else ()
    forth = (Word.REDO,) if version.pose.future else ()
    return plain(state, *back, *forth)


def _others(state: State, version: Version) -> tuple[Button, ...]:
    """Offer the people whom the edits do not move now."""
    others = tuple(
        button(state, "button.person", Counted(Count.PERSON, index + 1), number=index + 1)
        for index in range(len(version.pose.present))
        if index != state.person
    )
    return others[:MOST_PEOPLE]


def _drawn(state: State, version: Version) -> Picture:
    people = version.pose.present
    return Picture(base=version.made.picture, people=people, person=state.person, joint=state.joint)
