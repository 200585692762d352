import pytest

from pipeline.wording import dressed, prompt_of, without_framing


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


@pytest.mark.parametrize(
    ("caption", "said"),
    [
        ("a man in blue jeans", "a man in a kilt"),
        ("a man in a pair of dark blue jeans", "a man in a kilt"),
        ("a woman in a red coat, grey trousers and white sneakers, standing",
         "a woman in a red coat, a kilt and white sneakers, standing"),
        ("a man in jeans and a woman in a skirt", "a man in a kilt and a woman in a kilt"),
        ("a woman in a red coat", "a woman in a red coat, wearing a kilt"),
        ("", "wearing a kilt"),
    ],
)  # fmt: skip
def test_a_garment_takes_the_place_of_the_caption_s(caption: str, said: str):
    assert dressed(caption, garment="a kilt") == said


@pytest.mark.parametrize(
    ("caption", "said"),
    [
        ("a man in a suit and black shoes", "a man in a suit and red boots"),
        ("a girl in a dress, barefoot, walking", "a girl in a dress, red boots, walking"),
        ("a man in a suit", "a man in a suit, wearing red boots"),
    ],
)
def test_footwear_takes_the_place_of_the_caption_s(caption: str, said: str):
    assert dressed(caption, footwear="red boots") == said


def test_both_wishes_follow_a_caption_that_says_nothing_of_either():
    said = dressed("a woman", garment=" black  jeans, ", footwear="white trainers")
    assert said == "a woman, wearing black jeans and white trainers"


@pytest.mark.parametrize("nothing", [None, "", "  ,"])
def test_without_a_wish_the_caption_stays(nothing: str | None):
    assert dressed("a man in jeans", garment=nothing, footwear=nothing) == "a man in jeans"


def test_words_that_look_like_a_pattern_are_taken_as_they_are():
    assert dressed("a man in jeans", garment=r"\1 (a+)+ trousers") == r"a man in \1 (a+)+ trousers"
