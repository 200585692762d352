"""The methods of the bot's own side: who it is, its updates, files, menu and answers to presses."""

from collections.abc import Mapping

from tests.telegram.call import Call
from tests.telegram.entities import units
from tests.telegram.rules import (
    ANSWER,
    DOWNLOAD_BYTES,
    LATE_PRESS,
    LINK_LIFE,
    PRESS_LIFE,
    UPDATE_KINDS,
    ApiError,
    Json,
    bad,
    check_commands,
    check_scope,
    check_secret,
)
from tests.telegram.world import FILE_ID, World
from tests.telegram.writing import Method

LONGEST_POLL = 50


async def get_me(world: World, call: Call) -> Json:
    return {
        **world.bot.wire(),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
    }


async def get_updates(world: World, call: Call) -> list[Json]:
    if world.webhook.url:
        raise ApiError(
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to "
            "delete the webhook first",
        )
    world.queue.ask_for(_kinds(call))
    seconds = min(call.number("timeout") or 0, LONGEST_POLL)
    return await world.queue.poll(call.number("offset") or 0, call.number("limit") or 0, seconds)


async def set_webhook(world: World, call: Call) -> bool:
    secret, url = call.text("secret_token"), call.text("url")
    check_secret(secret)
    if url and not url.startswith(("https://", "http://127.0.0.1")):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    world.queue.ask_for(_kinds(call))
    world.queue.end_poll()
    if call.flag("drop_pending_updates"):
        world.queue.clear()
    await world.webhook.stop()
    if url:
        await world.webhook.start(url, secret, call.number("max_connections") or 40)
    return True


async def delete_webhook(world: World, call: Call) -> bool:
    if call.flag("drop_pending_updates"):
        world.queue.clear()
    await world.webhook.stop()
    return True


async def get_webhook_info(world: World, call: Call) -> Json:
    return world.webhook.wire()


async def get_file(world: World, call: Call) -> Json:
    told = call.text("file_id")
    file = world.files.get(told)
    if not told.startswith(FILE_ID):
        raise bad("invalid file_id")
    if file is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if len(file.content) > DOWNLOAD_BYTES:
        raise bad("file is too big")
    world.links[file.path] = world.now() + LINK_LIFE
    return {
        "file_id": file.id,
        "file_unique_id": f"u{file.id}",
        "file_size": len(file.content),
        "file_path": file.path,
    }


async def set_my_commands(world: World, call: Call) -> bool:
    key = _menu(call)
    commands: list[Json] = call.json("commands") or []
    check_commands(commands)
    world.menus[key] = commands
    return True


async def get_my_commands(world: World, call: Call) -> list[Json]:
    return world.menus.get(_menu(call), [])


async def delete_my_commands(world: World, call: Call) -> bool:
    world.menus.pop(_menu(call), None)
    return True


async def answer_callback_query(world: World, call: Call) -> bool:
    press = world.presses.get(call.text("callback_query_id"))
    if press is None or press.answers or world.now() - press.at > PRESS_LIFE:
        raise bad(LATE_PRESS)
    if units(call.text("text")) > ANSWER:
        raise bad("MESSAGE_TOO_LONG")
    press.answers.append(call.text("text") or None)
    press.answered_in = world.now() - press.at
    world.ring(press.message.chat)
    return True


def _menu(call: Call) -> tuple[str, str]:
    scope: Json = call.json("scope") or {"type": "default"}
    language = call.text("language_code")
    check_scope(scope, language)
    owner = scope.get("chat_id")
    return (scope["type"] if owner is None else f"{scope['type']}:{owner}"), language


def _kinds(call: Call) -> list[str] | None:
    kinds: list[str] | None = call.json("allowed_updates")
    if kinds and not UPDATE_KINDS.issuperset(kinds):
        raise bad("unsupported update type specified")
    return kinds


READING: Mapping[str, Method] = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "getFile": get_file,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "answerCallbackQuery": answer_callback_query,
}
