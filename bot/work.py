"""Jobs of a conversation: ordering, following, stopping, and taking in what they give."""

from dataclasses import replace

from bot.commands import LARGEST_SEED, CommandError
from bot.effects import CancelJob, Enqueue, Reply
from bot.events import Progressed, Queued
from bot.states import MOST_VERSIONS, Arrival, Kind, Made, Order, Page, State, Version, Work
from bot.words import Text, text
from pipeline.history import History
from pipeline.jobs import Method


def prepare(state: State) -> Reply:
    """Complete the photo, as the settings say now; what still runs is stopped."""
    photo = state.original()
    kept = stopped(state)
    order = Order(
        kind=Kind.PREPARE,
        photo=photo,
        base=None,
        people=(),
        options=state.options,
        seed=state.seed,
    )
    started = start(kept.state, order)
    return replace(started, effects=(*kept.effects, *started.effects))


def paint(
    state: State, *, count: int = 1, repaint: Method | None = None, mask: str | None = None
) -> Reply:
    """Paint the legs of the current version anew, where its people were moved to.

    Args:
        state: The conversation.
        count: How many variants.
        repaint: Which form of the second method repaints, which moves nobody; None paints by the
            method that is set.
        mask: Reference to what was drawn of where to paint, which the first method then does.
    """
    version = state.current()
    method_two = mask is None and (repaint is not None or state.options.method == 2)
    if mask is None and not version.pose.present and not method_two:
        raise CommandError(text("refused.no_person"))
    order = Order(
        kind=Kind.REPAINT if method_two else Kind.REFINE,
        photo=version.order.photo,
        base=version.made.picture,
        people=version.pose.present,
        options=state.options,
        seed=state.seed,
        count=count,
        repaint=repaint or Method.RENOISE,
        mask=mask,
    )
    return start(state, order, parent=version.number)


def again(state: State) -> Reply:
    """Do the last thing again: the same if it gave nothing, else with a new seed."""
    if state.work is not None:
        raise CommandError(text("refused.busy"))
    if state.arrival is Arrival.CANCELLED:
        return _awaiting(state, Arrival.AWAITED, Page.RECEIVING)
    if state.failed is not None:
        return start(state, state.failed, parent=state.at if state.failed.base else None)
    version = state.version
    if version is None and state.photo is not None:
        return prepare(state)
    if version is None:
        raise CommandError(text("refused.nothing_again"))
    order = replace(version.order, seed=state.seed, options=state.options, count=1)
    return start(state, order, parent=version.parent)


def start(state: State, order: Order, *, parent: int | None = None) -> Reply:
    """Order a job; buttons from before it are stale."""
    job = state.jobs + 1
    working = replace(
        state.settled(),
        revision=state.revision + 1,
        jobs=job,
        seed=(order.seed + order.count) % (LARGEST_SEED + 1),
        work=Work(job=job, order=order, parent=parent),
        page=Page.WORKING,
    )
    return Reply(state=working, note=text("toast.started"), effects=(Enqueue(job, order),))


def stopped(state: State) -> Reply:
    """Stop what runs, if anything does; where it would be done again is remembered."""
    if state.work is None:
        return Reply(state=state)
    job = state.work.job
    return Reply(
        state=_without_work(state, Page.CANCELLED),
        note=text("toast.cancelled"),
        effects=(CancelJob(job),),
    )


def cancel(state: State) -> Reply:
    """Stop what runs.

    Raises:
        CommandError: Nothing does.
    """
    if state.arrival is Arrival.AWAITED:
        return _awaiting(state, Arrival.CANCELLED, Page.CANCELLED)
    if state.work is None:
        raise CommandError(text("refused.nothing_runs"))
    return stopped(state)


def _awaiting(state: State, arrival: Arrival, page: Page) -> Reply:
    note = text("toast.cancelled" if arrival is Arrival.CANCELLED else "toast.started")
    changed = replace(state, arrival=arrival, page=page, revision=state.revision + 1)
    return Reply(state=changed, note=note)


