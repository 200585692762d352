from typing import Any

import pytest

from bot.platform import Label
from bot.platforms.discord_layout import lay_out
from bot.platforms.discord_limits import TEXT, plain
from tests.discord.components import check_components

Json = dict[str, Any]


def rows_of(*sizes: int, words: str = "step {}") -> list[list[Label]]:
    numbers = iter(range(1, 1000))
    return [
        [Label(f"b{n}", f"abc:1:{words.format(n)}") for n in (next(numbers) for _ in range(size))]
        for size in sizes
    ]


def offered(components: list[Json]) -> list[str]:
    """List what can be reached, in reading order."""
    told: list[str] = []
    for row in components:
        for part in row["components"]:
            told += [one["value"] for one in part.get("options", [])] or [part["custom_id"]]
    return told


def test_what_fits_stays_as_it_is():
    components = lay_out(rows_of(3, 2, 5), editor=True)
    assert [len(row["components"]) for row in components] == [3, 2, 5]


def test_a_row_that_is_too_long_is_broken_evenly():
    components = lay_out(rows_of(8), editor=True)
    assert [len(row["components"]) for row in components] == [4, 4]


@pytest.mark.parametrize(
    "sizes", [(8,) * 12 + (4,), (1,) * 30, (2, 2, 2, 2, 3, 1, 3), (8, 3, 3, 4, 1, 3), (25,) * 4, ()]
)
def test_all_that_is_offered_can_be_reached_in_ways_that_discord_takes(sizes: tuple[int, ...]):
    rows = rows_of(*sizes, words="variants {}")
    components = lay_out(rows, editor=True)
    check_components(components, 0)
    assert offered(components) == [label.token for row in rows for label in row]


def test_joints_become_a_menu_before_arrows_do():
    joints = [
        [Label(f"{side} {part}", f"abc:1:joint {side}_{part}") for side in ("right", "left")]
        for part in ("hip", "knee", "ankle", "big_toe")
    ]
    arrows = [Label(way, f"abc:1:left_knee {way} 10") for way in ("left", "down", "right")]
    others = [[Label(word, f"abc:1:{word}")] for word in ("undo", "refine", "done")]
    components = lay_out([*joints, arrows, *others], editor=True)
    assert [row["components"][0]["type"] for row in components] == [3, 2, 2, 2, 2]
    assert [part["label"] for part in components[1]["components"]] == ["left", "down", "right"]


def test_what_is_offered_twice_is_shown_once():
    twice = [[Label("a", "abc:1:undo")], [Label("b", "abc:1:undo")]]
    check_components(lay_out(twice, editor=True), 0)
    assert offered(lay_out(twice, editor=True)) == ["abc:1:undo"]


@pytest.mark.parametrize(("editor", "shown"), [(True, ["abc:1:editor"]), (False, [])])
def test_the_editor_is_offered_only_where_people_reach_it(editor: bool, shown: list[str]):
    rows = [[Label("Drag", "abc:1:editor", editor=True)]]
    assert offered(lay_out(rows, editor=editor)) == shown


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("left_knee right 12", "left_knee right 12"),
        ("*bold* and `code`", "\\*bold\\* and \\`code\\`"),
        ("_slanted_", "\\_slanted\\_"),
        ("# loud\n> told", "\\# loud\n\\> told"),
        ("<@123> [x](https://example.org)", "\\<@123> \\[x](https://example.org)"),
        ("~~gone~~ ||hidden||", "\\~~gone\\~~ \\||hidden\\||"),
        ("about ~3 px, 4 of 5 # 6 > 2", "about ~3 px, 4 of 5 # 6 > 2"),
    ],
)
def test_words_are_shown_as_they_stand(said: str, written: str):
    assert plain(said) == written


def test_a_text_is_cut_to_what_a_message_holds():
    assert len(plain("a*" * TEXT)) == TEXT
    assert plain("a" * (TEXT + 1)).endswith("…")
