"""What is remembered, and what is forgotten."""

import pytest

from pipeline.gpu.recent import Recent


def test_what_was_made_once_is_not_made_again():
    made: list[str] = []
    recent = Recent[str, int](2)
    for _ in range(2):
        assert recent.get("a", lambda: made.append("a") or 1) == 1
    assert made == ["a"]


def test_the_one_that_was_not_asked_for_longest_is_forgotten():
    recent, made = Recent[str, str](2), list[str]()

    def make(name: str) -> str:
        made.append(name)
        return name

    for name in ("a", "b", "a", "c", "a", "b"):
        assert recent.get(name, lambda name=name: make(name)) == name
    assert made == ["a", "b", "c", "b"]
    assert len(recent) == 2


def test_what_fails_is_not_remembered():
    recent = Recent[str, float](2)
    with pytest.raises(ZeroDivisionError):
        recent.get("a", lambda: 1 / 0)
    assert recent.get("a", lambda: 2.0) == 2.0


def test_everything_can_be_forgotten():
    recent = Recent[str, int](2)
    recent.get("a", lambda: 1)
    recent.forget()
    assert recent.get("a", lambda: 2) == 2
