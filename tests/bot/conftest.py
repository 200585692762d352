"""What tests of the bot share."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.bot.sender import Bench, bench_in


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncGenerator[Bench]:
    async with bench_in(tmp_path) as bench:
        yield bench
