from datetime import timedelta

from storage import visits
from storage.columns import now
from storage.database import Database
from storage.people import forget, meet
from storage.visits import Scope

HOUR = timedelta(hours=1)


async def test_a_visit_is_found_by_its_token_alone(database: Database):
    async with database.writing() as db:
        ana = await meet(db, "web", "ana", "ko")
        token = await visits.begin(db, ana.id, Scope.CHAT, lifetime=HOUR)
        visit = await visits.find(db, token)
        assert visit is not None
        assert (visit.user_id, visit.scope, visit.session) == (ana.id, Scope.CHAT, None)
        assert await visits.find(db, token[:-1]) is None
        assert visit.name not in token, "a visit's name in a log opens nothing"


async def test_a_visit_ends_unless_it_is_extended(database: Database):
    async with database.writing() as db:
        ana = await meet(db, "web", "ana", None)
        over = await visits.begin(db, ana.id, Scope.CHAT, lifetime=-HOUR)
        assert await visits.find(db, over) is None
        await visits.extend(db, over, HOUR)
        visit = await visits.find(db, over)
        assert visit is not None
        assert visit.expires > now()


async def test_who_is_forgotten_visits_no_more_unless_let_in_anew(database: Database):
    async with database.writing() as db:
        ana = await meet(db, "web", "ana", None)
        token = await visits.begin(db, ana.id, Scope.CHAT, lifetime=HOUR)
        before = await visits.find(db, token)
        await forget(db, ana.id)
        assert await visits.find(db, token) is None
        again = await meet(db, "web", "ana", None)
        await visits.begin(db, again.id, Scope.CHAT, lifetime=HOUR, token=token)
        after = await visits.find(db, token)
    assert before is not None
    assert after is not None
    assert (after.name, after.user_id) == (before.name, again.id)


async def test_what_counts_once_counts_once(database: Database):
    async with database.writing() as db:
        assert await visits.spend(db, "nonce", now() + HOUR)
        assert not await visits.spend(db, "nonce", now() + HOUR)


async def test_what_was_used_up_is_forgotten_when_it_does_not_count_any_more(database: Database):
    async with database.writing() as db:
        await visits.spend(db, "nonce", now() + HOUR)
        await visits.sweep(db, now())
        assert not await visits.spend(db, "nonce", now() + HOUR)
        await visits.sweep(db, now() + 2 * HOUR)
        assert await visits.spend(db, "nonce", now() + HOUR)
