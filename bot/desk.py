"""Editing a skeleton in a conversation: whom, which joint, and back and forth."""

from collections.abc import Callable
from dataclasses import replace

from bot.commands import Choose, CommandError, Pose, Push
from bot.effects import Reply
from bot.naming import edit_text, joint_text
from bot.states import Page, People, State, Version
from bot.words import Text, text
from pipeline.edits import apply, parse_edit
from pipeline.history import History
from pipeline.posing import point_of
from pipeline.skeleton import Skeleton

FARTHEST = 50_000.0  # pixels from the canvas's corner; repeated scaling would leave all bounds


def move(state: State, command: Pose) -> Reply:
    """Carry an edit out on the chosen person."""
    version = state.current()
    edit = parse_edit(command.edit)
    skeleton = _within_bounds(apply(_chosen(state, version), edit))
    people = version.pose.present
    edited = (*people[: state.person], skeleton, *people[state.person + 1 :])
    if edited == people:
        return Reply(state=_at_desk(state), note=text("toast.unchanged"))
    return _with(state, version, version.pose.recorded(edited), edit_text(edit.text))


def save(state: State, number: int, people: People) -> Reply:
    """Take over how people were moved by hand, as one step that can be undone.

    Raises:
        CommandError: Another version is worked on by now, or they are not its people.
    """
    version = state.current()
    if version.number != number or len(people) != len(version.pose.present):
        raise CommandError(text("refused.moved_on"))
    moved = tuple(_within_bounds(person) for person in people)
    if moved == version.pose.present:
        return Reply(state=state)
    return _with(state, version, version.pose.recorded(moved), text("toast.saved"))


def push(state: State, command: Push) -> Reply:
    """Nudge the joint that was chosen."""
    state.current()
    if state.joint is None:
        raise CommandError(text("refused.no_joint"))
    return move(state, Pose(f"{state.joint.label} {command.moves}"))


def choose(state: State, command: Choose) -> Reply:
    """Take a joint for the arrows; a hidden one too, so that it can be shown again."""
    skeleton = _chosen(state, state.current())
    if command.joint not in skeleton.hidden & skeleton.keypoints.keys():
        point_of(skeleton, command.joint)
    note = text("toast.joint", joint=joint_text(command.joint))
    return Reply(state=replace(_at_desk(state), joint=command.joint), note=note)


def choose_person(state: State, number: int) -> Reply:
    """Take another person for the edits; old buttons would move the wrong one."""
    people = len(state.current().pose.present)
    if number > people:
        raise CommandError(text("refused.person", number=number, people=people))
    chosen = replace(_at_desk(state), person=number - 1, joint=None, revision=state.revision + 1)
    return Reply(state=chosen, note=text("toast.person", number=number))


def take_step(state: State, pixels: int) -> Reply:
    """Set how far an arrow moves."""
    return Reply(state=replace(state, step=pixels), note=text("toast.step", count=pixels))


def undo(state: State) -> Reply:
    return _travel(state, History[People].undone, "toast.undone")


def redo(state: State) -> Reply:
    return _travel(state, History[People].redone, "toast.redone")


def reset(state: State) -> Reply:
    """Go back to the pose that came with the picture; this too can be undone."""
    found = state.current().made.people
    return _travel(state, lambda pose: pose.recorded(found), "toast.reset")


def _travel(state: State, change: Callable[[History[People]], History[People]], said: str) -> Reply:
    version = state.current()
    return _with(state, version, change(version.pose), text(said))


def _with(state: State, version: Version, pose: History[People], said: Text) -> Reply:
    return Reply(state=_at_desk(state.having(replace(version, pose=pose))), note=said)


def _at_desk(state: State) -> State:
    """Show the pose, unless a page of it is open already; what failed before is let go."""
    page = Page.STANCES if state.page is Page.STANCES else Page.POSE
    return replace(state.settled(), page=page)


def _chosen(state: State, version: Version) -> Skeleton:
    if state.person >= len(version.pose.present):
        raise CommandError(text("refused.no_person"))
    return version.pose.present[state.person]


def _within_bounds(skeleton: Skeleton) -> Skeleton:
    # Written so that a coordinate that is no number is refused as well.
    points = skeleton.keypoints.values()
    if not all(abs(point.x) <= FARTHEST and abs(point.y) <= FARTHEST for point in points):
        raise CommandError(text("refused.too_far"))
    return skeleton
