"""Reads what waits for a bot as what it is to the conversation."""

from telegram import Update, User

from bot.incoming import Incoming
from bot.platforms.telegram_updates import translate
from tests.telegram.world import World

BOT = "toeframe_test_bot"


def me_of(world: World) -> User:
    return User(id=world.bot.id, first_name="Toeframe", is_bot=True, username=world.bot.username)


def read(world: World) -> list[Incoming | None]:
    """Translate all updates that wait."""
    updates = [Update.de_json(waiting.wire()) for waiting in world.queue.waiting]
    return [translate(update, me_of(world)) for update in updates]


def read_one(world: World) -> Incoming:
    (incoming,) = read(world)
    assert incoming is not None
    return incoming
