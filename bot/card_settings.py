"""The card while settings are open: what holds, and buttons for what is chosen most."""

from collections.abc import Mapping

from bot.buttons import button, choice, in_rows, rows_of
from bot.commands import (
    Auto,
    Count,
    Counted,
    Dress,
    Extend,
    Paint,
    Quality,
    Speak,
    Wear,
    When,
    Word,
)
from bot.effects import Button, Card, Rows
from bot.states import State
from bot.words import LANGUAGES, Text, text
from pipeline.extension import AUTO, Amount, Extension, Unit
from pipeline.wording import FLOORS, FOOTWEAR, GARMENTS

OFFERED: Mapping[Wear, tuple[str, ...]] = {
    Wear.GARMENT: tuple(GARMENTS),
    Wear.FOOTWEAR: tuple(FOOTWEAR),
    Wear.FLOOR: ("wood", "tiles", "grass"),  # the others are typed
}
CHOICES = frozenset({*GARMENTS, *FOOTWEAR, *FLOORS})
A_ROW = 4
FRAMES = (AUTO, Amount(Unit.SHARE, 0.3), Amount(Unit.SHARE, 0.6), Amount(Unit.SHARE, 1.0))
BEST_OF = (1, 4)
METHODS = (1, 2)
LONGEST_SHOWN = 120  # characters of a prompt; the whole of it is painted all the same


def settings_card(state: State) -> Card:
    """Show all settings, and buttons for them."""
    rows = (
        _frames(state),
        *_wears(state, Wear.GARMENT, state.options.garment),
        *_wears(state, Wear.FOOTWEAR, state.options.footwear),
        *_wears(state, Wear.FLOOR, state.options.floor),
        _qualities(state),
        _methods(state),
        _bests(state),
        languages(state),
        _last(state),
    )
    return Card(lines=_lines(state), rows=rows_of(*rows))


def _lines(state: State) -> tuple[Text, ...]:
    options, auto = state.options, text("word.auto")
    seen = text("word.as_seen")
    frame = Extend(options.extension).words.partition(" ")[2]
    return (
        text("card.settings"),
        text("card.settings.extend", extend=auto if frame == str(AUTO) else frame),
        text("card.settings.prompt", prompt=_cut(options.prompt) or auto),
        text("card.settings.garment", garment=_wear(options.garment) or seen),
        text("card.settings.footwear", footwear=_wear(options.footwear) or seen),
        text("card.settings.floor", floor=_wear(options.floor) or seen),
        text(
            "card.settings.painting",
            quality=text(f"word.quality.{options.quality}"),
            method=options.method,
            best=options.best,
        ),
        text("card.settings.seed", seed=state.seed),
        text("card.settings.how"),
    )


def _cut(prompt: str | None) -> str | None:
    """Shorten what a person said, so that the whole card fits under a picture."""
    return (
        prompt if prompt is None or len(prompt) <= LONGEST_SHOWN else f"{prompt[:LONGEST_SHOWN]}…"
    )


def _wear(what: str | None) -> Text | str | None:
    return text(f"word.wear.{what}") if what in CHOICES else what


def _frames(state: State) -> tuple[Button, ...]:
    return tuple(
        choice(
            state,
            text("button.frame.auto") if frame.is_auto else text("button.frame", amount=str(frame)),
            Extend(Extension(down=frame)),
            chosen=state.options.extension == Extension(down=frame),
        )
        for frame in FRAMES
    )


def _wears(state: State, wear: Wear, chosen: str | None) -> Rows:
    """Offer what is usual, and first that it be like the part that is seen."""
    buttons = [
        choice(
            state,
            text(f"word.wear.{what}") if what else text("button.as_seen"),
            Dress(wear, what),
            chosen=what == chosen,
        )
        for what in (None, *OFFERED[wear])
    ]
    return in_rows(buttons, A_ROW)


def _qualities(state: State) -> tuple[Button, ...]:
    return tuple(
        choice(
            state,
            text(f"word.quality.{quality}"),
            Paint(quality),
            chosen=quality is state.options.quality,
        )
        for quality in Quality
    )


def _methods(state: State) -> tuple[Button, ...]:
    return tuple(
        choice(
            state,
            text("button.method", number=number),
            Counted(Count.METHOD, number),
            chosen=number == state.options.method,
        )
        for number in METHODS
    )


def _bests(state: State) -> tuple[Button, ...]:
    return tuple(
        choice(
            state,
            text("button.best", number=number) if number > 1 else text("button.best.one"),
            Counted(Count.BEST, number),
            chosen=number == state.options.best,
        )
        for number in BEST_OF
    )


def languages(state: State) -> tuple[Button, ...]:
    """Offer the languages."""
    return tuple(
        choice(
            state,
            text(f"button.language.{code}"),
            Speak(code),
            chosen=code == state.language,
        )
        for code in LANGUAGES
    )


def _last(state: State) -> tuple[Button, ...]:
    skips = state.options.auto is not When.OFF
    other = When.OFF if skips else When.ON
    pose_step = text("word.off" if skips else "word.on")
    return (
        button(state, "button.auto", Auto(other), auto=pose_step),
        button(state, "button.close", Word.STATUS),
    )
