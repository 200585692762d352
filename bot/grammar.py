"""One grammar for typed text and for buttons: words into commands, and commands onto buttons.

A button is a command that somebody typed for you: it carries its plainest words behind the
conversation and the revision that it was shown at.
"""

import re
import unicodedata

from bot.commands import (
    LONGEST_PROMPT,
    LONGEST_TOKEN,
    Caption,
    Command,
    CommandError,
    Press,
)
from bot.hangul import in_english
from bot.verbs import SHOWN, read
from bot.words import text
from pipeline.errors import EditError, StudioError

LONGEST_CAPTION = 2_000  # characters; platforms take half of that
_SLASH = re.compile(r"\A\s*/(\w+)(?:@\w+)?(?=\s|\Z)")
_PIECES = re.compile(r"\s+(?=/[A-Za-z가-힣])")
_TOKEN = re.compile(r"(?P<session>[0-9a-z]{1,16}):(?P<revision>[0-9]{1,9}):(?P<words>.+)", re.ASCII)


def parse(said: str) -> Command:
    """Read what a person typed, in English or Korean; a slash and capitals make no difference.

    Raises:
        StudioError: It is no command; the sentence shows one that is.
    """
    plain = readable(_SLASH.sub(r"\1", said))
    if not plain:
        raise CommandError(text("unread.empty"))
    try:
        return read(in_english(plain))
    except CommandError as error:
        if error.text.key != "unread.command":
            raise
        raise CommandError(text("unread.command", said=plain[:SHOWN])) from error


def read_caption(caption: str) -> Caption:
    """Read what came with a photo: words for the prompt, and commands where they begin with `/`.

    `/auto /extend 60% a woman in jeans` is two commands and a prompt. A command takes as many of
    the words behind it as it can.
    """
    prompt: list[str] = []
    commands: list[Command] = []
    refused: CommandError | None = None
    for piece in _PIECES.split(readable(caption[:LONGEST_CAPTION])):
        if not _SLASH.match(piece):
            prompt.append(piece)
            continue
        command, rest = _longest(piece.split(" "))
        if isinstance(command, CommandError):
            refused = refused or command
            continue
        commands.append(command)
        prompt.append(rest)
    words = " ".join(filter(None, prompt))[:LONGEST_PROMPT].strip()
    return Caption(commands=tuple(commands), prompt=words or None, refused=refused)


def _longest(words: list[str]) -> tuple[Command | CommandError, str]:
    """Read the longest command at the beginning, and give what is left."""
    reasons: list[CommandError] = []
    for end in range(len(words), 0, -1):
        try:
            return parse(" ".join(words[:end])), " ".join(words[end:])
        except StudioError as error:
            reasons.append(_as_ours(error))
    return reasons[0], ""


def _as_ours(error: StudioError) -> CommandError:
    if isinstance(error, CommandError):
        return error
    return CommandError(text("told", sentence=str(error)))


def token(session: str, revision: int, command: Command) -> str:
    """Write what a button carries.

    Raises:
        ValueError: It is longer than a button may carry.
    """
    written = f"{session}:{revision}:{command.words}"
    if len(written.encode()) > LONGEST_TOKEN or not _TOKEN.fullmatch(written):
        raise ValueError(f"no button can carry {written}")
    return written


def read_token(carried: str) -> Press:
    """Read what a button carried; only what `token` can write is taken.

    Raises:
        CommandError: It is not one of ours.
    """
    match = _TOKEN.fullmatch(carried)
    if match is None or len(carried.encode(errors="replace")) > LONGEST_TOKEN:
        raise CommandError(text("unread.button"))
    try:
        command = parse(match["words"])
    except (EditError, CommandError) as error:
        raise CommandError(text("unread.button")) from error
    press = Press(match["session"], int(match["revision"]), command)
    if f"{press.session}:{press.revision}:{command.words}" != carried:
        raise CommandError(text("unread.button"))
    return press


def readable(said: str) -> str:
    """Compose letters, drop what cannot be shown, and make every run of white space one space."""
    composed = unicodedata.normalize("NFC", said)
    return " ".join("".join(c if c.isprintable() else " " for c in composed).split())
