"""What a person's Discord sends of a form that was filled in."""

from collections.abc import Callable, Sequence
from typing import Any

from tests.discord.choosing import attached
from tests.discord.components import FILE_UPLOAD, TEXT_INPUT, inputs
from tests.discord.errors import Json
from tests.discord.looks import File
from tests.discord.world import World


def filled(world: World, form: Json, values: Sequence[Any], keep: Callable[[Any], File]) -> Json:
    """Write what is sent of a form; None leaves a field as it is.

    Raises:
        LookupError: The form does not take this.
    """
    fields = list(inputs(form))
    if not fields or len(values) > len(fields):
        raise LookupError(f"the form has {len(fields)} fields")
    files: list[File] = []
    told: dict[str, Json] = {}
    for field, value in zip(fields, [*values, *[None] * len(fields)], strict=False):
        if field["type"] == FILE_UPLOAD:
            kept = [keep(value)] if value is not None else []
            files += kept
            told[field["custom_id"]] = _files(field, kept)
        elif field["type"] == TEXT_INPUT:
            told[field["custom_id"]] = {"value": _text(field, value)}
        else:
            told[field["custom_id"]] = {"values": _chosen(field, value)}
    data: Json = {
        "custom_id": form["custom_id"],
        "components": [_part(part, told) for part in form["components"]],
    }
    return data | ({"resolved": {"attachments": attached(world, files)}} if files else {})


def _part(part: Json, told: dict[str, Json]) -> Json:
    sent: Json = {"type": part["type"], "id": part.get("id", 1)}
    if part.get("component"):
        sent["component"] = _field(part["component"], told)
    if part.get("components"):
        sent["components"] = [_field(one, told) for one in part["components"]]
    return sent


def _field(field: Json, told: dict[str, Json]) -> Json:
    own = {"type": field["type"], "id": field.get("id", 2), "custom_id": field["custom_id"]}
    return own | told[field["custom_id"]]


def _text(field: Json, value: Any) -> str:
    text = str(field.get("value") or "") if value is None else str(value)
    least = _least(field, "min_length")
    if len(text) > (field.get("max_length") or 4000) or (len(text) < least and text):
        raise LookupError(f"{text!r} does not fit")
    if not text and field.get("required", True):
        raise LookupError(f"{field['custom_id']} has to be filled in")
    return text


def _least(field: Json, name: str) -> int:
    told = field.get(name)
    if field.get("required") is False:
        return 0
    return 1 if told is None else int(told)


def _files(field: Json, files: list[File]) -> Json:
    least = _least(field, "min_values")
    if len(files) < least:
        raise LookupError(f"{field['custom_id']} wants a file")
    return {"values": [str(file.id) for file in files]}


def _chosen(field: Json, value: Any) -> list[str]:
    if value is None:
        return [one["value"] for one in field["options"] if one.get("default")]
    for option in field["options"]:
        if option["label"] == value:
            return [option["value"]]
    raise LookupError(f"{value} is not offered")
