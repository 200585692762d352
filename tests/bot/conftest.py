"""What tests of the bot share."""

import gc
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.bot.sender import Bench, bench_in


@pytest.fixture
def swept() -> None:
    """Keep the collector from walking all modules in the middle of a test: that takes 0.3 s."""
    gc.collect()
    gc.freeze()


@pytest.fixture
async def bench(swept: None, tmp_path: Path) -> AsyncGenerator[Bench]:
    async with bench_in(tmp_path) as bench:
        yield bench
