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
    spelled = tokenizer.tokenize("zebra")
    assert len(spelled) > 1
    assert "".join(spelled) == "zebra</w>"


def test_the_text_encoder_learns_colours_and_skips_what_is_not_worn():
    torch.manual_seed(0)
    tokenizer = build_tokenizer(CAPTIONS)
    encoder = build_text_encoder(tokenizer)
    colours = torch.tensor([[-0.9, 0.5], [0.8, float("nan")]])
    tokens = encode(tokenizer, CAPTIONS)

    at_first = teach_colours(encoder, tokens, colours, steps=1)
    at_last = teach_colours(encoder, tokens, colours, steps=20)

    assert at_last < at_first / 2
