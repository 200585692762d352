"""Plays a scenario with somebody at one platform: each line of it is something done or seen."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from bot.words import say, text
from pipeline.errors import StudioError
from tests.stories.humans import Button, Human, Shown, Town
from tests.stories.scenarios.ledger import Account, Ledger
from tests.stories.scenarios.props import PHOTOS, Painter, as_telegram_shows, content_of

PATIENCE = 20.0  # seconds
LOOK_EVERY = 0.008
EDITOR = frozenset(say(text("button.editor"), language) for language in ("en", "ko"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Something that somebody does, and what comes of it.

    Attributes:
        name: What it is about.
        lines: What is done and seen, in the words of `Play`.
        language: Which that person reads.
        strict: Whether the bot allows little: 3 pictures a day, 2 at once.
        lasts: Whether the chat still shows what was said at the end; somebody who is forgotten
            keeps it at some platforms and not at others.
        without: Platforms at which it cannot be done: a page has no stickers, and uploads no
            empty file.
    """

    name: str
    lines: str
    language: str = "en"
    strict: bool = False
    lasts: bool = True
    without: frozenset[str] = frozenset()

    @property
    def steps(self) -> list[tuple[str, str]]:
        """What is done or seen, and with what."""
        stripped = [line.strip() for line in self.lines.splitlines() if line.strip()]
        parts = [line.partition(": ") for line in stripped]
        return [(verb, rest) for verb, _, rest in parts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a scenario at one platform.

    Attributes:
        account: What the bot wrote down.
        answers: What presses were answered with.
        messages: The text, labels and files of all messages at the end.
        pictures: What the messages show, as Telegram would show it.
    """

    account: Account
    answers: list[str | None]
    messages: list[tuple[str, list[str], str | None]]
    pictures: list[str | None] = field(repr=False)


class Play:
    """One person's part."""

    def __init__(self, human: Human, painter: Painter, ledger: Ledger) -> None:
        self._human = human
        self._painter = painter
        self._ledger = ledger
        self._screen: list[Shown] = []
        self.answers: list[str | None] = []

    async def does(self, verb: str, rest: str) -> None:
        """Do or see what a line says.

        Raises:
            AssertionError: It is not seen.
            LookupError: It cannot be done.
        """
        if verb.removeprefix("sends ") in PHOTOS:
            await self._sends(verb.removeprefix("sends "), rest)
        else:
            await _VERBS[verb](self, rest)

    async def is_quiet(self, *, painting: bool = False) -> None:
        """Wait until the bot has nothing left to do but to paint."""
        still = painting or not self._painter.hold.is_set()
        await _until(lambda: self._ledger.is_quiet(painting=still))

    async def _sends(self, photo: str, words: str) -> None:
        await self._taken_in(self._human.sends_photo(content_of(photo), words))

    async def _sends_file(self, rest: str) -> None:
        name, _, words = rest.partition(", ")
        await self._taken_in(self._human.sends_file(content_of(name), name, words))

    async def _says(self, words: str) -> None:
        await self._taken_in(self._human.types(words))

    async def _taken_in(self, done: Awaitable[None]) -> None:
        """Wait until the bot took in what was done, and did what it could."""
        before = self._ledger.taken_in
        await done
        await _until(lambda: self._ledger.taken_in > before)
        await self.is_quiet()

    async def _taps(self, label: str) -> None:
        await self._presses(_found(await self._human.shown(), label))

    async def _taps_twice(self, label: str) -> None:
        button = _found(await self._human.shown(), label)
        await self._presses(button, button)

    async def _looks(self, _: str) -> None:
        self._screen = await self._human.shown()

    async def _taps_as_it_was(self, label: str) -> None:
        await self._presses(_found(self._screen, label))

    async def _presses(self, *buttons: Button) -> None:
        """Press buttons at once, and wait until the bot did what it could."""
        before = self._ledger.taken_in
        answers = [await button.press() for button in buttons]
        await _until(lambda: self._ledger.taken_in >= before + len(buttons))
        await self.is_quiet()
        self.answers += sorted([await answer() for answer in answers], key=str)

    async def _sees(self, what: str) -> None:
        await self._waits(lambda shown: any(what in one.text for one in shown), what)

    async def _sees_last(self, what: str) -> None:
        await self._waits(lambda shown: bool(shown) and what in shown[-1].text, what)

    async def _sees_no(self, what: str) -> None:
        assert all(what not in one.text for one in await self._human.shown()), what

    async def _counts_messages(self, number: str) -> None:
        await self._waits(lambda shown: len(shown) == int(number), number)

    async def _can_tap(self, label: str) -> None:
        await self._waits(lambda shown: label in _labels(shown), label)

    async def _cannot_tap(self, label: str) -> None:
        await self._waits(lambda shown: label not in _labels(shown), label)

    async def _gets_file(self, name: str) -> None:
        def has(shown: list[Shown]) -> bool:
            return any(one.file is not None and one.file[0] == name for one in shown)

        await self._waits(has, name)

    async def _is_told(self, what: str) -> None:
        assert what in (self.answers[-1] or ""), self.answers

    async def _waits(self, is_so: Callable[[list[Shown]], bool], what: str) -> None:
        """Look until something is so."""
        shown = await self._human.shown()
        deadline = asyncio.get_running_loop().time() + PATIENCE / 4
        while not is_so(shown) and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(LOOK_EVERY)
            shown = await self._human.shown()
        assert is_so(shown), (what, [(one.text, _labels([one]), one.file) for one in shown])

    async def _stands_still(self, _: str) -> None:
        self._painter.hold.clear()

    async def _goes_on(self, _: str) -> None:
        self._painter.hold.set()
        await self.is_quiet()

    async def _breaks(self, sentence: str) -> None:
        self._painter.raises.append(StudioError(sentence))

    async def _sends_sticker(self, _: str) -> None:
        await self._taken_in(self._human.sends_sticker())


_VERBS: Mapping[str, Callable[[Play, str], Awaitable[None]]] = {
    "sends file": Play._sends_file,
    "sends sticker": Play._sends_sticker,
    "says": Play._says,
    "taps": Play._taps,
    "taps twice": Play._taps_twice,
    "looks": Play._looks,
    "taps as it was": Play._taps_as_it_was,
    "sees": Play._sees,
    "sees last": Play._sees_last,
    "sees no": Play._sees_no,
    "counts messages": Play._counts_messages,
    "can tap": Play._can_tap,
    "cannot tap": Play._cannot_tap,
    "gets file": Play._gets_file,
    "is told": Play._is_told,
    "the painter stands still": Play._stands_still,
    "the painter goes on": Play._goes_on,
    "the painter breaks": Play._breaks,
}
SEEING = frozenset(verb for verb in _VERBS if verb.startswith(("sees", "c", "gets", "is told")))


async def played(scenario: Scenario, town: Town, painter: Painter) -> Outcome:
    """Play a scenario to its end at one platform."""
    ledger = Ledger(town.data)
    try:
        before = ledger.users  # some are known from when they open the page
        async with town.newcomer(scenario.language) as human:
            play = Play(human, painter, ledger)
            try:
                for verb, rest in scenario.steps:
                    await play.does(verb, rest)
            finally:
                painter.hold.set()
                painter.raises.clear()
                await play.is_quiet()
            shown = await human.shown() if scenario.lasts else []
            account = await asyncio.to_thread(ledger.account, before)
            return Outcome(
                account=account,
                answers=play.answers,
                messages=[_told(one) for one in shown],
                pictures=await asyncio.to_thread(_pictures, shown, town.platform),
            )
    finally:
        ledger.close()


def _told(shown: Shown) -> tuple[str, list[str], str | None]:
    file = shown.file and f"{shown.file[0]} {_hash(shown.file[1])}"
    return shown.text, _labels([shown]), file


def _pictures(shown: list[Shown], platform: str) -> list[str | None]:
    """Hash what is shown as Telegram shows it, which encodes every picture anew."""
    pictures = [one.picture for one in shown]
    if platform != "telegram":
        pictures = [picture and as_telegram_shows(picture) for picture in pictures]
    return [_hash(picture) if picture else None for picture in pictures]


async def _until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not is_so():  # noqa: ASYNC110 - a database rings no bell
            await asyncio.sleep(LOOK_EVERY)


def _found(shown: list[Shown], label: str) -> Button:
    """Find a button in the newest message that has it."""
    for one in reversed(shown):
        for button in one.buttons:
            if button.label == label:
                return button
    raise LookupError(f"no {label} in {_labels(shown)}")


def _labels(shown: list[Shown]) -> list[str]:
    """List what can be tapped, in any order, but for the way to a page that not all have."""
    return sorted(
        button.label for one in shown for button in one.buttons if button.label not in EDITOR
    )


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
