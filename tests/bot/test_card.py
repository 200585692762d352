from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.card import card_of
from bot.commands import LONGEST_TOKEN, Quality, When
from bot.effects import Card
from bot.events import PhotoComing, PhotoSent, Prepared, Progressed, Queued, Refined
from bot.states import Options, Page, State
from bot.words import LANGUAGES, say, text
from pipeline.jobs import Method, Stage
from pipeline.skeleton import Joint
from tests.bot.talks import OTHER, PERSON, Talk, painted
from tests.bot.test_told import SENTENCES

LONGEST_CAPTION = 1024  # UTF-16 units that Telegram takes below a picture
MOST_A_ROW = 8
MOST_BUTTONS = 100
SHORT = 3  # characters: more than four such labels still fit beside each other
NOTES = tuple(said for said in SENTENCES if said.startswith(("Only", "The photo's", "I found")))


def _talk() -> Talk:
    made = painted("first", (PERSON, OTHER, OTHER), score=0.87, notes=NOTES[:5])
    talk = Talk()
    talk.tell(
        PhotoSent("photo", "/extend 100% left 10000px right 10000px up 10000px " + "가" * 400)
    )
    talk.tell(Prepared(talk.job, made))
    for said in (
        "garment " + "나" * 60,
        "footwear " + "다" * 60,
        "floor " + "라" * 60,
        "seed 4294967295",
    ):
        talk.say(said)
    return talk


def _cards() -> Iterator[tuple[str, State]]:
    """Give every page at its fullest."""
    talk = Talk()
    yield "welcome", talk.state
    talk.tell(PhotoComing())
    yield "receiving", talk.state
    talk = _talk()
    yield "pose", talk.state
    talk.say("right big toe")
    talk.say("up 5")
    talk.say("down 5")
    talk.press("Undo")
    yield "chosen", talk.state
    talk.press("Stances")
    yield "stances", talk.state
    talk.say("settings")
    yield "settings", talk.state
    talk.say("variants 8")
    talk.tell(Queued(talk.job, 99, 5_000))
    yield "queued", talk.state
    talk.tell(Progressed(talk.job, Stage.REFINE, 100, 100, 5_000))
    yield "working", talk.state
    made = replace(painted("a", (PERSON,), score=0.5, notes=NOTES[:5]), changed=40_000_000)
    talk.tell(Refined(talk.job, (made,) * 8))
    yield "variants", talk.state
    talk.say("version 5")
    yield "result", talk.state
    for longest in sorted(SENTENCES, key=len)[-3:]:
        yield (
            longest[:9],
            replace(talk.state, page=Page.FAILED, reason=text("told", sentence=longest)),
        )


CARDS = dict(_cards())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", CARDS)
def test_a_card_fits_below_a_picture_at_its_fullest(page: str, language: str):
    lines = [say(line, language) for line in card_of(CARDS[page]).lines]
    assert all(lines)
    assert len("\n".join(lines).encode("utf-16-le")) // 2 <= LONGEST_CAPTION


@pytest.mark.parametrize("page", CARDS)
def test_the_rows_of_a_card_look_good_on_a_phone(page: str):
    rows = card_of(CARDS[page]).rows
    assert all(rows)
    assert sum(map(len, rows)) <= MOST_BUTTONS
    for row in rows:
        labels = [say(button.label, language) for button in row for language in LANGUAGES]
        assert len(row) <= (MOST_A_ROW if max(map(len, labels)) <= SHORT else 4)


@pytest.mark.parametrize("page", CARDS)
def test_no_two_buttons_of_a_card_say_the_same(page: str):
    rows = card_of(CARDS[page]).rows
    wears = 3 if page == "settings" else 1  # garment, footwear and floor offer what is seen
    for language in LANGUAGES:
        labels = [say(button.label, language).removeprefix("• ") for row in rows for button in row]
        assert all(labels.count(label) <= wears for label in labels)


def _labels(card: Card) -> list[list[str]]:
    return [[say(button.label) for button in row] for row in card.rows]


def test_the_arrows_lie_as_on_a_keyboard():
    talk = Talk().prepared()
    assert _labels(talk.card)[:2] == [
        ["1 right hip", "2 left hip"],
        ["3 right knee", "4 left knee"],
    ]
    talk.press("3 right knee")
    assert _labels(talk.card)[:3] == [
        ["1", "2", "• 3", "4", "5", "6", "7", "8"],
        ["Hide", "↑", "10 px"],
        ["←", "↓", "→"],
    ]


def test_the_step_goes_round():
    talk = Talk().prepared()
    talk.press("3 right knee")
    steps: list[str] = []
    for _ in range(4):
        steps.append(_labels(talk.card)[1][2])
        talk.press(steps[-1])
    assert steps == ["10 px", "30 px", "3 px", "10 px"]
    talk.say("step 17")
    assert _labels(talk.card)[1][2] == "17 px"
    talk.press("17 px")
    assert talk.state.step == 30


