"""Plain English captions in clauses, from a closed vocabulary."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.bundle.labels import LEG_LABELS, Label
from pipeline.bundle.outfits import Words


class Clause(StrEnum):
    """What a caption can mention; `PERSON` is always there."""

    HAIR = "hair"
    TOP = "top"
    BOTTOM = "bottom"
    SHOES = "shoes"
    POSTURE = "posture"
    VIEW = "view"
    PLACE = "place"
    FLOOR = "floor"
    COMPANION = "companion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """Everything that a caption is made from.

    Attributes:
        words: The clothes.
        posture: "standing", "walking", "sitting", ...
        view: "from behind", "from the side", or None when seen from the front.
        place: What is behind, with its article: "a brick wall".
        floor: What is underfoot: "a wooden floor"; None where none shows.
        companion: Somebody else in the picture: "a man in blue jeans"; None for people alone.
    """

    words: Words
    posture: str
    view: str | None
    place: str
    floor: str | None
    companion: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "Attributes":
        """Read what `as_dict` gave."""
        return cls(**{**stored, "words": Words(**stored["words"])})


def caption(attributes: Attributes, clauses: Iterable[Clause] = Clause) -> str:
    """Say it in one line, leaving out what is not in `clauses`."""
    kept, words = set(clauses), attributes.words
    text = f"a {words.sex}"
    if Clause.HAIR in kept and words.hair != "shaved":
        style = {"tied": "tied ", "long": "long ", "short": "short "}[words.hair]
        text += f" with {style}{words.hair_colour} hair"
    worn = [_top(words)] if Clause.TOP in kept else []
    if Clause.BOTTOM in kept and not (worn and words.bottom == "dress"):
        worn.append(_bottom(words))
    if Clause.SHOES in kept and words.shoe_colour is not None:
        worn.append(f"{words.shoe_colour} {words.shoes}")
    if worn:
        text += " in " + (", ".join(worn[:-1]) + " and " + worn[-1] if len(worn) > 1 else worn[0])
    tail = ["barefoot"] if Clause.SHOES in kept and words.shoe_colour is None else []
    tail += [attributes.posture] if Clause.POSTURE in kept else []
    tail += [f"seen {attributes.view}"] if Clause.VIEW in kept and attributes.view else []
    if Clause.COMPANION in kept and attributes.companion:
        tail.append(f"next to {attributes.companion}")
    text += "".join(f", {part}" for part in tail)
    if Clause.PLACE in kept:
        text += f"{',' if worn or tail else ''} in front of {attributes.place}"
    if Clause.FLOOR in kept and attributes.floor:
        text += f" on {attributes.floor}"
    return text


def _top(words: Words) -> str:
    sleeves = {"short": "short-sleeved ", "long": "", "no": ""}[words.sleeves]
    sleeves = "" if words.top in ("t-shirt", "dress") else sleeves
    pattern = "striped " if words.striped else _spaced(words.pattern)
    return _with_article(f"{pattern}{sleeves}{words.top_colour} {words.top}")


def _bottom(words: Words) -> str:
    if words.bottom == "dress":
        return _top(words)
    said = f"{_spaced(words.bottom_pattern)}{words.bottom_colour} {words.bottom}"
    return _with_article(said) if words.bottom == "skirt" else said


def _spaced(word: str) -> str:
    return f"{word} " if word else ""


def _with_article(said: str) -> str:
    return f"{'an' if said.startswith('orange') else 'a'} {said}"


ENOUGH = 0.012  # of a crop's pixels: what a person looking at it would name


def shown_clauses(labels: NDArray[np.uint8], *, bottom: int) -> frozenset[Clause]:
    """Return the clauses that the rows above `bottom` show: those for the caption of a crop."""
    shown = np.bincount(labels[:bottom].ravel(), minlength=len(Label)) / max(
        labels[:bottom].size, 1
    )
    clauses = {Clause.PLACE, Clause.VIEW}
    if shown[Label.TOP] > ENOUGH:
        clauses.add(Clause.TOP)
    if shown[Label.HAIR] > ENOUGH / 3:
        clauses.add(Clause.HAIR)
    if shown[Label.TROUSERS] + shown[Label.SKIRT] > ENOUGH:
        clauses.add(Clause.BOTTOM)
    if shown[Label.SHOE] > ENOUGH / 3:
        clauses.add(Clause.SHOES)
    if sum(shown[label] for label in LEG_LABELS) > 6 * ENOUGH:
        clauses |= {Clause.POSTURE, Clause.FLOOR}
    return frozenset(clauses)


def caption_of_crop(attributes: Attributes, labels: NDArray[np.uint8], *, bottom: int) -> str:
    """Caption only what the rows above `bottom` show: all that a captioner can know."""
    return caption(attributes, shown_clauses(labels, bottom=bottom))
