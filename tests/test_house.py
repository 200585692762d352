"""The files around the code agree with each other and with the code."""

import re
import runpy
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer.main
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import bot.__main__
import pipeline.__main__
import pipeline.bundle.__main__

ROOT = Path(__file__).parent.parent
PAGES = sorted(ROOT.glob("*.md"))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


PROJECT: dict[str, Any] = tomllib.loads(read("pyproject.toml"))
EXTRAS: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]
PINS = [Requirement(line) for line in read("constraints.txt").splitlines() if line[:1] != "#"]
VERSIONS = {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in PINS}
PREFLIGHT = runpy.run_path(str(ROOT / ".ci" / "preflight.py"))
TARGETS = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))


def installs(name: str) -> list[str]:
    """List the arguments of each `pip install` in a file."""
    return re.findall(r"pip install ([^\n&\\]*[^\n&\\\s])", read(name))


def without_dependencies(name: str) -> set[str]:
    arguments = [line for line in installs(name) if "--no-deps" in line]
    return {word for line in arguments for word in line.partition("--no-deps ")[2].split()}


def test_every_pin_is_exact_and_stands_once_in_order():
    lines = [line for line in read("constraints.txt").splitlines() if line[:1] != "#"]
    assert all(re.fullmatch(r"\S+==[^\s=*]+", line) for line in lines)
    assert lines == sorted(lines, key=str.lower)
    assert len(VERSIONS) == len(lines)


@pytest.mark.parametrize(
    "text", [*PROJECT["project"]["dependencies"], *(r for extra in EXTRAS.values() for r in extra)]
)
def test_what_the_project_asks_for_is_pinned_within_its_range(text: str):
    wanted = Requirement(text)
    assert wanted.specifier.contains(VERSIONS[canonicalize_name(wanted.name)])


def test_packages_that_are_installed_alone_are_pinned_too():
    assert without_dependencies("Makefile") <= set(VERSIONS)


def test_there_is_only_one_opencv_because_two_overwrite_each_other():
    assert [name for name in VERSIONS if name.startswith("opencv")] == ["opencv-python-headless"]


def test_a_machine_that_only_talks_to_people_needs_no_torch():
    light = {Requirement(text).name for text in PROJECT["project"]["dependencies"]}
    assert not light & {Requirement(text).name for text in EXTRAS["gpu"]}


def test_the_images_are_built_with_the_makefiles_own_steps():
    steps = {re.sub(r"\[[a-z,]+\]", "", line) for line in installs("Makefile") if ".[" in line}
    built = {re.sub(r"\[[a-z,]+\]", "", line) for line in installs("Dockerfile") if '".[' in line}
    assert built == steps
    assert without_dependencies("Dockerfile") <= without_dependencies("Makefile")
    named = re.findall(r'"\.\[([a-z,]+)\]"', read("Dockerfile") + read("Makefile"))
    assert {extra for names in named for extra in names.split(",")} <= set(EXTRAS)


def test_system_packages_are_the_same_everywhere():
    for name in ("Dockerfile", "README.md", ".ci/run"):
        assert all(package in read(name) for package in PREFLIGHT["LIBRARIES"].values())


def test_the_same_pythons_are_named_everywhere():
    allowed = SpecifierSet(PROJECT["project"]["requires-python"])
    found = [minor for minor in range(30) if allowed.contains(f"3.{minor}.99")]
    assert (found[0], found[-1]) == (PREFLIGHT["OLDEST"][1], PREFLIGHT["NEWEST"][1])
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py3{found[0]}"
    assert PROJECT["tool"]["pyright"]["pythonVersion"] == f"3.{found[0]}"
    assert f"Python 3.{found[0]} to 3.{found[-1]}" in read("README.md")
    assert f"python:3.{found[0]}" in read("Dockerfile")


def test_ci_runs_what_people_are_told_to_run():
    ran = set(re.findall(r"^make ([a-z]+)$", read(".ci/run"), re.MULTILINE))
    assert ran == {"test", "check"}
    assert "make test" in read("README.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_command_on_a_page_exists(page: Path):
    told = re.findall(r"^ {4}make ([a-z]+)|`make ([a-z]+)", read(page.name), re.MULTILINE)
    assert {name for pair in told for name in pair if name} <= TARGETS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_python_command_on_a_page_exists(page: Path):
    apps = {
        "bot": bot.__main__.app,
        "pipeline": pipeline.__main__.app,
        "pipeline.bundle": pipeline.bundle.__main__.app,
    }
    for module, names in re.findall(
        r"python -m ((?:bot|pipeline)[.a-z]*) ([a-z|]+)", read(page.name)
    ):
        known: dict[str, Any] = vars(typer.main.get_command(apps[module]))["commands"]
        assert set(names.split("|")) <= set(known)


def test_every_setting_of_the_bot_is_on_the_page_and_no_other():
    told = set(re.findall(r"TOEFRAME_([A-Z_]+)`", read("README.md")))
    assert told == set(re.findall(r'given\.\w+\(\s*"([A-Z_]+)"', read("bot/settings.py")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path):
    links = re.findall(r"\]\(([^)#:]+)\)|src=\"([^\":]+)\"", read(page.name))
    assert [link for pair in links for link in pair if link and not (ROOT / link).exists()] == []
