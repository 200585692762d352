"""What conversations want, written into the open transaction; what follows its commit, noted."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot import orders
from bot.bells import After
from bot.buttons import button
from bot.commands import Word
from bot.conversation import step
from bot.effects import (
    Answer,
    CancelJob,
    Effect,
    Enqueue,
    ForgetAll,
    OpenEditor,
    Say,
    SendFile,
    ShowCard,
    TakeSample,
    Tell,
    Topic,
)
from bot.events import Event, PhotoSent, Pressed, Refused
from bot.saving import load_defaults, save_defaults, save_effect, save_state
from bot.states import Defaults, State, begin, remembered
from bot.web.links import Links
from bot.words import Text, text
from pipeline.wire import Stored
from storage import figures, jobs, outbox, people, pictures, sessions
from storage.retention import PHOTOS, SESSIONS

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SAY, FILE = "say", "file"  # kinds of messages
HERE = "web"  # the platform whose pages the bot serves itself
SHOWS_ALL = frozenset({"telegram"})  # platforms that show a whole group what answers one of it
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One event's transaction.

    Attributes:
        db: The open transaction.
        source: What the event came from; unique, so that its messages are sent once.
        person: Whose conversation it is.
        chat_id: Where.
        admin: Whether that person runs the bot.
        at: When.
        after: What follows the commit.
    """

    db: AsyncSession
    source: str
    person: people.Person
    chat_id: int
    admin: bool
    at: datetime
    after: After

    @property
    def language(self) -> str | None:
        """What the person chose for all conversations to come, or else reads on the platform."""
        return self.defaults.language or self.person.language

    @property
    def defaults(self) -> Defaults:
        """What the person's next conversation begins with."""
        return load_defaults(self.person.options) if self.person.options else Defaults()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What one person may have.

    Attributes:
        waiting: Orders that may wait or run at once.
        daily: Orders in 24 hours; 0 is no limit.
    """

    waiting: int = 10
    daily: int = 100


class Carrier:
    """Steps conversations, and writes down what they want."""

    def __init__(self, rules: Rules, sample: Stored, links: Links) -> None:
        self._rules = rules
        self._sample = sample
        self._links = links

    async def step(self, turn: Turn, state: State, event: Event) -> tuple[State, Text | None]:
        """Answer what a person did in a conversation, and save it.

        Returns:
            The conversation as it is now, and what a press is answered with.
        """
        after, effects = step(state, event)
        reason = await self._refusal(turn, effects)
        if reason is not None:
            after, refused = step(after, Refused(reason))
            effects = (*(one for one in effects if not isinstance(one, Enqueue)), *refused)
        if any(isinstance(effect, ForgetAll) for effect in effects):
            await self._forget(turn, effects)
        else:
            await sessions.save(turn.db, after.session, save_state(after))
            await keep_pictures(turn.db, state, after)
            await self._remember(turn, state, after)
            for index, effect in enumerate(effects):
                await self._carry(turn, after, event, effect, index)
        answers = (effect.text for effect in effects if isinstance(effect, Answer))
        return after, next(answers, None)

    async def say(self, turn: Turn, sentence: Text, session: str | None = None) -> None:
        """Send a message that belongs to no step of a conversation."""
        await self._put(turn, SAY, Say(sentence), session, "told")

    async def _refusal(self, turn: Turn, effects: Sequence[Effect]) -> Text | None:
        """Tell why what was ordered may not be had now, if it may not."""
        if turn.admin or not any(isinstance(effect, Enqueue) for effect in effects):
            return None
        stopped = sum(isinstance(effect, CancelJob) for effect in effects)
        active = await people.active_jobs(turn.db, turn.person.id) - stopped
        if active >= self._rules.waiting:
            return text("refused.waiting", count=active)
        ordered = await people.orders_since(turn.db, turn.person.id, turn.at - DAY)
        if self._rules.daily and ordered >= self._rules.daily:
            return text("refused.daily", count=self._rules.daily)
        return None

    async def _remember(self, turn: Turn, before: State, after: State) -> None:
        known = turn.defaults
        changed = remembered(known, before, after)
        if changed != known:
            language = changed.language or turn.person.language
            await people.remember(turn.db, turn.person.id, save_defaults(changed), language)

    def way_to_editor(self, turn: Turn, session: str, platform: str) -> str | None:
        """Return the address at which a conversation's people can be dragged, if there is one."""
        here = platform == HERE
        return self._links.address(session, turn.person.id, here=here, now=turn.at)

    async def _tell_way(self, turn: Turn, state: State, event: Event, index: int) -> None:
        """Answer typed words with the button, as no address lies about; a press has one at once."""
        if isinstance(event, Pressed):
            return
        place = await people.address(turn.db, turn.chat_id)
        told = Say(text("editor.link"), ((button(state, "button.editor", Word.EDITOR),),))
        if not self._links.is_reached(here=place.platform == HERE):
            told = Say(text("refused.unreachable"))
        elif place.is_group and place.platform in SHOWS_ALL and not self._links.is_safe:
            told = Say(text("refused.private_chat"))
        await self._put(turn, SAY, told, state.session, str(index))

    async def _carry(
        self, turn: Turn, state: State, event: Event, effect: Effect, index: int
    ) -> None:
        match effect:
            case ShowCard():
                await sessions.want_card(turn.db, state.session, fresh=effect.fresh)
                turn.after.chats.add(turn.chat_id)
            case Enqueue():
                await self._enqueue(turn, state, effect)
            case CancelJob():
                await self._cancel(turn, state, effect)
            case Say():
                await self._put(turn, SAY, effect, state.session, str(index))
            case SendFile():
                await self._put(turn, FILE, effect, state.session, str(index))
            case TakeSample():
                await self._take_sample(turn)
            case OpenEditor():
                await self._tell_way(turn, state, event, index)
            case Tell():
                told = await self._told(turn, effect.topic)
                await self._put(turn, SAY, Say(told), state.session, str(index))
            case Answer() | ForgetAll():
                pass

    async def _enqueue(self, turn: Turn, state: State, effect: Enqueue) -> None:
        await jobs.add(
            turn.db,
            session_id=state.session,
            number=effect.job,
            user_id=turn.person.id,
            kind=effect.order.kind,
            order=orders.document_of(state, effect.order),
        )
        turn.after.queued = True

    async def _cancel(self, turn: Turn, state: State, effect: CancelJob) -> None:
        found = await jobs.by_session(turn.db, state.session, effect.job)
        if found is not None:
            await jobs.cancel(turn.db, found.id)
            turn.after.stopped.append(found.id)

    async def _put(
        self, turn: Turn, kind: str, effect: Say | SendFile, session: str | None, key: str
    ) -> None:
        await outbox.put(
            turn.db,
            f"{turn.source}:{key}",
            chat_id=turn.chat_id,
            session_id=session,
            kind=kind,
            # Who is forgotten by then, or has no conversation, is still to be told in their words.
            payload={**save_effect(effect), "language": turn.language},
        )
        turn.after.chats.add(turn.chat_id)

    async def _take_sample(self, turn: Turn) -> None:
        """Begin a conversation about the sample photo."""
        sample = self._sample
        await pictures.note(turn.db, sample.hash, sample.size, sample.mime)
        new = await create(turn, new_name())
        await self.step(turn, new, PhotoSent(sample.hash))

    async def _forget(self, turn: Turn, effects: Sequence[Effect]) -> None:
        """Delete the person with all that is theirs; only the last word is still sent."""
        turn.after.stopped += await figures.under_way(turn.db, turn.person.id)
        turn.after.dropped |= await people.forget(turn.db, turn.person.id)
        for index, effect in enumerate(effects):
            if isinstance(effect, Say):
                await self._put(turn, SAY, effect, None, str(index))

    async def _told(self, turn: Turn, topic: Topic) -> Text:
        if topic is Topic.PRIVACY:
            return text("privacy", hours=PHOTOS // HOUR, days=SESSIONS // DAY)
        if not turn.admin:
            return text("refused.stats")
        return text("stats", **await figures.counts(turn.db, turn.at - DAY))


def new_name() -> str:
    """Draw a conversation's name: 40 random bits, so that none is guessed or drawn twice."""
    return "".join(secrets.choice(LETTERS) for _ in range(8))


async def create(turn: Turn, name: str) -> State:
    """Begin a conversation as the person had it last, and write it down."""
    state = begin(name, turn.defaults)
    await sessions.create(
        turn.db, name, user_id=turn.person.id, chat_id=turn.chat_id, state=save_state(state)
    )
    return state


async def keep_pictures(db: AsyncSession, before: State, after: State) -> None:
    """Note which stored pictures a conversation needs now, where that has changed."""
    if before.pictures == after.pictures:
        return
    photos = {version.order.photo for version in after.versions} | {after.photo}
    await pictures.use(
        db, after.session, after.pictures, photos={photo for photo in photos if photo}
    )
