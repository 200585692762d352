"""How the person wants it: commands that set something and paint nothing."""

from dataclasses import replace

from bot.commands import (
    Auto,
    Command,
    Count,
    Counted,
    Dress,
    Extend,
    Paint,
    Prompt,
    Speak,
    Wear,
    When,
)
from bot.states import Arrival, Kind, Options, State


def wished(state: State, command: Command) -> State | None:
    """Take a wish over; None where the command is no wish."""
    match command:
        case Counted():
            return _counted(state, command)
        case Speak():
            return replace(state, language=command.language)
        case Auto():
            return _auto(state, command.when)
        case _:
            options = _options(state.options, command)
            return None if options is None else replace(state, options=options)


def _options(options: Options, command: Command) -> Options | None:
    match command:
        case Extend():
            return replace(options, extension=command.extension)
        case Prompt():
            return replace(options, prompt=command.prompt)
        case Dress(Wear.GARMENT, what):
            return replace(options, garment=what)
        case Dress(Wear.FOOTWEAR, what):
            return replace(options, footwear=what)
        case Dress(_, what):
            return replace(options, floor=what)
        case Paint():
            return replace(options, quality=command.quality)
        case _:
            return None


def _counted(state: State, command: Counted) -> State | None:
    number = command.number
    match command.verb:
        case Count.STEP:
            return replace(state, step=number)
        case Count.SEED:
            return replace(state, seed=number)
        case Count.BEST:
            return replace(state, options=replace(state.options, best=number))
        case Count.METHOD:
            return replace(state, options=replace(state.options, method=number))
        case _:
            return None


def _auto(state: State, when: When) -> State:
    """Skip the pose step of the next photo, which is the one that is being completed, if one is."""
    under_way = state.arrival is Arrival.AWAITED or (
        state.work is not None and state.work.order.kind is Kind.PREPARE
    )
    skips = when is not When.OFF if under_way else state.skips
    if when is When.ONCE and under_way:
        return replace(state, skips=skips)
    return replace(state, skips=skips, options=replace(state.options, auto=when))
