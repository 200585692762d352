"""Words become one token each; what was never heard is spelled."""

from typing import Any, cast

import pytest
import torch

from pipeline.bundle.lexicon import build_text_encoder, build_tokenizer, encode, teach_colours
from pipeline.bundle.painter import build_unet

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


def test_encoder_and_pool_learn_colours_and_skip_what_is_not_worn():
    torch.manual_seed(0)
    tokenizer = build_tokenizer(CAPTIONS)
    encoder, pool = build_text_encoder(tokenizer), cast("Any", build_unet()).add_embedding
    torch.nn.init.ones_(pool.norm2.weight)
    colours = torch.tensor([[-0.9, 0.5], [0.8, float("nan")]])
    tokens = encode(tokenizer, CAPTIONS)

    at_first = teach_colours(encoder, pool, tokens, colours, steps=1)
    at_last = teach_colours(encoder, pool, tokens, colours, steps=60)

    assert at_last < at_first / 4
    with torch.inference_mode():
        one, other = pool(encoder(tokens)[0])
    assert (one - other).abs().max() > 0.1