def followed(work: Work, event: Queued | Progressed) -> Work:
    """Note how far a job is."""
    if isinstance(event, Queued):
        return replace(work, place=event.place, seconds=event.seconds, stage=None)
    return replace(
        work,
        place=None,
        seconds=event.seconds,
        stage=event.stage,
        step=event.step,
        steps=event.steps,
        preview=event.preview or work.preview,
    )


def finished(state: State, work: Work, results: tuple[Made, ...]) -> State:
    """Take in what the running job gave; the first picture is worked on."""
    if not results:
        return ended(state, Page.FAILED)
    new = tuple(
        Version(
            number=state.newest + 1 + index,
            parent=work.parent,
            job=work.job,
            order=replace(work.order, seed=(work.order.seed + index) % (LARGEST_SEED + 1)),
            made=made,
            pose=History(made.people),
        )
        for index, made in enumerate(results)
    )
    changed = replace(
        state,
        versions=(*(_trimmed(old) for old in state.versions), *new)[-MOST_VERSIONS:],
        page=_page_after(state, work, len(new)),
        work=None,
        revision=state.revision + 1,
    )
    return _standing_at(changed, new[0].number)


def _page_after(state: State, work: Work, pictures: int) -> Page:
    if pictures > 1:
        return Page.VARIANTS
    return Page.POSE if state.poses(work.order) else Page.RESULT


def ended(state: State, page: Page, *, reason: Text | None = None) -> State:
    """Note that the running job gave nothing."""
    return replace(_without_work(state, page), reason=reason)


def go_to(state: State, number: int) -> Reply:
    """Return to a version, of an earlier photo too, with its pose as it was left."""
    if state.work is not None or not state.versions:
        state.current()
    if all(version.number != number for version in state.versions):
        raise CommandError(text("refused.version", number=number, newest=state.newest))
    left = replace(state, versions=tuple(_trimmed(old) for old in state.versions))
    shown = replace(
        _standing_at(left, number).settled(),
        page=Page.RESULT,
        revision=state.revision + 1,
    )
    return Reply(state=shown, note=text("toast.version", number=number))


def go_back(state: State) -> Reply:
    """Return to what the current version was painted from."""
    before, _ = neighbours(state)
    if before is None:
        state.current()
        raise CommandError(text("refused.no_earlier"))
    return go_to(state, before)


def go_forward(state: State) -> Reply:
    """Go on to what was painted from the current version last."""
    _, after = neighbours(state)
    if after is None:
        state.current()
        raise CommandError(text("refused.no_later"))
    return go_to(state, after)


def neighbours(state: State) -> tuple[int | None, int | None]:
    """Tell the version to go back to, and the one to go on to.

    Back is the version that the current one was painted from, or the one before it where that is
    forgotten or never was; forward is the last one that was painted from it, or the one after it.
    """
    version = state.version
    if version is None:
        return None, None
    numbers = [known.number for known in state.versions]
    earlier = [number for number in numbers if number < version.number]
    later = [number for number in numbers if number > version.number]
    children = [known.number for known in state.versions if known.parent == version.number]
    before = version.parent if version.parent in numbers else max(earlier, default=None)
    return before, max(children, default=min(later, default=None))


def _without_work(state: State, page: Page) -> State:
    order = state.work.order if state.work else state.failed
    return replace(
        state, work=None, failed=order, reason=None, page=page, revision=state.revision + 1
    )


def _standing_at(state: State, number: int) -> State:
    """Work on a version; who and which joint is chosen stays where that is possible."""
    moved = replace(state, at=number)
    people = moved.version.pose.present if moved.version else ()
    if state.person < len(people):
        joint = state.joint if state.joint in people[state.person].keypoints else None
        return replace(moved, joint=joint)
    return replace(moved, person=0, joint=None)


def _trimmed(version: Version) -> Version:
    """Forget the steps, not the pose, of a version that is left: states stay small."""
    return replace(version, pose=History(version.pose.present))
