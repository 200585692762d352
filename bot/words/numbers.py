"""Ordinals, and the particles that Korean hangs on words."""

_FIRST_HANGUL, _LAST_HANGUL = 0xAC00, 0xD7A3
_ENDINGS = 28  # of a syllable; the first means that it ends in a vowel
_RIEUL = 8  # 로 follows it as it follows a vowel
# How digits are read: 영 일 이 삼 사 오 육 칠 팔 구.
_DIGIT_ENDINGS = (21, 8, 0, 16, 0, 0, 1, 8, 8, 0)
_LATIN_CONSONANTS = frozenset("bcdgkmnpqt")
_SUFFIXES = {1: "st", 2: "nd", 3: "rd"}
_KOREAN = ["첫", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉"]
_TENS = ("", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")


def nth(number: int, language: str) -> str:
    """Say an ordinal: `2nd`, `두 번째`."""
    return _korean(number) if language == "ko" else f"{number}{_suffix(number)}"


def with_particle(word: str, pair: str) -> str:
    """Hang a particle on a word, `을/를`, `이/가`, `은/는`, `과/와` or `으로/로`.

    Args:
        word: Ends in Hangul, a digit or a Latin letter; anything else counts as a vowel.
        pair: The particle after a consonant, then that after a vowel.
    """
    closed, after_vowel = pair.split("/")
    ending = _ending(word)
    open_ = ending == 0 or (ending == _RIEUL and closed.startswith("으"))
    return word + (after_vowel if open_ else closed)


def _ending(word: str) -> int:
    """Tell by which consonant a word ends, as Unicode counts them; 0 for a vowel."""
    last = word[-1:].lower()
    if not last:
        return 0
    if _FIRST_HANGUL <= ord(last) <= _LAST_HANGUL:
        return (ord(last) - _FIRST_HANGUL) % _ENDINGS
    if last in "0123456789":
        return _DIGIT_ENDINGS[int(last)]
    return {"l": _RIEUL, "r": _RIEUL}.get(last, int(last in _LATIN_CONSONANTS))


def _suffix(number: int) -> str:
    return "th" if number % 100 in (11, 12, 13) else _SUFFIXES.get(number % 10, "th")


def _korean(number: int) -> str:
    """Count in native numerals, as queues are counted; from 100 on in digits."""
    if not 0 < number < 100:
        return f"{number}번째"
    tens, ones = divmod(number, 10)
    if number == 20:
        return "스무 번째"
    unit = "한" if ones == 1 and tens else ("" if not ones else _KOREAN[ones - 1])
    return f"{_TENS[tens]}{unit} 번째"
