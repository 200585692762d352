import pytest

from pipeline.wording import prompt_of, without_framing


@pytest.mark.parametrize(
    ("caption", "kept"),
    [
        ("a close-up portrait of a woman in a red coat", "a woman in a red coat"),
        ("a cropped photo of two men", "two men"),
        ("a woman in a suit, close up", "a woman in a suit"),
        ("a headshot of a man, half-length, smiling", "a man, smiling"),
        ("Upper body shot of a girl", "a girl"),
        ("a portrait", ""),
        ("a man in a red t - shirt", "a man in a red t-shirt"),
        ("a man supports a bustling market", "a man supports a bustling market"),
        ("a woman in blue jeans and white sneakers", "a woman in blue jeans and white sneakers"),
        ("", ""),
    ],
)
def test_words_that_would_crop_the_new_picture_are_removed(caption: str, kept: str):
    assert without_framing(caption) == kept


def test_the_profile_s_own_words_follow_the_caption():
    assert prompt_of("a man in jeans", suffix="full body") == "a man in jeans, full body"
    assert prompt_of("", suffix="full body") == "full body"
    assert prompt_of("a man in jeans", suffix="") == "a man in jeans"
