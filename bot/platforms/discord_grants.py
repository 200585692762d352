"""What interactions allow for 15 minutes: to answer them, and to go on where the bot is not."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.platforms.discord_limits import FILE_BYTES, TOKEN_LIFE

SPARE = 15.0  # seconds before its end from which on a token is not begun to be used
REMEMBERED = 8192

Clock = Callable[[], float]


@dataclass(slots=True, kw_only=True, eq=False)
class Grant:
    """One interaction.

    Attributes:
        press: Its id.
        token: With which it is answered.
        chat: Where it was.
        user: Whose.
        language: That Discord shows to that person.
        at: When it came.
        original: The message that its token knows as its original, once that is known.
        is_open: Whether an answer was promised that is not there yet.
        for_photo: Whether what was promised is a card.
        is_spent: Whether no more messages can follow it.
        is_away: Whether it was where the bot itself is not.
        largest: Bytes of a file that may be sent there.
    """

    press: str
    token: str = field(repr=False)
    chat: str
    user: str
    language: str | None = None
    at: float
    original: str | None = None
    is_open: bool = False
    for_photo: bool = False
    is_spent: bool = False
    is_away: bool = False
    largest: int = FILE_BYTES


class Grants:
    """Remembers interactions as long as they can be answered.

    Attributes:
        away: The chats where only a token reaches.
    """

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self.clock = clock
        self.away: OrderedDict[str, None] = OrderedDict()
        self._by_press: OrderedDict[str, Grant] = OrderedDict()
        self._by_message: OrderedDict[tuple[str, str], Grant] = OrderedDict()

    def remember(self, grant: Grant) -> None:
        """Keep one; the chat is from now on what this one says that it is."""
        self._forget_old()
        self._by_press[grant.press] = grant
        self.away.pop(grant.chat, None)
        if grant.is_away:
            self.away[grant.chat] = None
        if grant.original is not None:
            self.reaches(grant, grant.original)
        for known in (self.away, self._by_press, self._by_message):
            if len(known) > REMEMBERED:
                known.popitem(last=False)

    def reaches(self, grant: Grant, message: str) -> None:
        """Note that a token changes a message."""
        self._by_message[(grant.chat, message)] = grant

    def of_press(self, press: str) -> Grant | None:
        return self._alive(self._by_press.get(press))

    def of_message(self, chat: str, message: str) -> Grant | None:
        """Find what changes a message."""
        return self._alive(self._by_message.get((chat, message)))

    def latest(self, chat: str) -> Grant | None:
        """Find what speaks longest in a chat."""
        here = [one for one in self._by_press.values() if one.chat == chat and not one.is_spent]
        return next((one for one in reversed(here) if self._alive(one)), None)

    def promised(self, chat: str) -> list[Grant]:
        """List the answers that were promised in a chat, oldest first."""
        opened = [one for one in self._by_press.values() if one.chat == chat and one.is_open]
        return [one for one in opened if self._alive(one)]

    def largest(self, chat: str) -> int:
        """Tell how large a file may be in a chat."""
        known = self.latest(chat)
        return FILE_BYTES if known is None else known.largest

    def ended(self, grant: Grant) -> None:
        """Forget one that Discord does not take any more."""
        grant.at = float("-inf")
        grant.is_open = False

    def left(self, grant: Grant) -> float:
        """Tell for how many seconds one can still be used."""
        return grant.at + TOKEN_LIFE - SPARE - self.clock()

    def _alive(self, grant: Grant | None) -> Grant | None:
        return grant if grant is not None and self.left(grant) > 0 else None

    def _forget_old(self) -> None:
        while self._by_press:
            press, oldest = next(iter(self._by_press.items()))
            if self.left(oldest) > 0:
                return
            del self._by_press[press]
        self._by_message.clear()
