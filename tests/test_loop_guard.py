"""The guard in conftest.py, tried on tests that are made up here."""

import subprocess
import sys
from pathlib import Path

TESTS = """
import asyncio, time

async def test_waiting_is_fine():
    await asyncio.sleep(0.2)

async def test_blocking_is_not():
    time.sleep(0.2)

def test_blocking_without_a_loop_is_fine():
    time.sleep(0.2)
"""

SETTINGS = """\
[pytest]
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
"""


def test_only_an_async_test_that_blocks_the_loop_fails(tmp_path: Path):
    guard = Path(__file__).with_name("conftest.py").read_text(encoding="utf-8")
    (tmp_path / "conftest.py").write_text(guard, encoding="utf-8")
    (tmp_path / "test_made_up.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text(SETTINGS, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:simcord",
        tmp_path,
    ]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "3 passed, 1 error" in run.stdout
    assert "ERROR test_made_up.py::test_blocking_is_not" in run.stdout
