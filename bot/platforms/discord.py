"""Discord as a platform: what is shown becomes messages, by the bot's token or by a press's.

Nothing here waits for its turn: that is the sender's work. Where the bot itself is not, as in other
people's private chats, all goes by the tokens of interactions, which last fifteen minutes.
"""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import blake2b
from secrets import token_hex
from typing import Any

from bot.commands import Word
from bot.grammar import read_token, token
from bot.incoming import Place, Remote
from bot.platform import (
    Action,
    ChatGone,
    FileTooLarge,
    Label,
    MessageGone,
    PlatformError,
    Shown,
    Unreachable,
)
from bot.platforms.discord_calls import Calls, Upload
from bot.platforms.discord_errors import TokenDead, TokenSpent
from bot.platforms.discord_grants import Grant, Grants
from bot.platforms.discord_layout import lay_out
from bot.platforms.discord_limits import EDITABLE, FETCHED_BYTES, NONCE, plain, written_at
from bot.platforms.discord_updates import NAME
from bot.words import say, text

NO_EMBEDS, EPHEMERAL = 1 << 2, 1 << 6  # flags
ORIGINAL = "@original"
WARNED_BEFORE = 60.0  # seconds before a token ends that this is said
REMEMBERED = 1024

Json = dict[str, Any]
Owner = Callable[[str], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class _Ending:
    """A card under work that only a token changes, which will end."""

    grant: Grant
    message: str
    shown: Shown


class Discord:
    """Shows things on Discord.

    Attributes:
        calls: The API.
        grants: What interactions allow just now.
        owner: Tells whose a conversation is; set when the bot is put together.
    """

    def __init__(self, calls: Calls, grants: Grants, *, editor: bool = False) -> None:
        self.calls = calls
        self.grants = grants
        self.owner: Owner | None = None
        self._editor = editor
        self._nonces: OrderedDict[bytes, str] = OrderedDict()
        self._ending: dict[tuple[str, str], _Ending] = {}

    @property
    def name(self) -> str:
        return NAME

    async def fetch(self, remote: Remote) -> bytes:
        """Download a file that somebody sent; see `Platform.fetch`."""
        if remote.size is not None and remote.size > FETCHED_BYTES:
            raise FileTooLarge(f"a file of {remote.size} bytes")
        content = await self.calls.fetch(remote.file)
        if remote.size not in (None, len(content)):
            raise Unreachable(f"{len(content)} bytes of {remote.size}")
        return content

    async def post(self, place: Place, shown: Shown, *, reply_to: str | None = None) -> str:
        """Send a message and return its id; see `Platform.post`.

        What a command was promised is filled in, so that everybody sees whose it is.
        """
        body, upload = self._body(shown), _upload(shown)
        promise = await self._promise(place, shown)
        if promise is not None:
            with suppress(TokenDead, MessageGone):
                return await self._fill(promise, body, upload, shown)
        if place.chat in self.grants.away:
            return await self._follow(place, body, upload, shown)
        if reply_to is not None:
            body["message_reference"] = {"message_id": reply_to, "fail_if_not_exists": False}
        try:
            return await self._post(place, body, upload)
        except ChatGone:
            if self.grants.latest(place.chat) is None:
                raise
            body.pop("message_reference", None)
            return await self._follow(place, body, upload, shown)

    async def edit(self, place: Place, message: str, shown: Shown) -> None:
        """Change a message; see `Platform.edit`."""
        if place.chat in self.grants.away:
            await self._change(place, message, shown)
            return
        if time.time() - written_at(message) > EDITABLE:
            raise MessageGone("older than an hour: its edits are few")
        try:
            await self.calls.edit(place.chat, message, self._body(shown), _upload(shown))
        except ChatGone:
            if self.grants.of_message(place.chat, message) is None:
                raise
            await self._change(place, message, shown)

    async def strip(self, place: Place, message: str) -> None:
        """Take the buttons off a message; see `Platform.strip`."""
        self._ending.pop((place.chat, message), None)
        with suppress(MessageGone):
            if place.chat not in self.grants.away:
                await self.calls.edit(place.chat, message, {"components": []})
                return
            grant = self.grants.of_message(place.chat, message)
            if grant is not None:
                with suppress(TokenDead):
                    await self.calls.change(grant.token, message, {"components": []})

    async def send_file(
        self, place: Place, content: bytes, name: str, *, caption: str | None = None
    ) -> str:
        """Send a file, byte for byte; see `Platform.send_file`."""
        if len(content) > self.grants.largest(place.chat):
            raise FileTooLarge(f"a file of {len(content)} bytes")
        shown, upload = Shown(text=caption or ""), Upload(content, name)
        if place.chat in self.grants.away:
            return await self._follow(place, self._body(shown), upload, shown)
        return await self._post(place, self._body(shown), upload)

    async def answer(self, press: str, text: str | None) -> None:
        """Answer a press, for the eyes of whoever pressed alone; see `Platform.answer`."""
        grant = self.grants.of_press(press)
        if grant is not None and text is not None:
            await self.whisper(grant, text)

    async def whisper(
        self, grant: Grant, words: str, components: list[Json] | None = None
    ) -> str | None:
        """Say something to one person alone, and return the message's id; too late is no error."""
        body: Json = {
            "content": plain(words),
            "components": components or [],
            "flags": EPHEMERAL | NO_EMBEDS,
            "allowed_mentions": {"parse": []},
        }
        with suppress(TokenDead):
            return str((await self.calls.follow(grant.token, body))["id"])
        return None

    async def act(self, place: Place, action: Action) -> None:  # noqa: ARG002
        """Show for a few seconds that the bot is at work; see `Platform.act`."""
        if place.chat not in self.grants.away:
            await self.calls.typing(place.chat)

    async def withdraw(self, grant: Grant) -> None:
        """Take back an answer that was promised, as there is nothing to say."""
        if grant.is_open:
            grant.is_open = False
            with suppress(PlatformError):
                await self.calls.remove(grant.token, ORIGINAL)

    async def warn(self) -> None:
        """Say under cards that only a token changes, and that are not ready, that it ends soon."""
        for key, ending in tuple(self._ending.items()):
            if not self._is_late(ending.grant):
                continue
            del self._ending[key]
            body = self._body(_with_way_back(ending.shown, ending.grant.language))
            with suppress(PlatformError):
                await self.calls.change(ending.grant.token, ending.message, body)

    def _body(self, shown: Shown) -> Json:
        return {
            "content": plain(shown.text),
            "components": lay_out(shown.rows, editor=self._editor),
            "flags": NO_EMBEDS,
            "allowed_mentions": {"parse": []},
        }

    async def _post(self, place: Place, body: Json, upload: Upload | None) -> str:
        """Post by the bot's own token; what is posted again after a failure is no second one."""
        mark = blake2b(repr((place.chat, body, upload and upload.name)).encode("utf-8", "replace"))
        key = mark.digest()
        nonce = self._nonces.pop(key, None) or token_hex(NONCE // 2)
        told = body | {"nonce": nonce, "enforce_nonce": True}
        try:
            return str((await self.calls.post(place.chat, told, upload))["id"])
        except Unreachable:
            self._nonces[key] = nonce
            if len(self._nonces) > REMEMBERED:
                self._nonces.popitem(last=False)
            raise

    async def _promise(self, place: Place, shown: Shown) -> Grant | None:
        """Find the promised answer that a message is."""
        promised = self.grants.promised(place.chat)
        if not promised:
            return None
        session = shown.session
        if session is None or self.owner is None:
            return next((one for one in promised if one.is_away and not one.for_photo), None)
        owner = await self.owner(session)
        theirs = [one for one in promised if one.user == owner]
        return next((one for one in theirs if one.for_photo or one.is_away), None)

    async def _fill(self, promise: Grant, body: Json, upload: Upload | None, shown: Shown) -> str:
        promise.is_open = False
        try:
            filled = await self.calls.change(promise.token, ORIGINAL, body, upload)
        except TokenDead:
            self.grants.ended(promise)
            raise
        return self._note(promise, str(filled["id"]), shown)

    async def _follow(self, place: Place, body: Json, upload: Upload | None, shown: Shown) -> str:
        """Post where only a token reaches."""
        grant = self.grants.latest(place.chat)
        if grant is None:
            raise ChatGone("nobody pressed anything there for a while")
        try:
            posted = await self.calls.follow(grant.token, body, upload)
        except TokenDead as error:
            grant.is_spent = True
            if not isinstance(error, TokenSpent):
                self.grants.ended(grant)
            raise Unreachable("that token is dead; there may be another") from error
        return self._note(grant, str(posted["id"]), shown)

    async def _change(self, place: Place, message: str, shown: Shown) -> None:
        """Edit where only a token reaches."""
        grant = self.grants.of_message(place.chat, message)
        if grant is None:
            # A newer one cannot change what was said by an older: it is said anew.
            raise MessageGone("nothing that changes it is alive")
        told = shown
        if self._is_late(grant) and _is_busy(shown):
            told = _with_way_back(shown, grant.language)
        # A pressed message is what its press knows as the original.
        reached = ORIGINAL if grant.original == message else message
        try:
            await self.calls.change(grant.token, reached, self._body(told), _upload(told))
        except TokenDead as error:
            self.grants.ended(grant)
            raise MessageGone("its token is dead") from error
        self._note(grant, message, shown)

    def _is_late(self, grant: Grant) -> bool:
        return self.grants.left(grant) <= WARNED_BEFORE

    def _note(self, grant: Grant, message: str, shown: Shown) -> str:
        """Remember what changes a message, and for how long if it has to change again."""
        if grant.original is None:
            grant.original = message
        self.grants.reaches(grant, message)
        self._ending.pop((grant.chat, message), None)
        if grant.is_away and _is_busy(shown) and not self._is_late(grant):
            self._ending[(grant.chat, message)] = _Ending(grant, message, shown)
        return message


def _upload(shown: Shown) -> Upload | None:
    if shown.picture is None:
        return None
    kind = "png" if shown.picture.startswith(b"\x89PNG") else "jpg"
    return Upload(shown.picture, f"picture.{kind}")


def _is_busy(shown: Shown) -> bool:
    """Whether a card tells of work that is under way."""
    return any(label.token.endswith(f":{Word.CANCEL.words}") for row in shown.rows for label in row)


def _with_way_back(shown: Shown, language: str | None) -> Shown:
    """Say that nothing will change here soon, and offer what does: any press brings a new token."""
    some = next(label.token for row in shown.rows for label in row)
    press = read_token(some)
    carried = token(press.session, press.revision, Word.STATUS)
    show = Label(say(text("discord.show"), language), carried)
    late = say(text("discord.late"), language)
    return replace(shown, text=f"{shown.text}\n{late}", rows=((show,), *shown.rows))
