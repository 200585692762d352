"""What a person's Discord offers to choose from, and what it sends of a choice."""

from collections.abc import Mapping
from typing import Any

from tests.discord.commands import ATTACHMENT, BOOLEAN, INTEGER, NUMBER, STRING
from tests.discord.errors import Json, part_of, parts_of
from tests.discord.looks import BUTTON, SELECT, File, Look, walked
from tests.discord.values import PRIVATE, Channel, context_of
from tests.discord.world import World

TYPES: dict[int, type | tuple[type, ...]] = {
    STRING: str,
    INTEGER: int,
    BOOLEAN: bool,
    NUMBER: (int, float),
}


def find_command(world: World, place: Channel, name: str, *, kind: int) -> Json:
    """Find a command as a person's list of them has it.

    Raises:
        LookupError: It is not on that list.
    """
    scopes = [None if place.guild is None else place.guild.id, None]
    offered = [one for scope in scopes for one in world.commands.get(scope, [])]
    for command in offered:
        contexts = command.get("contexts")
        is_here = contexts is None or context_of(place) in contexts
        is_installed = context_of(place) != PRIVATE or 1 in command.get("integration_types", [0])
        if command["name"] == name and command["type"] == kind and is_here and is_installed:
            return command
    raise LookupError(f"no command {name} here: {[one['name'] for one in offered]}")


def arguments(
    world: World, command: Json, options: Mapping[str, object], files: Mapping[str, File]
) -> Json:
    """Write what is sent of a command.

    Raises:
        LookupError: The command does not take this.
    """
    known = {option["name"]: option for option in parts_of(command, "options")}
    strange = set(options) - set(known)
    missing = [name for name, one in known.items() if one.get("required") and name not in options]
    if strange or missing:
        raise LookupError(f"{command['name']}: not known {strange}, missing {missing}")
    told = [_argument(known[name], value, files.get(name)) for name, value in options.items()]
    data: Json = {"id": command["id"], "name": command["name"], "type": 1, "options": told}
    if files:
        data["resolved"] = {"attachments": attached(world, list(files.values()))}
    return data


def attached(world: World, files: list[File]) -> Json:
    return {str(file.id): file.wire(world.shelf.link(file)) for file in files}


def _argument(option: Json, value: Any, file: File | None) -> Json:
    told: Json = {"name": option["name"], "type": option["type"]}
    if option["type"] == ATTACHMENT:
        if file is None:
            raise LookupError(f"{option['name']} takes a file")
        return told | {"value": str(file.id)}
    if not isinstance(value, TYPES.get(option["type"], str)):
        raise LookupError(f"{option['name']} does not take {value!r}")
    choices = [one["value"] for one in parts_of(option, "choices")]
    if choices and value not in choices:
        raise LookupError(f"{option['name']} offers {choices}")
    size = len(value) if isinstance(value, str) else value
    bounds = ("min_length", "max_length") if isinstance(value, str) else ("min_value", "max_value")
    if not option.get(bounds[0], size) <= size <= option.get(bounds[1], size):
        raise LookupError(f"{option['name']} has bounds")
    return told | {"value": value}


def offered(look: Look) -> list[tuple[str, Json]]:
    """List what can be pressed or chosen, in reading order: what stands on it, and what is sent."""
    told: list[tuple[str, Json]] = []
    for one in walked(look.components):
        if one.get("disabled") or "custom_id" not in one:
            continue
        data: Json = {"custom_id": one["custom_id"], "component_type": one["type"]}
        if one["type"] == BUTTON:
            told.append((one.get("label") or part_of(one, "emoji").get("name", ""), data))
        elif one["type"] == SELECT:
            told += [
                (option["label"], data | {"values": [option["value"]]}) for option in one["options"]
            ]
    return told


def found_button(look: Look, label: str) -> Json:
    """Find a button or an offer of a menu by what stands on it.

    Raises:
        LookupError: There is none, or it leads elsewhere or is greyed out.
    """
    for named, data in offered(look):
        if named == label:
            return data
    raise LookupError(f"no {label} in {look.labels}")
