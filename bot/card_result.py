"""The card once a picture is there: the picture itself, or several to choose from."""

from bot.buttons import button, choice, in_rows, plain, rows_of
from bot.commands import Count, Counted, Repaint, Word
from bot.effects import Button, Card, Picture
from bot.states import Kind, Page, State, Version
from bot.words import Text, text
from bot.work import neighbours
from pipeline.jobs import Method

VARIANTS = 4  # that the button orders
FORMS = (Method.RENOISE, Method.REPAINT)  # of repainting; pixels are not in every profile


def result_card(state: State, version: Version) -> Card:
    """Show a picture, and what can be done with it."""
    picture = Picture(base=version.made.picture)
    if state.page is Page.DONE:
        rows = rows_of(plain(state, Word.FILE, Word.ADJUST))
        lines = (text("card.result.done"), *facts(version))
        return Card(lines=lines, rows=rows, picture=picture)
    told = text("card.result", number=version.number, seed=version.order.seed)
    variants = button(state, "button.variants", Counted(Count.VARIANTS, VARIANTS))
    rows = (
        (*plain(state, Word.AGAIN, Word.ADJUST), *((variants,) if version.made.people else ())),
        plain(state, Word.FILE, Word.SETTINGS, Word.DONE),
        _forms(state, version),
        _tree(state),
    )
    return Card(
        lines=(told, *facts(version), *notes(version)), rows=rows_of(*rows), picture=picture
    )


def variants_card(state: State, version: Version) -> Card:
    """Show the pictures of one job beside each other, to pick one."""
    found = state.siblings
    numbers = tuple(
        choice(
            state,
            text("button.number", number=place),
            Counted(Count.VERSION, one.number),
            chosen=False,
        )
        for place, one in enumerate(found, start=1)
    )
    more = button(state, "button.variants.more", Counted(Count.VARIANTS, VARIANTS))
    picture = Picture(base=version.made.picture, sheet=tuple(one.made.picture for one in found))
    rows = rows_of(*in_rows(numbers, 4), (more, *plain(state, Word.ADJUST, Word.DONE)))
    return Card(lines=(text("card.variants", count=len(found)),), rows=rows, picture=picture)


def facts(version: Version) -> tuple[Text, ...]:
    """Say whether the photo itself is as it was, counted, and how well the legs came out."""
    changed, score = version.made.changed, version.made.score
    photo = text("card.changed", count=changed) if changed else text("card.exact")
    legs = () if score is None else (text("card.score", percent=round(score * 100)),)
    return (photo, *legs)


def notes(version: Version) -> tuple[Text, ...]:
    """Give what the painter said, and that repainting moved nobody."""
    said = tuple(text("told", sentence=note) for note in version.made.notes)
    return (*said, text("card.repainted")) if version.order.kind is Kind.REPAINT else said


def _forms(state: State, version: Version) -> tuple[Button, ...]:
    """Offer to repaint what was repainted in another form."""
    if version.order.kind is not Kind.REPAINT:
        return ()
    return tuple(
        choice(
            state,
            text(f"button.repaint.{form}"),
            Repaint(form),
            chosen=form is version.order.repaint,
        )
        for form in FORMS
    )


def _tree(state: State) -> tuple[Button, ...]:
    """Offer to go back and on among the versions, and to see the variants again."""
    before, after = neighbours(state)
    back = () if before is None else (_to(state, "button.back", before),)
    on = () if after is None else (_to(state, "button.forward", after),)
    pick = plain(state, Word.PICK) if len(state.siblings) > 1 else ()
    return (*back, *pick, *on)


def _to(state: State, key: str, number: int) -> Button:
    return button(state, key, Counted(Count.VERSION, number), number=number)
