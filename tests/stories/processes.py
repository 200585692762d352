"""A bot in a process of its own, against the local Bot API server: started, killed, started."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.telegram.world import World

FAST, REAL = "tests.stories.fast_bot", "bot"
PATIENCE = 60.0  # seconds; a start takes one on a quiet machine


@dataclass(slots=True)
class BotProcess:
    """One bot: its data folder outlives its processes.

    Attributes:
        world: The Telegram that it talks to.
        folder: Its data.
        module: What is run.
        process: The one that runs now.
        log: What all of them wrote.
    """

    world: World
    folder: Path
    module: str = FAST
    process: asyncio.subprocess.Process | None = None
    env: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def log(self) -> str:
        return (self.folder / "log.txt").read_text()

    async def start(self, **env: str) -> None:
        """Start it, and wait until it asks for updates."""
        calls = len(self.world.calls)
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log.txt").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                self.module,
                *(["serve"] if self.module == REAL else []),
                env={**os.environ, **self._settings(), **self.env, **env},
                stdout=log,
                stderr=log,
            )
        async with asyncio.timeout(PATIENCE):
            while "getUpdates" not in self.world.calls[calls:]:
                if self.process.returncode is not None:
                    raise AssertionError(self.log)
                await asyncio.sleep(0.02)

    async def dies(self) -> None:
        """Wait until it was killed.

        Raises:
            TimeoutError: It lives on.
        """
        assert self.process is not None
        async with asyncio.timeout(PATIENCE):
            assert await self.process.wait() == -signal.SIGKILL, self.log

    async def kill(self) -> None:
        """Kill it without a warning."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> int:
        """Tell it to stop; return how it ended."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.terminate()
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    def _settings(self) -> dict[str, str]:
        return {
            "TOEFRAME_TELEGRAM_TOKEN": self.world.token,
            "TOEFRAME_TELEGRAM_API_BASE": self.world.url,
            "TOEFRAME_DATA_DIR": str(self.folder),
            "TOEFRAME_METRICS_PORT": "0",
            "TOEFRAME_PROFILE": "tiny",
            "TOEFRAME_DAILY": "0",
        }


@asynccontextmanager
async def bot_process(world: World, folder: Path, module: str = FAST) -> AsyncGenerator[BotProcess]:
    """Give a bot that is not started yet, and stop it at the end."""
    bot = BotProcess(world, folder, module)
    try:
        yield bot
    finally:
        if bot.process is not None and bot.process.returncode is None:
            bot.process.kill()
            await bot.process.wait()
