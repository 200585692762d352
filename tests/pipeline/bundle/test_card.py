"""The model card agrees with the weights beside it."""

import json
import math
import re
import struct
from pathlib import Path

import pytest

from pipeline.profiles import TINY_FOLDER

CARD = (TINY_FOLDER.parent / "MODEL_CARD.md").read_text(encoding="utf-8")
TOLD = dict(re.findall(r"^\| `(\w+)/` \|.*\| ([\d.]+) M \|$", CARD, re.MULTILINE))
FILES = sorted(TINY_FOLDER.rglob("*.safetensors"))
MOST = 60e6  # bytes of the whole bundle


def millions(file: Path) -> float:
    """Count the weights of a safetensors file by its header."""
    with file.open("rb") as opened:
        (length,) = struct.unpack("<Q", opened.read(8))
        header = json.loads(opened.read(length))
    shapes = [entry["shape"] for name, entry in header.items() if name != "__metadata__"]
    return sum(math.prod(shape) for shape in shapes) / 1e6


def part(file: Path) -> str:
    return file.relative_to(TINY_FOLDER).parts[0]


def test_the_card_names_every_part_that_has_weights_and_no_other():
    assert set(TOLD) == {part(file) for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=part)
def test_the_card_tells_how_many_weights_a_part_has(file: Path):
    assert TOLD[part(file)] == f"{millions(file):.1f}"


def test_the_bundle_is_as_small_as_is_promised():
    assert sum(file.stat().st_size for file in TINY_FOLDER.rglob("*")) < MOST


def test_every_photograph_that_people_stand_before_is_named():
    places = (TINY_FOLDER.parent / "places.py").read_text(encoding="utf-8")
    used = re.findall(r'"(\w+)"', "".join(re.findall(r"_PHOTOS = \(.*?\)", places)))
    assert used
    assert [name for name in used if f"`{name}`" not in CARD] == []
