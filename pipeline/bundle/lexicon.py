"""The painter's words: a tokenizer that keeps the captions' words whole, and its encoder."""

import re
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

LONGEST = 48  # tokens of a caption, the two ends included
WIDTH = 128
# Spread of the embeddings at the start. CLIP's own 0.02 is for millions of steps: after 700 one
# could tell a shoe's colour from what the encoder gave with r2 = 0.2; with this, after 300, 0.7.
SPREAD = 0.5
TEACHING_RATE, TEACHING_WARM_UP = 2e-3, 50
_END = "</w>"
_START_TOKEN, _END_TOKEN = "<|startoftext|>", "<|endoftext|>"
_WORD = re.compile(r"[a-z]+|[,-]")


def build_tokenizer(captions: Sequence[str]) -> CLIPTokenizer:
    """Make a CLIP tokenizer that keeps the captions' words whole and spells all others."""
    words = sorted({word for caption in captions for word in _WORD.findall(caption)})
    merges = _merges(words)
    letters = [chr(code) for code in (*range(33, 127), *range(161, 173), *range(174, 324))]
    tokens = [*letters, *(letter + _END for letter in letters), *(a + b for a, b in merges)]
    vocabulary = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    for token in (_START_TOKEN, _END_TOKEN):
        vocabulary[token] = len(vocabulary)
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=LONGEST)


def _merges(words: Sequence[str]) -> list[tuple[str, str]]:
    """List merges, strongest first, that join every word into one token.

    A merge that one word needs may tear another; torn words get weaker merges that mend them, until
    none is torn.
    """
    merges: dict[tuple[str, str], int] = {}
    while torn := [word for word in words if len(_parts(word, merges)) > 1]:
        for word in torn:
            while len(parts := _parts(word, merges)) > 1:
                merges[parts[0], parts[1]] = len(merges)
    return list(merges)


def _parts(word: str, merges: dict[tuple[str, str], int]) -> list[str]:
    """Apply byte-pair merges to one word."""
    parts = [*word[:-1], word[-1] + _END]
    while pairs := [pair for pair in pairwise(parts) if pair in merges]:
        strongest = min(pairs, key=merges.__getitem__)
        parts = _joined(parts, strongest)
    return parts


def _joined(parts: list[str], pair: tuple[str, str]) -> list[str]:
    joined: list[str] = []
    for part in parts:
        if joined and (joined[-1], part) == pair:
            joined[-1] += part
        else:
            joined.append(part)
    return joined


def encode(tokenizer: CLIPTokenizer, captions: Sequence[str]) -> Tensor:
    """Token numbers, (N, LONGEST)."""
    tokens = tokenizer(
        list(captions),
        padding="max_length",
        truncation=True,
        max_length=LONGEST,
        return_tensors="pt",
    )
    return tokens.input_ids


def build_text_encoder(tokenizer: CLIPTokenizer) -> CLIPTextModel:
    """Return an untrained text encoder of 0.4 M weights."""
    end = tokenizer.convert_tokens_to_ids(_END_TOKEN)
    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=WIDTH,
        intermediate_size=3 * WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=LONGEST,
        bos_token_id=tokenizer.convert_tokens_to_ids(_START_TOKEN),
        eos_token_id=end,
        pad_token_id=end,
    )
    encoder = CLIPTextModel(config)
    for layer in encoder.modules():
        if isinstance(layer, nn.Embedding):
            nn.init.normal_(layer.weight, std=SPREAD)
    return encoder


def teach_colours(
    encoder: CLIPTextModel,
    pool: nn.Module,
    tokens: Tensor,
    colours: Tensor,
    *,
    steps: int,
    seed: int = 1,
) -> float:
    """Train an encoder and what pools its words to name colours; return the last squared error.

    Without this the painter hardly reads its words for hours: at first everything it can learn
    comes faster from the pose. Each caption's last token, which has heard all of it, and the pooled
    words are both asked.

    Args:
        encoder: Changed in place.
        pool: (B, T, WIDTH) to (B, W); changed in place.
        tokens: (N, LONGEST).
        colours: Mean colours in [-1, 1] of what captions name, (N, K); NaN where there is none.
        steps: Batches of 64.
        seed: Of the batches' order.
    """
    dice = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        width = pool(torch.zeros(1, 1, WIDTH)).shape[1]
    last, pooled = nn.Linear(WIDTH, colours.shape[1]), nn.Linear(width, colours.shape[1])
    taught = [p for part in (encoder, pool, last, pooled) for p in part.parameters()]
    optimiser = torch.optim.AdamW(taught, lr=TEACHING_RATE)
    loss = torch.zeros(())
    for step in range(steps):
        rows = torch.randint(len(tokens), (64,), generator=dice)
        words = encoder(tokens[rows])[0]
        known = ~colours[rows].isnan()
        # Chosen before the difference: a NaN left out after it still reaches the gradient.
        truth = colours[rows][known]
        named = torch.stack([last(words[:, -1]), pooled(pool(words))])
        loss = ((named[:, known] - truth) ** 2).mean()
        for group in optimiser.param_groups:
            group["lr"] = TEACHING_RATE * min(1.0, (step + 1) / TEACHING_WARM_UP)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(taught, 1.0)
        optimiser.step()
    return loss.item()
