"""What the bot counts, for Prometheus, and the loopback port where it is read."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

Check = Callable[[], Awaitable[str | None]]
"""Looks at one part; returns None if it is well, else what is wrong."""
Count = Callable[[], Awaitable[int]]


class Metrics:
    """The figures of one bot process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.updates = Counter(
            "toeframe_updates_total",
            "Updates taken in; outcome is new, seen before, or refused.",
            ("platform", "outcome"),
            registry=self.registry,
        )
        self.handling = Histogram(
            "toeframe_handling_seconds",
            "From an update's arrival to its commit.",
            buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5),
            registry=self.registry,
        )
        self.jobs = Counter(
            "toeframe_jobs_total",
            "Jobs that ended; outcome is done, failed or cancelled.",
            ("kind", "outcome"),
            registry=self.registry,
        )
        self.waiting = Gauge(
            "toeframe_jobs_waiting", "Jobs in the queue now.", registry=self.registry
        )

    def text(self) -> bytes:
        """Write all figures as Prometheus reads them."""
        return generate_latest(self.registry)


def ops_app(
    metrics: Metrics, checks: dict[str, Check], count: Count | None = None
) -> web.Application:
    """Serve `/metrics`, and `/healthz`: 200 while every check finds its part well, else 503.

    Args:
        metrics: What is counted.
        checks: Each part's.
        count: Tells how many jobs wait; asked each time that somebody reads the figures.
    """

    async def show(_: web.Request) -> web.Response:
        if count is not None:
            metrics.waiting.set(await count())
        return web.Response(body=metrics.text(), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    async def health(_: web.Request) -> web.Response:
        found = {name: await check() for name, check in checks.items()}
        wrong = {name: what for name, what in found.items() if what is not None}
        return web.json_response({"well": not wrong, **wrong}, status=503 if wrong else 200)

    app = web.Application()
    app.add_routes([web.get("/metrics", show), web.get("/healthz", health)])
    return app


async def serve_ops(app: web.Application, port: int) -> web.AppRunner:
    """Listen on loopback; 0 takes any free port. The caller cleans the runner up."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner
