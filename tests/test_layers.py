"""Who may import whom: the picture in README, enforced."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEAVY = frozenset(
    {
        "accelerate",
        "controlnet_aux",
        "diffusers",
        "mediapipe",
        "torch",
        "torchvision",
        "transformers",
    }
)
CHATS = frozenset({"aiohttp", "discord", "telegram"})
PAINTING = frozenset({"pipeline.gpu", "pipeline.bundle", "pipeline.bench"})

# The conversation is a function: no clock, no chance, no files, no database, no event loop.
CORE = (
    "arrivals",
    "buttons",
    "card",
    "card_pose",
    "card_result",
    "card_settings",
    "commands",
    "conversation",
    "desk",
    "effects",
    "events",
    "grammar",
    "hangul",
    "menu",
    "naming",
    "obey",
    "painting",
    "saving",
    "saving_poses",
    "states",
    "verbs",
    "wishes",
    "work",
)
IMPURE = (
    frozenset({"asyncio", "datetime", "io", "logging", "os", "pathlib", "random", "secrets"})
    | {"shutil", "socket", "sqlalchemy", "sqlite3", "storage", "subprocess", "tempfile", "time"}
    | {"threading", "uuid", "pipeline.fix", "pipeline.photo"}
)

# For each folder or file what nothing in it may import; the innermost that is named here counts.
FORBIDDEN: Mapping[str, frozenset[str]] = {
    "pipeline": frozenset({"bot", "storage", "tests"}) | CHATS | HEAVY | PAINTING,
    "pipeline/gpu": frozenset({"bot", "storage", "tests", "pipeline.bundle", "pipeline.bench"})
    | CHATS,
    "pipeline/bench": frozenset({"bot", "storage", "tests", "pipeline.bundle"}) | CHATS,
    "pipeline/bundle": frozenset({"bot", "storage", "tests"}) | CHATS,
    "storage": frozenset({"bot", "tests"}) | CHATS | HEAVY | PAINTING,
    "bot": frozenset({"tests"}) | HEAVY | PAINTING,
    **{f"bot/{name}.py": frozenset({"tests"}) | CHATS | HEAVY | PAINTING | IMPURE for name in CORE},
}
# The bottom of a program puts its parts together, and does so late: inside a function.
LATE: Mapping[str, frozenset[str]] = {
    "bot/serving.py": frozenset({"pipeline.gpu"}),
    "pipeline/__main__.py": frozenset({"pipeline.gpu", "pipeline.bench"}),
    "pipeline/doctor.py": frozenset({"pipeline.gpu"}),
}


def offences(root: Path) -> list[str]:
    """List imports that are not allowed, as `file:line imports name`."""
    return [
        f"{file.relative_to(root).as_posix()}:{line} imports {name}"
        for package in ("bot", "pipeline", "storage")
        for file in sorted((root / package).rglob("*.py"))
        for line, name in _offences_in(file.read_text(encoding="utf-8"), file.relative_to(root))
    ]


def _offences_in(source: str, file: Path) -> Iterator[tuple[int, str]]:
    forbidden = next(
        FORBIDDEN[place.as_posix()]
        for place in (file, *file.parents)
        if place.as_posix() in FORBIDDEN
    )
    late = LATE.get(file.as_posix(), frozenset[str]())
    for line, names, inside in _imports(ast.parse(source)):
        broken = {rule for rule in forbidden for name in names if _is_or_is_in(name, rule)}
        for rule in sorted(broken - (late if inside else frozenset())):
            yield line, rule


def _imports(tree: ast.Module) -> Iterator[tuple[int, list[str], bool]]:
    """Give each import's line, the modules it may mean, and whether it stands in a function."""
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = {node for function in functions for node in ast.walk(function)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield node.lineno, [alias.name for alias in node.names], node in inside
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            yield node.lineno, names, node in inside


def _is_or_is_in(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def test_every_package_imports_only_what_it_may():
    assert offences(ROOT) == []


@pytest.mark.parametrize(
    ("file", "source", "found"),
    [
        ("pipeline/photo.py", "import torch", "pipeline/photo.py:1 imports torch"),
        ("pipeline/photo.py", "import torch.nn as nn", "pipeline/photo.py:1 imports torch"),
        ("pipeline/a/b.py", "\nfrom discord.ext import tasks", "pipeline/a/b.py:2 imports discord"),
        ("pipeline/plan.py", "from pipeline import gpu", "pipeline/plan.py:1 imports pipeline.gpu"),
        (
            "pipeline/jobs.py",
            "def run():\n    from pipeline.gpu.engine import Engine",
            "pipeline/jobs.py:2 imports pipeline.gpu",
        ),
        (
            "pipeline/__main__.py",
            "from pipeline.gpu.engine import Engine",
            "pipeline/__main__.py:1 imports pipeline.gpu",
        ),
        (
            "pipeline/gpu/engine.py",
            "from pipeline.bundle import codec",
            "pipeline/gpu/engine.py:1 imports pipeline.bundle",
        ),
        ("storage/models.py", "import bot.studio", "storage/models.py:1 imports bot"),
        ("bot/studio.py", "import torch", "bot/studio.py:1 imports torch"),
        ("bot/conversation.py", "import time", "bot/conversation.py:1 imports time"),
        ("bot/card.py", "from storage import jobs", "bot/card.py:1 imports storage"),
        ("bot/obey.py", "import telegram", "bot/obey.py:1 imports telegram"),
    ],
)
def test_an_import_across_a_border_is_found(tmp_path: Path, file: str, source: str, found: str):
    _write(tmp_path / file, source)
    assert offences(tmp_path) == [found]


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("pipeline/gpu/engine.py", "import torch\nfrom pipeline.jobs import PrepareJob"),
        ("pipeline/bundle/train.py", "import torch\nfrom pipeline.gpu import paint"),
        ("pipeline/photo.py", "import torchlight\nfrom pipeline.geometry import Size"),
        ("pipeline/__main__.py", "def engine():\n    from pipeline.gpu.engine import Engine"),
        ("storage/jobs.py", "from pipeline.jobs import PrepareJob"),
        ("bot/studio.py", "from storage.jobs import JobStore\nimport pipeline.skeleton"),
        ("bot/studio.py", "import time"),
        ("bot/conversation.py", "from bot.card import card_of\nfrom dataclasses import replace"),
    ],
)
def test_an_import_within_the_borders_is_let_through(tmp_path: Path, file: str, source: str):
    _write(tmp_path / file, source)
    assert offences(tmp_path) == []


def _write(file: Path, source: str) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(source, encoding="utf-8")


def test_every_file_of_the_conversation_is_there():
    assert [name for name in CORE if not (ROOT / "bot" / f"{name}.py").is_file()] == []
