"""The figures and the health of a bot, over real HTTP."""

import aiohttp
import pytest

from bot.metrics import Check, Metrics, ops_app, serve_ops


async def _well() -> str | None:
    return None


async def _ill() -> str | None:
    return "locked"


async def _seven() -> int:
    return 7


async def _ask(metrics: Metrics, checks: dict[str, Check], path: str) -> tuple[int, str]:
    runner = await serve_ops(ops_app(metrics, checks, _seven), 0)
    try:
        host, port = runner.addresses[0][:2]
        async with (
            aiohttp.ClientSession() as client,
            client.get(f"http://{host}:{port}{path}") as answer,
        ):
            return answer.status, await answer.text()
    finally:
        await runner.cleanup()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


async def test_what_was_counted_can_be_read(metrics: Metrics):
    metrics.jobs.labels("prepare", "done").inc()
    status, text = await _ask(metrics, {}, "/metrics")
    assert status == 200
    assert 'toeframe_jobs_total{kind="prepare",outcome="done"} 1.0' in text
    assert "toeframe_jobs_waiting 7.0" in text


async def test_two_bots_in_one_process_count_apart(metrics: Metrics):
    metrics.jobs.labels("prepare", "done").inc()
    assert b"prepare" not in Metrics().text()


async def test_a_bot_whose_parts_are_well_is_well(metrics: Metrics):
    status, text = await _ask(metrics, {"database": _well}, "/healthz")
    assert (status, text) == (200, '{"well": true}')


async def test_the_part_that_is_ill_is_named(metrics: Metrics):
    status, text = await _ask(metrics, {"database": _ill, "worker": _well}, "/healthz")
    assert (status, text) == (503, '{"well": false, "database": "locked"}')
