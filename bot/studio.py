"""Where everything that happens becomes a conversation's next state: one transaction an event.

An update counts as taken in once its transaction has committed. Nothing slow happens in one: photos
are fetched, jobs are run and messages are sent by others, from what the transaction wrote down.
"""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.bells import After, Bells, ring
from bot.carrying import Carrier, Turn, create, new_name
from bot.commands import CommandError, Word
from bot.events import PhotoComing, Pressed, StrangeSent, TextSent
from bot.fetching import payload_of
from bot.grammar import read_token
from bot.incoming import Incoming, Odd, Photo, PressedButton, Said
from bot.metrics import Metrics
from bot.saving import load_state
from bot.settings import Settings
from bot.states import State
from bot.words import Text, say, text
from storage import inbox, people, sessions
from storage.database import Database

NEW, SEEN, REFUSED = "new", "seen before", "refused"  # outcomes of updates


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of an update.

    Attributes:
        answer: What a press is answered with; None for nothing.
        link: An address that answers it, for whoever pressed alone.
    """

    answer: str | None = None
    link: str | None = None


class Studio:
    """Takes in what people do, on every platform."""

    def __init__(
        self,
        database: Database,
        carrier: Carrier,
        *,
        settings: Settings,
        bells: Bells,
        metrics: Metrics,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._carrier = carrier
        self._settings = settings
        self._bells = bells
        self._metrics = metrics
        self._now = now

    async def handle(self, incoming: Incoming) -> Handled:
        """Take an update in; when this returns, it will never be lost.

        Raises:
            StorageError: The database is locked or full: nothing was taken in, try again later.
        """
        begun = time.perf_counter()
        async with self._turn(incoming) as turn:
            handled, outcome = await self._take_in(turn, incoming)
        self._metrics.updates.labels(incoming.place.platform, outcome).inc()
        self._metrics.handling.observe(time.perf_counter() - begun)
        return handled

    @asynccontextmanager
    async def _turn(self, incoming: Incoming) -> AsyncGenerator[Turn]:
        after, place = After(), incoming.place
        async with self._database.writing() as db:
            person = await people.meet(
                db, place.platform, incoming.sender.id, incoming.sender.language
            )
            yield Turn(
                db=db,
                source=incoming.source,
                person=person,
                chat_id=await people.place(
                    db, place.platform, place.chat, place.thread, place.is_group
                ),
                admin=_names(incoming)[0] in self._settings.admins,
                at=self._now(),
                after=after,
            )
        ring(self._bells, after)

    async def _take_in(self, turn: Turn, incoming: Incoming) -> tuple[Handled, str]:
        if isinstance(incoming.what, Photo) and self._settings.allows(*_names(incoming)):
            return await self._photo(turn, incoming, incoming.what)
        if await inbox.receive(turn.db, turn.source) is None:
            return Handled(), SEEN
        if not self._settings.allows(*_names(incoming)):
            return await self._refuse(turn, incoming), REFUSED
        match incoming.what:
            case PressedButton():
                return await self._pressed(turn, incoming.what), NEW
            case Said(said):
                await self._said(turn, incoming, TextSent(said))
            case Odd(what):
                await self._said(turn, incoming, StrangeSent(what))
            case Photo():
                pass
        return Handled(), NEW

    async def _photo(self, turn: Turn, incoming: Incoming, photo: Photo) -> tuple[Handled, str]:
        """Begin a conversation about a photo, which is fetched once this is kept."""
        name = new_name()
        taken = await inbox.receive(
            turn.db,
            turn.source,
            user_id=turn.person.id,
            chat_id=turn.chat_id,
            session_id=name,
            payload=payload_of(incoming.place.platform, photo.remote, admin=turn.admin),
        )
        if taken is None:
            return Handled(), SEEN
        state = await create(turn, name)
        await self._carrier.step(turn, state, PhotoComing(photo.caption))
        turn.after.fetching = True
        return Handled(), NEW

    async def _pressed(self, turn: Turn, press: PressedButton) -> Handled:
        """Answer a press of one's own button; whatever else was sent as one changes nothing."""
        try:
            pressed = read_token(press.carried)
            name = pressed.session
        except CommandError as error:
            return self._answer(turn, None, error.text)
        saved = await sessions.load(turn.db, name)
        if saved is None or saved.chat_id != turn.chat_id:
            return self._answer(turn, None, text("refused.over"))
        if saved.user_id != turn.person.id:
            return self._answer(turn, None, text("refused.owner"))
        before = load_state(saved.state)
        state, answer = await self._carrier.step(turn, before, Pressed(press.carried))
        handled = self._answer(turn, state, answer)
        if pressed.command is Word.EDITOR and state.work is None:
            return await self._with_link(turn, state, handled)
        return handled

    async def _with_link(self, turn: Turn, state: State, handled: Handled) -> Handled:
        """Answer a press with the way to the editor."""
        place = await people.address(turn.db, turn.chat_id)
        link = self._carrier.way_to_editor(turn, state.session, place.platform)
        if link is None:
            return self._answer(turn, state, text("refused.unreachable"))
        return Handled(handled.answer, link)

    async def _said(self, turn: Turn, incoming: Incoming, event: TextSent | StrangeSent) -> None:
        """Give a line to the conversation that it replies to, or else to the person's latest."""
        name = None
        if incoming.reply_to is not None:
            name = await sessions.by_message(turn.db, turn.chat_id, incoming.reply_to)
        name = name or await sessions.latest(turn.db, turn.person.id, turn.chat_id)
        saved = await sessions.load(turn.db, name) if name else None
        if saved is not None and saved.user_id != turn.person.id:
            await self._carrier.say(turn, text("refused.owner"), saved.id)
            return
        state = load_state(saved.state) if saved else await create(turn, new_name())
        await self._carrier.step(turn, state, event)

    async def _refuse(self, turn: Turn, incoming: Incoming) -> Handled:
        """Tell somebody who is not on the list how to get there."""
        told = text("refused.private", name=_names(incoming)[0])
        if isinstance(incoming.what, PressedButton):
            return self._answer(turn, None, told)
        await self._carrier.say(turn, told)
        return Handled()

    def _answer(self, turn: Turn, state: State | None, sentence: Text | None) -> Handled:
        if sentence is None:
            return Handled()
        language = (state.language if state else None) or turn.person.language
        return Handled(say(sentence, language))


def _names(incoming: Incoming) -> tuple[str, str]:
    """Name the person and the chat as the settings do."""
    place = incoming.place
    return f"{place.platform}:{incoming.sender.id}", f"{place.platform}:{place.chat}"
