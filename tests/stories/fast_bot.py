"""The whole bot in a process of its own, painting with the fast engine, killed where a test says.

Run as `python -m tests.stories.fast_bot`, with the bot's own settings in the environment and
`FAIL_AT` naming a point of `POINTS`: it dies there once in a data folder, never again. `PACE` is
how many seconds a step of painting takes; `UNHURRIED` lets every message out at once.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bot import assembly, logs
from bot.carrying import Carrier
from bot.dispatch import Dispatcher
from bot.fetching import Fetcher
from bot.news import News
from bot.platforms.telegram import Telegram
from bot.serving import serve
from bot.settings import Settings
from bot.studio import Studio
from pipeline.jobs import PrepareJob
from tests.bot.fakes import FakeEngine
from tests.bot.sender import unhurried

Point = tuple[type[Any], str, bool]

# Where it dies: in which method, and whether before the method does anything or after it has.
POINTS: dict[str, Point] = {
    "update stepped, not committed": (Carrier, "step", True),
    "update committed, not confirmed": (Studio, "handle", True),
    "photo stored, not committed": (Fetcher, "_take_in", False),
    "job given away, not published": (Dispatcher, "_publish", False),
    "result stepped, not committed": (News, "on_result", True),
    "result committed, not shown": (News, "committed", True),
    "message posted, not on record": (Telegram, "post", True),
    "picture edited in, not on record": (Telegram, "edit", True),
    "file sent, not on record": (Telegram, "send_file", True),
}
RUNNING = "job running"


def main() -> None:
    """Run the bot until it is told to stop, or dies."""
    settings = Settings.from_environ(os.environ)
    logs.set_up(level=settings.log_level)
    settings.data.mkdir(parents=True, exist_ok=True)
    engine = FakeEngine(pace=float(os.environ.get("PACE", "0.01")))
    point = os.environ.get("FAIL_AT")
    if point is not None and not (settings.data / "died").exists():
        _arm(point, settings.data / "died", engine)
    if "UNHURRIED" in os.environ:
        assembly.Pace = unhurried  # the server does not mind either
    asyncio.run(serve(settings, load=lambda: engine))


def _arm(point: str, died: Path, engine: FakeEngine) -> None:
    if point == RUNNING:
        engine.began = lambda job: _die(died) if isinstance(job, PrepareJob) else None
        return
    kind, name, after = POINTS[point]
    setattr(kind, name, _dying(getattr(kind, name), died, after=after))


def _dying(method: Callable[..., Any], died: Path, *, after: bool) -> Callable[..., Any]:
    async def dies(*arguments: Any, **named: Any) -> Any:
        if not after:
            _die(died)
        return _die(died, await method(*arguments, **named))

    def dies_at_once(*arguments: Any, **named: Any) -> Any:
        return _die(died, method(*arguments, **named))

    waits: Callable[..., bool] = asyncio.iscoroutinefunction
    return dies if waits(method) else dies_at_once


def _die(died: Path, _: Awaitable[Any] | Any = None) -> None:
    died.touch()
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
