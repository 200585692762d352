"""The body of a message, new or changed, checked and made into a look."""

from typing import Any, cast

from tests.discord.call import FILES, Call
from tests.discord.components import check_components
from tests.discord.errors import (
    EMPTY_MESSAGE,
    TOO_LARGE,
    DiscordError,
    Json,
    invalid,
    too_long,
)
from tests.discord.looks import EPHEMERAL, LOADING, V2, File, Look
from tests.discord.values import Channel
from tests.discord.world import World

CONTENT, EMBEDS, EMBED_TEXT = 2000, 10, 6000
SETTABLE = EPHEMERAL | V2 | 1 << 2 | 1 << 12  # with: no embeds, no notification
NO_LAYOUT_UNDONE = invalid(
    "flags", "COMPONENT_LAYOUT_FLAG_REMOVED", "The flag IS_COMPONENTS_V2 cannot be taken back."
)


def new_look(world: World, channel: Channel, body: Json, call: Call) -> Look:
    """Read a new message.

    Raises:
        DiscordError: It is refused.
    """
    flags = int(body.get("flags") or 0) & SETTABLE
    files = _files(world, channel, body, call, before=())
    return _checked(
        Look(
            content=_content(body.get("content")),
            files=files,
            components=check_components(body.get("components"), flags),
            embeds=_embeds(body),
            flags=flags,
        )
    )


def changed_look(world: World, channel: Channel, body: Json, call: Call, before: Look) -> Look:
    """Read a change: what is not told stays, and of the files what is listed.

    Raises:
        DiscordError: It is refused.
    """
    told = before.flags if body.get("flags") is None else int(body["flags"])
    if before.flags & V2 and not told & V2:
        raise NO_LAYOUT_UNDONE
    flags = (before.flags & EPHEMERAL) | (told & ~LOADING & ~EPHEMERAL)
    old: Json = {"content": before.content, "components": before.components}
    if flags & V2 and not before.flags & V2:
        # What the layout takes the place of has to be emptied in the same call.
        old = {"content": "" if "content" in body else before.content, "components": ()}
    content = body.get("content") if "content" in body else old["content"]
    components = body.get("components") if "components" in body else list(old["components"])
    return _checked(
        Look(
            content=_content(content),
            files=_files(world, channel, body, call, before=before.files),
            components=check_components(components, flags),
            embeds=_embeds(body) if _names(body, "embeds", "embed") else before.embeds,
            flags=flags,
        )
    )


def _names(body: Json, *names: str) -> bool:
    return any(name in body for name in names)


def _checked(look: Look) -> Look:
    if look.flags & V2 and (look.content or look.embeds):
        raise invalid(
            "content",
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
            "The 'content' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
        )
    if not (look.content or look.files or look.embeds or look.components):
        raise EMPTY_MESSAGE
    _check_references(look)
    return look


def _check_references(look: Look) -> None:
    """Refuse a reference to a file that is not there."""
    known = {file.name for file in look.files}
    for told in _addresses([*look.components, *look.embeds]):
        name = told.removeprefix("attachment://")
        if name != told and name not in known:
            raise invalid(
                "components.url",
                "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
                f"The referenced attachment {name} was not found",
            )


def _addresses(told: object) -> list[str]:
    if isinstance(told, dict):
        parts = cast("Json", told)
        own = [parts["url"]] if isinstance(parts.get("url"), str) else []
        return own + [one for part in parts.values() for one in _addresses(part)]
    if isinstance(told, list):
        return [one for part in cast("list[Any]", told) for one in _addresses(part)]
    return []


def _content(told: object) -> str:
    content = "" if told is None else str(told)
    if len(content) > CONTENT:
        raise too_long("content", CONTENT)
    return content.strip()


def _embeds(body: Json) -> tuple[Json, ...]:
    embeds: list[Json] = body.get("embeds") or []
    if len(embeds) > EMBEDS:
        raise too_long("embeds", EMBEDS)
    words = sum(len(embed.get(part) or "") for embed in embeds for part in ("title", "description"))
    if words > EMBED_TEXT or any(len(embed.get("title") or "") > 256 for embed in embeds):
        raise too_long("embeds", EMBED_TEXT)
    return tuple(embeds)


def _files(
    world: World, channel: Channel, body: Json, call: Call, *, before: tuple[File, ...]
) -> tuple[File, ...]:
    listed: list[Json] | None = body.get("attachments")
    kept = before
    if "attachments" in body:
        ids = {str(one.get("id")) for one in listed or []}
        kept = tuple(file for file in before if str(file.id) in ids)
        _all_known(ids, kept, call)
    new = tuple(_new_file(world, channel, number, call, listed or []) for number in call.uploads)
    if len(kept) + len(new) > FILES:
        raise too_long("attachments", FILES)
    return kept + new


def _all_known(ids: set[str], kept: tuple[File, ...], call: Call) -> None:
    strange = ids - {str(file.id) for file in kept} - set(call.uploads)
    if strange:
        raise invalid(
            "attachments", "ATTACHMENT_NOT_FOUND", f"No files for {', '.join(sorted(strange))}"
        )


def _new_file(world: World, channel: Channel, number: str, call: Call, listed: list[Json]) -> File:
    upload = call.uploads[number]
    if len(upload.content) > world.upload_bytes:
        raise TOO_LARGE
    nothing: Json = {}
    told = next((one for one in listed if str(one.get("id")) == number), nothing)
    if listed and not told:
        raise DiscordError(400, 50035, f"Invalid Form Body: files[{number}] is not listed")
    name = told.get("filename") or upload.name
    return world.shelf.keep(
        upload.content, name, channel, mime=upload.mime, description=told.get("description")
    )
