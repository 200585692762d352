import json
from dataclasses import replace

import numpy as np
import pytest

from pipeline.bundle.captions import Attributes, Clause, caption, caption_of_crop, shown_clauses
from pipeline.bundle.labels import Label
from pipeline.bundle.outfits import Words
from pipeline.bundle.scenes import Cut, crop_of, draw_scene

WORDS = Words(
    sex="woman",
    hair="long",
    hair_colour="black",
    top="shirt",
    top_colour="red",
    sleeves="long",
    striped=False,
    bottom="jeans",
    bottom_colour="blue",
    shoes="sneakers",
    shoe_colour="white",
)
WHOLE = Attributes(
    words=WORDS, posture="standing", view=None, place="a brick wall", floor="a wooden floor"
)


def test_a_caption_says_it_all_in_one_line():
    assert caption(WHOLE) == (
        "a woman with long black hair in a red shirt, blue jeans and white sneakers, standing,"
        " in front of a brick wall on a wooden floor"
    )


@pytest.mark.parametrize(
    ("clauses", "text"),
    [
        ([], "a woman"),
        ([Clause.TOP], "a woman in a red shirt"),
        ([Clause.TOP, Clause.BOTTOM], "a woman in a red shirt and blue jeans"),
        ([Clause.PLACE], "a woman in front of a brick wall"),
        ([Clause.SHOES, Clause.POSTURE], "a woman in white sneakers, standing"),
    ],
)
def test_clauses_can_be_left_out(clauses: list[Clause], text: str):
    assert caption(WHOLE, clauses) == text


def test_bare_feet_and_orange_tops_are_good_english():
    words = replace(WORDS, shoes="barefoot", shoe_colour=None, top_colour="orange", bottom="skirt")
    text = caption(replace(WHOLE, words=words), [Clause.TOP, Clause.BOTTOM, Clause.SHOES])
    assert text == "a woman in an orange shirt and a blue skirt, barefoot"


def test_a_crop_is_described_by_what_it_shows():
    labels = np.zeros((100, 100), np.uint8)
    labels[10:50, 30:70] = Label.TOP
    labels[50:90, 30:70] = Label.TROUSERS
    labels[90:, 30:70] = Label.SHOE
    assert Clause.BOTTOM not in shown_clauses(labels, bottom=50)
    assert Clause.BOTTOM in shown_clauses(labels, bottom=60)
    assert Clause.SHOES in shown_clauses(labels, bottom=100)
    text = caption_of_crop(WHOLE, labels, bottom=50)
    assert text == "a woman in a red shirt, in front of a brick wall"


def test_nobody_cut_at_the_waist_wears_shoes_in_the_caption():
    for index in range(20):
        scene = draw_scene(5, index)
        if scene.attributes.posture == "standing":
            bottom = crop_of(scene, Cut.WAIST)
            assert scene.attributes.words.shoes not in caption_of_crop(
                scene.attributes, scene.labels, bottom=bottom
            ).replace("short", "")


def test_attributes_survive_json():
    assert Attributes.from_dict(json.loads(json.dumps(WHOLE.as_dict()))) == WHOLE


def test_the_vocabulary_is_small_and_lower_case():
    words = {word for index in range(80) for word in draw_scene(6, index).caption.split()}
    assert all(word == word.lower() for word in words)
    assert len(words) < 110
