import unicodedata

import pytest

from bot.commands import (
    Auto,
    Choose,
    Command,
    CommandError,
    Count,
    Counted,
    Dress,
    Extend,
    Paint,
    Pose,
    Prompt,
    Push,
    Quality,
    Repaint,
    Speak,
    Wear,
    When,
    Word,
)
from bot.grammar import parse
from bot.words import say, text
from pipeline.extension import Amount, Extension, Unit
from pipeline.jobs import Method
from pipeline.skeleton import Joint

SHARE = Amount(Unit.SHARE, 0.6)

SAID: list[tuple[str, Command]] = [
    ("다시", Word.AGAIN),
    ("/다시", Word.AGAIN),
    ("취소", Word.CANCEL),
    ("도움말", Word.HELP),
    ("완료", Word.DONE),
    ("되돌리기", Word.UNDO),
    ("다시 실행", Word.REDO),
    ("실행 취소", Word.UNDO),
    ("다시 그리기", Word.REFINE),
    ("새로 그리기", Repaint()),
    ("새로 그리기 잡음", Repaint(Method.RENOISE)),
    ("새로 그리기 채우기", Repaint(Method.REPAINT)),
    ("새로 그리기 픽셀", Repaint(Method.PIXEL)),
    ("자세 목록", Word.STANCES),
    ("처음 자세", Word.RESET),
    ("이전", Word.BACK),
    ("다음", Word.FORWARD),
    ("모두 삭제", Word.FORGET_ALL),
    ("후보", Counted(Count.VARIANTS, 4)),
    ("후보 2", Counted(Count.VARIANTS, 2)),
    ("시드 42", Counted(Count.SEED, 42)),
    ("사람 2", Counted(Count.PERSON, 2)),
    ("이동 간격 5", Counted(Count.STEP, 5)),
    ("최고 4", Counted(Count.BEST, 4)),
    ("오른쪽 무릎", Choose(Joint.RIGHT_KNEE)),
    ("오른쪽 무릎 위로 20", Pose("right_knee up 20")),
    ("왼쪽 엄지발가락 왼쪽으로 5", Pose("left_big_toe left 5")),
    ("왼 발목 아래로", Pose("left_ankle down 10")),
    ("위로 20픽셀", Push("up 20")),
    ("왼쪽 무릎 숨기기", Pose("hide left_knee")),
    ("왼쪽 다리 보이기", Pose("restore left leg")),
    ("다리 꼬기", Pose("preset crossed")),
    ("앉기", Pose("preset seated")),
    ("좌우 반전", Pose("mirror")),
    ("오른쪽 다리 반전", Pose("mirror right leg")),
    ("다리 바꾸기", Pose("swap legs")),
    ("왼쪽 다리 앞으로", Pose("front left")),
    ("회전 오른쪽 다리 15", Pose("rotate right leg 15")),
    ("확장 60%", Extend(Extension(down=SHARE))),
    ("확장 60퍼센트", Extend(Extension(down=SHARE))),
    ("확장 아래 60% 왼쪽 200픽셀", Extend(Extension(down=SHARE, left=Amount(Unit.PIXELS, 200)))),
    ("확장 자동", Extend(Extension())),
    ("설명 a woman in jeans", Prompt("a woman in jeans")),
    ("설명: 바닷가", Prompt("바닷가")),
    ("하의 청바지", Dress(Wear.GARMENT, "jeans")),
    ("하의 긴 바지", Dress(Wear.GARMENT, "trousers")),
    ("신발 red boots", Dress(Wear.FOOTWEAR, "red boots")),
    ("신발 자동", Dress(Wear.FOOTWEAR, None)),
    ("하의 보이는 대로", Dress(Wear.GARMENT, None)),
    ("하의 원피스", Dress(Wear.GARMENT, "dress")),
    ("신발 샌들", Dress(Wear.FOOTWEAR, "sandals")),
    ("바닥 잔디", Dress(Wear.FLOOR, "grass")),
    ("바닥: wet sand", Dress(Wear.FLOOR, "wet sand")),
    ("품질 초안", Paint(Quality.DRAFT)),
    ("자동", Auto(When.ONCE)),
    ("자동 켜기", Auto(When.ON)),
    ("자동 끄기", Auto(When.OFF)),
    ("언어 한국어", Speak("ko")),
    ("language 영어", Speak("en")),
    ("언어 자동", Speak(None)),
]


@pytest.mark.parametrize(("said", "command"), SAID)
def test_a_command_is_read_in_korean(said: str, command: Command):
    assert parse(said) == command
    assert parse(unicodedata.normalize("NFD", said)) == command


@pytest.mark.parametrize(
    "said", ["안녕하세요", "무릎을 들어 줘", "다시 안녕", "발 숨겨 줘요", "ㅋㅋ"]
)
def test_what_is_not_known_is_repeated_as_it_was_said(said: str):
    with pytest.raises(CommandError) as caught:
        parse(said)
    assert caught.value.text == text("unread.command", said=said)
    assert said in say(caught.value.text, "ko")
