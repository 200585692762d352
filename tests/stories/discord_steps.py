"""Steps that stories on Discord share."""

from tests.bot.fakes import photo_bytes
from tests.discord.person import Person
from tests.discord.presses import Press
from tests.discord.values import Channel, Message
from tests.stories.living import POSED, shows

PATIENCE = 20.0


async def completed(person: Person, words: str = "", channel: Channel | None = None) -> Message:
    """Call for feet with a photo, and wait until they are there."""
    options: dict[str, object] = {"photo": photo_bytes()}
    if words:
        options["words"] = words
    press = await person.sends_slash("feet", channel=channel, **options)
    await person.is_acknowledged(press)
    return await person.sees(shows(POSED), channel=channel, within=PATIENCE)


async def says(person: Person, words: str, channel: Channel | None = None) -> Press:
    """Type a command where the bot does not read what people write."""
    return await person.sends_slash("say", words=words, channel=channel)


async def acknowledged(person: Person, presses: list[Press]) -> float:
    """Wait until all are acknowledged, and tell the longest time that it took."""
    return max([await person.is_acknowledged(press) for press in presses])


def has_file(message: Message) -> bool:
    """Whether a message is the file itself, and not a card."""
    return message.now.file is not None and not message.labels
