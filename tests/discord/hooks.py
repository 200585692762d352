"""The calls of interactions: the first answer, and all that its token allows afterwards."""

from tests.discord.bodies import changed_look, new_look
from tests.discord.call import Call
from tests.discord.components import check_form
from tests.discord.errors import (
    ACKNOWLEDGED,
    EXPIRED,
    TOO_MANY_FOLLOW_UPS,
    DiscordError,
    Json,
    invalid,
    unknown_interaction,
    unknown_message,
    unknown_webhook,
)
from tests.discord.looks import EPHEMERAL, LOADING, Look
from tests.discord.presses import (
    COMMAND,
    COMPONENT,
    DEFERRED,
    DEFERRED_UPDATE,
    FORM,
    MESSAGE,
    MODAL,
    PATIENCE,
    TOKEN_LIFE,
    UPDATE,
    Press,
)
from tests.discord.rest import Names
from tests.discord.values import Message
from tests.discord.world import World

AWAY_FOLLOW_UPS = 5  # where the bot itself is not


async def callback(world: World, names: Names, call: Call) -> Json | None:
    """Take the first answer, within three seconds."""
    press = _found(world, names)
    took = world.now() - press.at
    if press.answer is not None:
        raise ACKNOWLEDGED
    if took > PATIENCE:
        press.late.append(took)
        raise unknown_interaction()
    kind = int(call.json.get("type") or 0)
    _check_kind(press, kind)
    press.answer, press.answered_in = kind, took
    try:
        await _answer(world, press, kind, call.json.get("data") or {}, call)
    except DiscordError:
        press.answer = press.answered_in = None
        raise
    world.ring(press.channel)
    return _receipt(world, press, kind) if _asks_for(call, "with_response") else None


def _asks_for(call: Call, name: str) -> bool:
    return call.query.get(name) in ("1", "true")


def _check_kind(press: Press, kind: int) -> None:
    on_message = press.kind == COMPONENT or (press.kind == MODAL and press.target is not None)
    allowed = {MESSAGE, DEFERRED}
    allowed |= {UPDATE, DEFERRED_UPDATE} if on_message else set()
    allowed |= {FORM} if press.kind in (COMMAND, COMPONENT) else set()
    if kind not in allowed:
        raise invalid("type", "BASE_TYPE_CHOICES", f"Value must be one of {sorted(allowed)}.")


async def _answer(world: World, press: Press, kind: int, data: Json, call: Call) -> None:
    match kind:
        case 4:
            look = new_look(world, press.channel, data, call)
            press.original = await _say(world, press, look)
        case 5:
            flags = LOADING | (int(data.get("flags") or 0) & EPHEMERAL)
            press.original = await _say(world, press, Look(flags=flags))
            press.is_open = True
        case 6:
            press.original = press.target
        case 7 if press.target is not None:
            look = changed_look(world, press.channel, data, call, press.target.now)
            press.original = press.target
            await world.show(press.target, look)
        case _:
            press.form = check_form(data)


async def follow_up(world: World, names: Names, call: Call) -> Json | None:
    """Say more; what was promised first is what the first of these fills in."""
    press = _live(world, names)
    if press.is_open and press.original is not None:
        return await _fill(world, press, press.original, call)
    is_away = press.channel.permissions is None
    if is_away and len(press.follow_ups) >= AWAY_FOLLOW_UPS:
        raise TOO_MANY_FOLLOW_UPS
    look = new_look(world, press.channel, call.json, call)
    message = await _say(world, press, look)
    press.follow_ups.append(message)
    world.ring(press.channel)
    return world.wire(message) if _asks_for(call, "wait") else None


async def edit_response(world: World, names: Names, call: Call) -> Json:
    press = _live(world, names)
    message = _reached(press, names["message"])
    if press.is_open and message is press.original:
        return await _fill(world, press, message, call)
    await world.show(message, changed_look(world, press.channel, call.json, call, message.now))
    return world.wire(message)


async def get_response(world: World, names: Names, call: Call) -> Json:
    return world.wire(_reached(_live(world, names), names["message"]))


async def delete_response(world: World, names: Names, call: Call) -> None:
    press = _live(world, names)
    await world.delete(_reached(press, names["message"]))
    press.is_open = False


async def _fill(world: World, press: Press, message: Message, call: Call) -> Json:
    """Put what was promised in its place; whom it is shown to was said then."""
    kept = message.now.flags & EPHEMERAL
    look = new_look(world, press.channel, call.json, call)
    press.is_open = False
    await world.show(message, _with_flags(look, (look.flags & ~EPHEMERAL) | kept))
    return world.wire(message)


def _with_flags(look: Look, flags: int) -> Look:
    return Look(content=look.content, files=look.files, components=look.components,
                embeds=look.embeds, flags=flags)  # fmt: skip


async def _say(world: World, press: Press, look: Look) -> Message:
    return await world.post(
        press.channel,
        world.bot,
        look,
        viewer=press.user if look.flags & EPHEMERAL else None,
        reply_to=press.target if press.kind == COMPONENT else None,
        by_webhook=True,
    )


def _receipt(world: World, press: Press, kind: int) -> Json:
    told: Json = {"id": str(press.id), "type": press.kind}
    resource: Json = {"type": kind}
    if press.original is not None and kind in (MESSAGE, DEFERRED, UPDATE):
        flags = press.original.now.flags
        told |= {
            "response_message_id": str(press.original.id),
            "response_message_loading": bool(flags & LOADING),
            "response_message_ephemeral": bool(flags & EPHEMERAL),
        }
        resource["message"] = world.wire(press.original)
    return {"interaction": told, "resource": resource}


def _found(world: World, names: Names) -> Press:
    press = world.presses.get(names["token"])
    if press is None or str(press.id) != names["press"]:
        raise unknown_interaction()
    return press


def _live(world: World, names: Names) -> Press:
    """Find an interaction whose token still counts."""
    press = world.presses.get(names["token"])
    if press is None or names["app"] != str(world.bot.id):
        raise unknown_webhook()
    if world.now() - press.at > TOKEN_LIFE:
        raise EXPIRED
    if press.answer is None:
        raise unknown_webhook()
    return press


def _reached(press: Press, name: str) -> Message:
    """Find a message that a token reaches: the answer, and what followed."""
    mine = [*press.follow_ups, *([press.original] if press.original is not None else [])]
    for message in mine:
        is_meant = message is press.original if name == "@original" else str(message.id) == name
        if is_meant and not message.is_deleted:
            return message
    raise unknown_message()
