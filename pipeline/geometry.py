"""Whole pixels: sizes and boxes. Width comes before height, always."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in whole pixels."""

    width: int
    height: int

    @property
    def area(self) -> int:
        return self.width * self.height

    def scaled(self, factor: float) -> "Size":
        """Multiply both sides, rounding to the nearest pixel; no side falls below one."""
        return Size(max(1, round(self.width * factor)), max(1, round(self.height * factor)))

    def rounded_up(self, multiple: int) -> "Size":
        """Grow each side to the next multiple."""
        return Size(-(-self.width // multiple) * multiple, -(-self.height // multiple) * multiple)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of whole pixels; `right` and `bottom` are one past the last pixel."""

    left: int
    top: int
    width: int
    height: int

    @classmethod
    def from_edges(cls, left: int, top: int, right: int, bottom: int) -> Self:
        """Build a box from its edges; crossed edges give an empty box."""
        return cls(left, top, max(0, right - left), max(0, bottom - top))

    @classmethod
    def of(cls, size: Size) -> Self:
        """Cover a whole picture."""
        return cls(0, 0, size.width, size.height)

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def bottom(self) -> int:
        return self.top + self.height

    @property
    def size(self) -> Size:
        return Size(self.width, self.height)

    @property
    def edges(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom: what Pillow's `crop` takes."""
        return self.left, self.top, self.right, self.bottom

    @property
    def is_empty(self) -> bool:
        return self.width == 0 or self.height == 0

    def moved(self, dx: int, dy: int) -> "Box":
        return Box(self.left + dx, self.top + dy, self.width, self.height)

    def grown(self, pixels: int) -> "Box":
        """Push every edge outwards (inwards when negative)."""
        return Box.from_edges(
            self.left - pixels, self.top - pixels, self.right + pixels, self.bottom + pixels
        )

    def within(self, other: "Box") -> "Box":
        """Keep only what the two boxes share."""
        return Box.from_edges(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def around(self, other: "Box") -> "Box":
        """Return the smallest box that holds both."""
        return Box.from_edges(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def holds(self, other: "Box") -> bool:
        """Tell whether `other` lies wholly inside."""
        return self.within(other) == other
