"""What a conversation orders as a request to a worker, and what came of it as an event."""

from typing import Any

from bot.events import Prepared, Refined
from bot.painting import Kind, Made, Order
from bot.states import State
from pipeline import jobs, wire
from storage.jobs import Job


def document_of(state: State, order: Order) -> dict[str, Any]:
    """Write down all that a job's pictures depend on, as the job is kept."""
    return wire.document_of(painting_of(state, order))


def painting_of(state: State, order: Order) -> wire.Painting:
    """Say an order in a worker's words.

    Args:
        state: The conversation; the picture that the order changes is one of its versions.
        order: What it orders.
    """
    base = None if order.base is None else _base(state, order.base)
    return wire.Painting(
        kind=order.kind,
        photo=order.photo,
        base=base,
        people=order.people if base else (),
        mask=order.mask,
        extension=order.options.extension,
        caption=order.options.prompt,
        settings=_settings(order),
        count=order.count,
    )


def _base(state: State, picture: str) -> wire.Base:
    made = next(known.made for known in state.versions if known.made.picture == picture)
    return wire.Base(
        picture=made.picture, canvas=made.canvas, people=made.people, caption=made.caption
    )


def _settings(order: Order) -> jobs.Settings:
    options = order.options
    repaints = order.kind is Kind.REPAINT
    return jobs.Settings(
        seed=order.seed,
        quality=options.quality,
        best=options.best,
        garment=options.garment,
        footwear=options.footwear,
        floor=options.floor,
        method=order.repaint if repaints else jobs.Method.CONTROLNET,
    )


def event_of(job: Job, response: wire.Response) -> Prepared | Refined:
    """Say what a job gave in the conversation's words."""
    made = tuple(_made(painted, response.notes) for painted in response.pictures)
    if job.kind == Kind.PREPARE:
        return Prepared(job.number, made[0])
    return Refined(job.number, made)


def _made(painted: wire.Painted, notes: tuple[str, ...]) -> Made:
    return Made(
        picture=painted.picture.hash,
        people=painted.people,
        canvas=painted.canvas,
        caption=painted.caption,
        changed=painted.changed,
        score=painted.score.total if painted.score else None,
        notes=notes,
    )
