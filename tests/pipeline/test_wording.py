import pytest

from pipeline.wording import (
    FLOORS,
    FOOTWEAR,
    GARMENTS,
    dressed,
    prompt_of,
    wish_of,
    without_framing,
)


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
        ("a woman in a red coat", "a woman in a red coat and a kilt"),
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
        ("a man in a suit", "a man in a suit and red boots"),
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


@pytest.mark.parametrize(
    ("caption", "said"),
    [
        ("a man in a green t-shirt and blue jeans, in front of a wall",
         "a man in a green t-shirt, blue jeans and red boots, in front of a wall"),
        ("a woman in a striped tank top, standing, next to a man in blue jeans",
         "a woman in a striped tank top and red boots, standing, next to a man in blue jeans"),
        ("a man in jeans and a woman in a coat",
         "a man in jeans and a woman in a coat and red boots"),
        ("the girl is wearing a red top", "the girl is wearing a red top and red boots"),
        ("a man, in front of a shop for shirts",
         "a man, in front of a shop for shirts, wearing red boots"),
    ],
)  # fmt: skip
def test_what_is_worn_joins_the_list_of_what_is_worn(caption: str, said: str):
    assert dressed(caption, footwear="red boots") == said


@pytest.mark.parametrize(
    ("caption", "said"),
    [
        ("a man in a suit", "a man in a suit, barefoot"),
        ("a man in a suit and black shoes, walking", "a man in a suit, barefoot, walking"),
        ("a man", "a man, barefoot"),
        ("", "barefoot"),
    ],
)
def test_barefoot_is_nothing_that_is_worn(caption: str, said: str):
    assert dressed(caption, footwear="barefoot") == said


@pytest.mark.parametrize(
    ("caption", "said"),
    [
        ("a man in jeans", "a man in jeans, standing on a wooden floor"),
        ("a woman in a skirt, sitting, in front of a wall",
         "a woman in a skirt, sitting, in front of a wall on a wooden floor"),
        ("a man in jeans, standing, in front of a hedge on grass",
         "a man in jeans, standing, in front of a hedge on a wooden floor"),
        ("a girl walking on a busy street", "a girl walking on a wooden floor"),
        ("", "standing on a wooden floor"),
    ],
)  # fmt: skip
def test_a_floor_takes_the_place_of_the_caption_s_or_follows_it(caption: str, said: str):
    assert dressed(caption, floor="wood") == said


def test_a_floor_of_the_person_s_own_words_is_taken_as_it_is():
    assert (
        dressed("a man", floor=r" a mossy \g<0> roof") == r"a man, standing on a mossy \g<0> roof"
    )


def test_choices_are_said_in_words_that_painters_know():
    said = dressed("a man in a shirt", garment="Skirt", footwear="heels", floor="tiles")
    assert said == "a man in a shirt, a skirt and black high heels, standing on a tiled floor"


@pytest.mark.parametrize("caption", ["a man in torn black jeans", "a woman in JEANS"])
def test_a_choice_leaves_what_says_so_already(caption: str):
    assert dressed(caption, garment="jeans") == caption


@pytest.mark.parametrize("said", [None, "", "auto", " Like the  visible part", "as seen"])
def test_like_the_visible_part_is_no_wish(said: str | None):
    assert wish_of(said) is None
    assert dressed("a man", garment=said, footwear=said, floor=said) == "a man"


def test_choices_are_one_word_each():
    assert all(choice.isalpha() for choice in (*GARMENTS, *FOOTWEAR, *FLOORS))
