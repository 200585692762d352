"""The painter's words: a tokenizer that keeps the captions' words whole, and its encoder."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

LONGEST = 48  # tokens of a caption, the two ends included
WIDTH = 128
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
    return CLIPTextModel(config)


def teach_colours(
    encoder: CLIPTextModel, tokens: Tensor, colours: Tensor, *, steps: int, seed: int = 1
) -> float:
    """Train an encoder to name the garments' mean colours; return the last squared error.

    Without this the painter hardly reads its words for hours: at first everything it can learn
    comes faster from the pose.

    Args:
        encoder: Changed in place.
        tokens: (N, LONGEST).
        colours: Mean colours in [-1, 1] of each caption's garments, (N, K); NaN where not worn.
        steps: Batches of 64.
        seed: Of the batches' order.
    """
    return _teach(
        lambda rows: encoder(rows)[0].flatten(1), encoder, tokens, colours, steps=steps, seed=seed
    )


def teach_pool(
    encoder: CLIPTextModel,
    pool: nn.Module,
    tokens: Tensor,
    colours: Tensor,
    *,
    steps: int,
    seed: int = 2,
) -> float:
    """Train what pools an encoder's words to name the colours too; the encoder stays as it is.

    Args:
        encoder: Of the words.
        pool: (B, T, WIDTH) to (B, W); changed in place.
        tokens: (N, LONGEST).
        colours: As for `teach_colours`, (N, K).
        steps: Batches of 64.
        seed: Of the batches' order.
    """

    def read(rows: Tensor) -> Tensor:
        with torch.no_grad():
            words = encoder(rows)[0]
        return pool(words)

    return _teach(read, pool, tokens, colours, steps=steps, seed=seed)


def _teach(
    read: Callable[[Tensor], Tensor],
    taught: nn.Module,
    tokens: Tensor,
    colours: Tensor,
    *,
    steps: int,
    seed: int,
) -> float:
    """Train `taught`, through `read` and a linear layer on top that is thrown away."""
    dice = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        width = read(tokens[:1]).shape[1]
    head = nn.Linear(width, colours.shape[1])
    optimiser = torch.optim.AdamW([*taught.parameters(), *head.parameters()], lr=1e-3)
    loss = torch.zeros(())
    for _ in range(steps):
        rows = torch.randint(len(tokens), (64,), generator=dice)
        named = head(read(tokens[rows]))
        worn = ~colours[rows].isnan()
        # Chosen before the difference: a NaN left out after it still reaches the gradient.
        loss = ((named[worn] - colours[rows][worn]) ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return loss.item()
