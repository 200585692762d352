import pytest

from bot.naming import edit_text
from bot.words import say
from pipeline.edits import parse_edit
from pipeline.naming import NUMBERED


@pytest.mark.parametrize(
    ("typed", "english", "korean"),
    [
        ("r knee 12 right 5 up", "right knee → 12 ↑ 5", "오른쪽 무릎 → 12 ↑ 5"),
        ("left_ankle to 340 900.5", "left ankle to 340, 900.5", "왼쪽 발목 → (340, 900.5)"),
        ("hide left_knee", "left knee hidden.", "왼쪽 무릎을 숨겼어요."),
        ("restore left leg", "left leg shown.", "왼쪽 다리를 다시 보이게 했어요."),
        ("hide right foot", "right foot hidden.", "오른쪽 발을 숨겼어요."),
        ("crossed legs", "Crossed.", "꼬기 자세로 바꿨어요."),
        ("mirror", "Mirrored.", "좌우를 뒤집었어요."),
        ("mirror right", "The left leg mirrors the right one.", "왼쪽 다리를 오른쪽에 맞췄어요."),
        ("swap", "Legs swapped.", "두 다리를 바꿨어요."),
        ("left in front", "The left leg is in front.", "왼쪽 다리가 앞이에요."),
        ("front none", "Neither leg is in front.", "다리의 앞뒤를 정하지 않았어요."),
        ("rotate right 15", "right leg turned by 15°.", "오른쪽 다리를 15° 돌렸어요."),
        ("scale left leg 110%", "left leg scaled by 1.1.", "왼쪽 다리 길이를 1.1배로 했어요."),
        ("nose up -3", "nose ↑ -3", "코 ↑ -3"),
    ],
)
def test_an_edit_is_told_shortly(typed: str, english: str, korean: str):
    told = edit_text(parse_edit(typed).text)
    assert (say(told, "en"), say(told, "ko")) == (english, korean)


@pytest.mark.parametrize("joint", NUMBERED)
def test_every_joint_that_buttons_move_has_a_name(joint: object):
    assert say(edit_text(parse_edit(f"{NUMBERED.index(joint) + 1} up 1").text), "ko")  # pyright: ignore
