"""An editor that is served and waits to be opened."""

from collections.abc import AsyncGenerator

import pytest

from tests.pages.editor.stand import Stand, standing, stood_up


@pytest.fixture
async def stand() -> AsyncGenerator[Stand]:
    """Serves the editor for one person."""
    async with stood_up([standing(330, 330, 2.0)]) as one:
        yield one


@pytest.fixture
async def crowd() -> AsyncGenerator[Stand]:
    """Serves the editor for three people."""
    people = [standing(330, 330, 2.0), standing(120, 420, 1.6), standing(640, 400, 1.7)]
    async with stood_up(people) as one:
        yield one