def test_a_hidden_joint_is_offered_so_that_it_can_be_shown_again():
    talk = Talk().prepared()
    talk.say("hide right_knee")
    talk.press("3 right knee")
    assert _labels(talk.card)[1][0] == "Show"
    talk.press("↑")
    assert talk.answers == ["The right knee is hidden. Bring it back first: restore right_knee"]
    talk.press("Show")
    assert Joint.RIGHT_KNEE in talk.version.pose.present[0]


@pytest.mark.parametrize(
    ("step", "steps", "bar"),
    [
        (0, 20, "▱▱▱▱▱▱▱▱▱▱ 0/20"),
        (7, 20, "▰▰▰▰▱▱▱▱▱▱ 7/20"),
        (20, 20, "▰▰▰▰▰▰▰▰▰▰ 20/20"),
    ],
)
def test_progress_is_drawn_as_a_bar(step: int, steps: int, bar: str):
    talk = Talk()
    talk.tell(PhotoSent("photo"))
    talk.tell(Progressed(talk.job, Stage.OUTPAINT, step, steps, 100, preview="small"))
    assert talk.lines == [
        "I have your photo.",
        "Painting what is missing.",
        bar,
        "About 2 min left.",
    ]
    assert talk.picture.base == "small"


def test_the_queue_is_told_in_the_readers_language():
    talk = Talk()
    talk.tell(PhotoSent("photo"))
    talk.tell(Queued(talk.job, place=2, seconds=40))
    assert [say(line, "ko") for line in talk.card.lines] == [
        "사진을 받았어요.",
        "대기 중이에요. 두 번째 차례이고, 약 40초 걸려요.",
    ]
    assert "In the queue, 2nd, about 40 s." in talk.lines


def test_what_is_painted_anew_is_told():
    talk = Talk().prepared()
    heads: list[str] = []
    for said in ("refine", "repaint", "variants 4"):
        talk.say(said)
        heads.append(talk.lines[0])
        talk.say("cancel")
    assert heads == [
        "The legs are painted anew as you posed them.",
        "The new part is painted anew; no leg moves.",
        "4 variants are being painted.",
    ]


def test_what_was_repainted_says_that_no_leg_moves_and_offers_the_other_form():
    talk = Talk().prepared()
    talk.say("repaint")
    talk.refined("second")
    assert "Repainting moves no leg. To move one: refine." in talk.lines
    assert {"• Renoise", "Resample"} <= set(talk.labels)
    talk.press("Resample")
    assert talk.ordered[0].order.repaint is Method.REPAINT
    talk.refined("third")
    assert {"Renoise", "• Resample"} <= set(talk.labels)


def test_what_was_refined_offers_no_form_of_repainting():
    talk = Talk().prepared()
    talk.say("refine")
    talk.refined("second")
    assert not {"Renoise", "Resample", "• Renoise"} & set(talk.labels)


def test_a_result_says_how_well_the_legs_came_out():
    talk = Talk()
    talk.say("auto on")
    talk.tell(PhotoSent("photo"))
    talk.tell(Prepared(talk.job, painted("first", (PERSON,), score=0.874)))
    assert talk.lines == [
        "Here you are. Version 1, seed 0.",
        "Every pixel of your photo is as you sent it.",
        "Legs as planned: 87 %.",
    ]


def test_settings_are_pressed_and_shown():
    talk = Talk().prepared()
    talk.say("settings")
    for label in ("trousers", "heels", "wood", "draft", "Method 2", "Best of 4", "Pose step: on"):
        talk.press(label)
    assert talk.state.options == Options(
        garment="trousers",
        footwear="heels",
        floor="wood",
        quality=Quality.DRAFT,
        method=2,
        best=4,
        auto=When.ON,
    )
    assert {"Garment: trousers", "Footwear: heels", "Floor: wood"} <= set(talk.lines)
    assert "Quality: draft; method 2; best of 4" in talk.lines
    assert {"• trousers", "• heels", "• draft", "• Method 2", "• Best of 4"} <= set(talk.labels)
    talk.press("60%")
    assert str(talk.ordered[0].order.options.extension.down) == "60%"


def test_another_language_shows_the_card_anew():
    talk = Talk().prepared()
    talk.say("/language")
    assert talk.said == ["Which language shall I speak?"]
    talk.say("language ko")
    assert len(talk.shown) == 1
    assert Talk().say("language ko") != ()


def test_a_long_prompt_is_cut_on_the_card_only():
    talk = _talk()
    talk.say("settings")
    (line,) = [line for line in talk.lines if line.startswith("Prompt")]
    assert line.endswith("가…")
    assert len(talk.state.options.prompt or "") == 400


@pytest.mark.parametrize("page", CARDS)
def test_every_button_can_be_carried_by_the_longest_conversation(page: str):
    state = replace(CARDS[page], session="abcdefgh", revision=999_999_999)
    tokens = [button.token for row in card_of(state).rows for button in row]
    assert all(len(token.encode()) <= LONGEST_TOKEN for token in tokens)
    assert len(set(tokens)) == len(tokens)
