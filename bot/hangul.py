"""Korean words for commands: what somebody types, in the plain English words of the grammar.

Only whole lines of known words are put into English; anything else is left as it was said.
"""

import re
from collections.abc import Mapping

# Verbs that take everything after them as it stands, or one of a few known words.
_FREE: Mapping[str, str] = {
    "프롬프트": "prompt",
    "설명": "prompt",
    "장면": "prompt",
    "하의": "garment",
    "옷": "garment",
    "신발": "footwear",
    "바닥": "floor",
}
# Whole commands, or their beginnings: the longest that fits is taken.
_VERBS: Mapping[str, str] = {
    "다시": "again",
    "다시 해": "again",
    "다시 해줘": "again",
    "취소": "cancel",
    "그만": "cancel",
    "중지": "cancel",
    "멈춰": "cancel",
    "도움말": "help",
    "도움": "help",
    "사용법": "help",
    "시작": "start",
    "상태": "status",
    "완료": "done",
    "끝": "done",
    "되돌리기": "undo",
    "실행 취소": "undo",
    "다시 실행": "redo",
    "초기화": "reset",
    "처음 자세": "reset",
    "그리기": "refine",
    "그려 줘": "refine",
    "그려줘": "refine",
    "다시 그리기": "refine",
    "다듬기": "refine",
    "새로 그리기": "repaint",
    "새로 그리기 잡음": "repaint renoise",
    "새로 그리기 채우기": "repaint repaint",
    "새로 그리기 픽셀": "repaint pixel",
    "조정": "adjust",
    "자세 조정": "adjust",
    "자세": "stances",
    "자세 목록": "stances",
    "편집기": "editor",
    "관절 끌기": "editor",
    "고르기": "pick",
    "이전": "back",
    "뒤로": "back",
    "다음": "forward",
    "앞으로": "forward",
    "파일": "file",
    "파일로": "file",
    "원본": "original",
    "설정": "settings",
    "샘플": "sample",
    "예시": "sample",
    "통계": "stats",
    "개인정보": "privacy",
    "개인 정보": "privacy",
    "삭제": "forget",
    "잊어 줘": "forget",
    "모두 삭제": "forget everything",
    "확장": "extend",
    "늘리기": "extend",
    "품질": "quality",
    "자동": "auto",
    "언어": "language",
    "시드": "seed",
    "버전": "version",
    "사람": "person",
    "간격": "step",
    "이동 간격": "step",
    "방식": "method",
    "후보": "variants",
    "최고": "best",
    "관절": "joint",
    "반전": "mirror",
    "좌우 반전": "mirror",
    "다리 바꾸기": "swap legs",
    "서기": "preset standing",
    "선 자세": "preset standing",
    "걷기": "preset walking",
    "걷는 자세": "preset walking",
    "꼬기": "preset crossed",
    "다리 꼬기": "preset crossed",
    "앉기": "preset seated",
    "앉은 자세": "preset seated",
    "오른쪽 다리 앞으로": "front right",
    "왼쪽 다리 앞으로": "front left",
    "회전": "rotate",
    "크기": "scale",
}
# Words after a verb, or of an edit that begins with a joint.
_WORDS: Mapping[str, str] = {
    "오른쪽": "right",
    "오른": "right",
    "오른쪽으로": "right",
    "왼쪽": "left",
    "왼": "left",
    "왼쪽으로": "left",
    "위": "up",
    "위로": "up",
    "위쪽": "up",
    "아래": "down",
    "아래로": "down",
    "아래쪽": "down",
    "무릎": "knee",
    "발목": "ankle",
    "골반": "hip",
    "엉덩이": "hip",
    "고관절": "hip",
    "발가락": "toe",
    "엄지발가락": "big toe",
    "새끼발가락": "small toe",
    "뒤꿈치": "heel",
    "발뒤꿈치": "heel",
    "어깨": "shoulder",
    "팔꿈치": "elbow",
    "손목": "wrist",
    "눈": "eye",
    "귀": "ear",
    "코": "nose",
    "목": "neck",
    "다리": "leg",
    "발": "foot",
    "켜기": "on",
    "켜": "on",
    "끄기": "off",
    "꺼": "off",
    "자동": "auto",
    "한번": "once",
    "초안": "draft",
    "빠르게": "draft",
    "보통": "normal",
    "최고": "best",
    "한국어": "ko",
    "한국말": "ko",
    "영어": "en",
    "픽셀": "px",
    "퍼센트": "%",
}
_WEAR: Mapping[str, str] = {
    "자동": "auto",
    "바지": "trousers",
    "긴바지": "trousers",
    "긴 바지": "trousers",
    "청바지": "jeans",
    "반바지": "shorts",
    "치마": "skirt",
    "원피스": "dress",
    "드레스": "dress",
    "운동화": "sneakers",
    "스니커즈": "sneakers",
    "구두": "heels",
    "하이힐": "heels",
    "힐": "heels",
    "부츠": "boots",
    "샌들": "sandals",
    "맨발": "barefoot",
    "마루": "wood",
    "나무": "wood",
    "타일": "tiles",
    "카펫": "carpet",
    "잔디": "grass",
    "모래": "sand",
    "길": "street",
    "길거리": "street",
    "보이는 대로": "auto",
    "보이는 부분처럼": "auto",
}
# What Korean puts last and the grammar first.
_LAST: Mapping[str, str] = {
    "숨기기": "hide",
    "숨겨": "hide",
    "보이기": "restore",
    "보여": "restore",
    "회전": "rotate",
    "반전": "mirror",
}
_HANGUL = re.compile(r"[가-힣]")
_UNIT = re.compile(r"(?<=\d)(?=픽셀|퍼센트)|(?<=[가-힣])(?=\d)")


def in_english(said: str) -> str:
    """Put a typed line into the grammar's own words, if all of it is known."""
    if not _HANGUL.search(said):
        return said
    verb, _, rest = said.partition(" ")
    free = _FREE.get(verb.rstrip(":="))
    if free is not None:
        return f"{free} {_WEAR.get(rest.strip(), rest)}".strip()
    words = _UNIT.sub(" ", said).split()
    return _ordered(words) or said


def _ordered(words: list[str]) -> str | None:
    """Translate a line that begins with a verb, ends with one, or is an edit without any."""
    for length in range(min(len(words), 3), 0, -1):
        verb = _VERBS.get(" ".join(words[:length]))
        rest = _each(words[length:])
        if verb is not None and rest is not None:
            return " ".join([verb, *rest])
    if words and words[-1] in _LAST:
        rest = _each(words[:-1])
        return None if rest is None else " ".join([_LAST[words[-1]], *rest])
    known = _each(words)
    return None if known is None else " ".join(known)


def _each(words: list[str]) -> list[str] | None:
    known = [_WORDS.get(word, None if _HANGUL.search(word) else word) for word in words]
    return [word for word in known if word is not None] if None not in known else None
