"""How far each side of a photo shall grow, as people say it: auto, 60%, 512px."""

import re
from dataclasses import dataclass
from enum import StrEnum

from pipeline.errors import PlanError

_AMOUNT = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*(%|px)?", re.ASCII)


class Unit(StrEnum):
    """What an amount counts."""

    AUTO = "auto"
    SHARE = "share"
    PIXELS = "pixels"


@dataclass(frozen=True, slots=True)
class Amount:
    """How far one side grows.

    Attributes:
        unit: What `value` counts; `auto` means as far as the feet need.
        value: A share of the photo's side (0.6 is 60 %), or pixels; 0 for `auto`.
    """

    unit: Unit
    value: float = 0.0

    @property
    def is_auto(self) -> bool:
        return self.unit is Unit.AUTO

    def pixels(self, side: int) -> int:
        """Return whole pixels for a side of the photo; 0 for `auto`, which only the plan knows."""
        return round(self.value * side if self.unit is Unit.SHARE else self.value)

    def __str__(self) -> str:
        """Write it as people type it."""
        if self.is_auto:
            return "auto"
        return f"{self.value * 100:g}%" if self.unit is Unit.SHARE else f"{self.value:g}px"


AUTO = Amount(Unit.AUTO)
NOTHING = Amount(Unit.PIXELS)


def parse_amount(text: str) -> Amount:
    """Read `auto`, `60%`, `512px`, or a bare number of pixels.

    Raises:
        PlanError: It is none of these.
    """
    words = text.strip().lower()
    if words == "auto":
        return AUTO
    match = _AMOUNT.fullmatch(words)
    if match is None:
        raise PlanError(f'"{text.strip()[:20]}" is not an amount. Say auto, 60% or 512px.')
    number, unit = float(match[1]), match[2]
    return Amount(Unit.SHARE, number / 100) if unit == "%" else Amount(Unit.PIXELS, round(number))


@dataclass(frozen=True, slots=True)
class Extension:
    """How far each side of the photo grows.

    While `down` is `auto`, a side that is 0 grows all the same where the main person's legs leave
    the photo there, as those of somebody lying do.
    """

    down: Amount = AUTO
    left: Amount = NOTHING
    right: Amount = NOTHING
    up: Amount = NOTHING

    @property
    def names_an_amount(self) -> bool:
        return any(amount.value > 0 for amount in (self.down, self.left, self.right, self.up))
