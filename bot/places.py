"""Tells those who wait where they stand in the queue, and how long it will be."""

from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from bot.hearing import Listener, cost_of
from bot.link import Link
from storage import paces
from storage.database import Database

NEAR = 10  # places up to which each step forward is told
FAR_STEP = 0.2  # further back, a step forward is told when it is this share of the way
BATCH = 20  # places that are told in one transaction


class Places:
    """Remembers who was told what, so that only news are told."""

    def __init__(self, database: Database, link: Link, listener: Listener) -> None:
        self._database = database
        self._link = link
        self._listener = listener
        self._told: dict[int, int] = {}

    async def tell(self) -> None:
        """Tell those whose place has changed, the first ones first."""
        async with self._database.reading() as db:
            places = await self._waiting(db)
        self._told = {place.job.id: self._told.get(place.job.id, 0) for place in places}
        moved = [p.job.id for p in places if _is_news(self._told[p.job.id], p.place)]
        for start in range(0, len(moved), BATCH):
            await self._tell(frozenset(moved[start : start + BATCH]))

    async def _tell(self, ids: frozenset[int]) -> None:
        async with self._database.writing() as db:  # looked up again: some may have begun by now
            places = [place for place in await self._waiting(db) if place.job.id in ids]
            for place in places:
                await self._listener.on_place(db, place.job, place.place, place.seconds)
        self._told |= {place.job.id: place.place for place in places}
        self._listener.committed()

    async def _waiting(self, db: AsyncSession) -> list[paces.Place]:
        known = await paces.paces(db)
        return await paces.place_and_eta(db, self._link.slots, partial(cost_of, known=known))


def _is_news(told: int, place: int) -> bool:
    return place != told if place <= NEAR else abs(place - told) > FAR_STEP * place
