"""Words become one token each; what was never heard is spelled."""

import pytest
import torch

from pipeline.bundle.lexicon import build_text_encoder, build_tokenizer, encode, teach_colours

CAPTIONS = ["a man in black jeans and red shoes", "a woman in a red skirt, standing"]


@pytest.mark.parametrize("word", ["black", "jeans", "skirt", "standing", "shoes"])
def test_a_word_of_the_captions_is_one_token(word: str):
    tokenizer = build_tokenizer(CAPTIONS)
    assert tokenizer.tokenize(word) == [word + "</w>"]


def test_an_unknown_word_is_spelled_and_comes_back_whole():
    tokenizer = build_tokenizer(CAPTIONS)
    numbers = tokenizer("zebra").input_ids
    assert tokenizer.decode(numbers, skip_special_tokens=True).strip() == "zebra"


def test_the_text_encoder_learns_to_name_colours():
    torch.manual_seed(0)
    tokenizer = build_tokenizer(CAPTIONS)
    encoder = build_text_encoder(tokenizer)
    colours = torch.tensor([[-0.9, 0.5], [0.8, float("nan")]])
    error = teach_colours(encoder, encode(tokenizer, CAPTIONS), colours, steps=15)
    assert error < 0.2
