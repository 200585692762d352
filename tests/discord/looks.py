"""What a message shows: words, files, buttons, layouts."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.discord.errors import Json, part_of, parts_of

LOADING, EPHEMERAL, V2 = 1 << 7, 1 << 6, 1 << 15  # flags of messages
BUTTON, SELECT, DISPLAY = 2, 3, 10  # types of components


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An attachment; its link is signed anew each time it is told.

    Attributes:
        size: Width and height of a picture, in pixels.
        folder: Where it lies; what comes with a command lies apart from what messages show.
    """

    id: int
    channel: int
    name: str
    mime: str | None
    content: bytes = field(repr=False)
    size: tuple[int, int] | None = None
    description: str | None = None
    folder: str = "attachments"

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.channel}/{self.id}/{self.name}"

    @property
    def is_picture(self) -> bool:
        return (self.mime or "").startswith("image/")

    def wire(self, link: str) -> Json:
        told: Json = {
            "id": str(self.id),
            "filename": self.name,
            "size": len(self.content),
            "url": link,
            "proxy_url": link,
        }
        if self.mime is not None:
            told["content_type"] = self.mime
        if self.size is not None:
            told["width"], told["height"] = self.size
        if self.description is not None:
            told["description"] = self.description
        if self.folder != "attachments":
            told["ephemeral"] = True
        return told


def walked(components: tuple[Json, ...] | list[Json]) -> Iterator[Json]:
    """Go through components and all that is in them, as a person reads."""
    for component in components:
        yield component
        yield from walked(parts_of(component, "components"))
        inner = [component[name] for name in ("component", "accessory") if component.get(name)]
        yield from walked(inner)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a message shows at one time.

    Attributes:
        stickers: As Discord writes them.
    """

    content: str = ""
    files: tuple[File, ...] = ()
    components: tuple[Json, ...] = ()
    embeds: tuple[Json, ...] = ()
    flags: int = 0
    stickers: tuple[Json, ...] = ()

    @property
    def text(self) -> str:
        """All that there is to read, but for what stands on buttons."""
        told = [self.content]
        told += [one["content"] for one in walked(self.components) if one["type"] == DISPLAY]
        told += [embed[part] for embed in self.embeds for part in ("title", "description")
                 if embed.get(part)]  # fmt: skip
        return "\n".join(part for part in told if part)

    @property
    def shown(self) -> tuple[File, ...]:
        """The files that are to be seen: with layouts only those that one refers to."""
        if not self.flags & V2:
            return self.files
        told = repr(self.components)
        return tuple(file for file in self.files if f"attachment://{file.name}" in told)

    @property
    def picture(self) -> bytes | None:
        return next((file.content for file in self.shown if file.is_picture), None)

    @property
    def file(self) -> File | None:
        return next(iter(self.shown), None)

    @property
    def labels(self) -> list[list[str]]:
        """What stands on the buttons, by row; a menu is a row of what it offers."""
        rows = [one for one in walked(self.components) if one["type"] == 1]
        return [[label for part in row["components"] for label in _labels(part)] for row in rows]

    @property
    def is_loading(self) -> bool:
        return bool(self.flags & LOADING)


def _labels(component: Json) -> list[str]:
    if component["type"] == SELECT:
        return [option["label"] for option in component["options"]]
    return [component.get("label") or part_of(component, "emoji").get("name", "")]
