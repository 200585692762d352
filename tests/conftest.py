"""The guard that keeps the event loop free."""

import asyncio
import gc
import inspect
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

SCHEDULED = Path("/proc/thread-self/schedstat")  # nanoseconds: run, and waited for a processor
PATIENCE = 0.1  # seconds that one step of an async test may hold the loop


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what tests measured."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        if report.when == "call" and report.user_properties:
            told = ", ".join(f"{value} {name}" for name, value in report.user_properties)
            terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {told}")


@pytest.fixture(autouse=True)
def guard_async_tests(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let tests without a loop go on without one."""
    if not inspect.iscoroutinefunction(request.function):
        yield
        return
    # To look for garbage in all that was imported and loaded takes 0.3 s, whenever it comes: it is
    # looked for before the test, and what is there by then not again.
    gc.collect()
    gc.freeze()
    gc.disable()
    request.getfixturevalue("never_block_the_loop")
    yield
    gc.enable()


@pytest.fixture
async def never_block_the_loop(caplog: pytest.LogCaptureFixture) -> AsyncIterator[None]:
    """Fail an async test in which one step held the event loop for too long."""
    loop = asyncio.get_running_loop()
    loop.time = _time_on_processor  # pyright: ignore[reportAttributeAccessIssue]
    loop.set_debug(True)
    loop.slow_callback_duration = PATIENCE
    yield
    warnings = [r.getMessage() for r in caplog.get_records("call") if r.name == "asyncio"]
    assert [text for text in warnings if " took " in text] == []


def _time_on_processor() -> float:
    """Seconds, less those in which this thread was ready and other programs had the processor.

    What holds the loop is then what it does itself, however busy the machine is.
    """
    try:
        waited = int(SCHEDULED.read_text().split()[1])
    except OSError:
        waited = 0  # not on Linux
    return time.monotonic() - waited / 1e9
