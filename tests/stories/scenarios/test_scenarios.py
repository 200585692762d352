"""One table of scenarios through every platform: the same states, the same pictures."""

import asyncio
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from threading import Thread
from typing import Any, cast

import pytest

from bot import assembly
from bot.settings import Settings
from tests.bot.sender import unhurried
from tests.stories.humans import OpenTown, Town, discord, telegram, web
from tests.stories.scenarios.painting import PAINTING
from tests.stories.scenarios.play import SEEING, Outcome, Scenario, played
from tests.stories.scenarios.posing import POSING
from tests.stories.scenarios.props import Painter
from tests.stories.scenarios.sending import SENDING
from tests.stories.scenarios.stopping import STOPPING
from tests.stories.scenarios.wishing import WISHING

TABLE = (*SENDING, *POSING, *PAINTING, *WISHING, *STOPPING)
TOWNS: dict[str, OpenTown] = {
    "telegram": telegram.open_town,
    "discord": discord.open_town,
    "web": web.open_town,
}
GENEROUS, STRICT = Settings(daily=0, waiting=100), Settings(daily=3, waiting=2)
PATIENCE = 60.0  # seconds
Run = Callable[[Coroutine[Any, Any, Any]], Any]
Outcomes = dict[str, Outcome]


class Stage:
    """All platforms, each with a living bot.

    Bots that are strict live when no others do: Discord's library has room for one address only.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open = AsyncExitStack()
        self._is_strict: bool | None = None
        self._towns: list[tuple[Town, Painter]] = []

    async def plays(self, scenario: Scenario) -> Outcomes:
        """Play a scenario at all platforms at once."""
        if scenario.strict is not self._is_strict:
            await self.close()
            await self._set_up(strict=scenario.strict)
        async with asyncio.TaskGroup() as group:
            tasks = {
                town.platform: group.create_task(played(scenario, town, painter))
                for town, painter in self._towns
                if town.platform not in scenario.without
            }
        return {platform: task.result() for platform, task in tasks.items()}

    async def close(self) -> None:
        """Let all bots stop."""
        await self._open.aclose()
        self._towns = []

    async def _set_up(self, *, strict: bool) -> None:
        self._is_strict = strict
        for name, open_town in TOWNS.items():
            painter, folder = Painter(), self._folder / f"{name}-{strict}"
            folder.mkdir(exist_ok=True)
            town = open_town(folder, painter, STRICT if strict else GENEROUS)
            self._towns.append((await self._open.enter_async_context(town), painter))


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Generator[Callable[[Scenario], Outcomes]]:
    with pytest.MonkeyPatch.context() as patch, _loop() as run:
        patch.setattr(assembly, "Pace", unhurried)  # no server here minds haste
        stage = Stage(tmp_path_factory.mktemp("towns"))
        yield lambda scenario: run(stage.plays(scenario))
        run(stage.close())


@contextmanager
def _loop() -> Generator[Run]:
    """Run a loop beside the tests, which come and go while bots live."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield lambda told: asyncio.run_coroutine_threadsafe(told, loop).result(PATIENCE)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.mark.parametrize("scenario", TABLE, ids=lambda scenario: scenario.name)
def test_a_scenario_is_the_same_at_every_platform(
    play: Callable[[Scenario], Outcomes], scenario: Scenario
):
    outcomes = play(scenario)
    first = asdict(outcomes.pop("telegram"))
    found = {name: list(_differences(first, asdict(one))) for name, one in outcomes.items()}
    assert found == {name: [] for name in outcomes}


def _differences(one: object, other: object, path: str = "") -> Iterator[str]:
    """Tell where two outcomes differ: they are long."""
    ours, theirs = _parts(one), _parts(other)
    if ours is None or theirs is None or ours.keys() != theirs.keys():
        if one != other:
            yield f"{path}: {str(one)[:300]} != {str(other)[:300]}"
        return
    for name, part in ours.items():
        yield from _differences(part, theirs[name], f"{path}/{name}")


def _parts(whole: object) -> dict[str, object] | None:
    """Take apart what has parts."""
    match whole:
        case dict():
            return cast("dict[str, object]", whole)
        case list() | tuple():
            return {str(at): part for at, part in enumerate(cast("list[object]", whole))}
        case _:
            return None


def test_the_table_is_long_and_every_scenario_looks_at_something():
    assert len(TABLE) >= 60
    assert len({scenario.name for scenario in TABLE}) == len(TABLE)
    for scenario in TABLE:
        assert any(verb in SEEING for verb, _ in scenario.steps), scenario.name
