"""The codec's linear start and whitening, on small smooth pictures."""

from typing import Any

import pytest
import torch
from torch import Tensor

from pipeline.bundle.codec import LATENT_CHANNELS, build_codec, start_linear, whiten


@pytest.fixture(scope="module")
def pictures() -> Tensor:
    coarse = torch.randn(24, 3, 6, 4, generator=torch.Generator().manual_seed(0))
    smooth = torch.nn.functional.interpolate(coarse, size=(48, 32), mode="bicubic")
    return smooth.clamp(-1, 1)


@pytest.fixture(scope="module")
def codec(pictures: Tensor) -> Any:
    torch.manual_seed(0)
    started: Any = build_codec().eval()
    start_linear(started, pictures)
    return started


def encoded(codec: Any, pictures: Tensor) -> Tensor:
    with torch.inference_mode():
        return codec.encode(pictures).latent_dist.mode()


def decoded(codec: Any, latents: Tensor) -> Tensor:
    with torch.inference_mode():
        return codec.decode(latents).sample


def test_the_linear_start_already_shows_the_picture(codec: Any, pictures: Tensor):
    error = (decoded(codec, encoded(codec, pictures)) - pictures).square().mean()
    assert error < 0.1 * pictures.var()


def test_whitening_makes_latents_even_and_keeps_the_pictures(codec: Any, pictures: Tensor):
    before = decoded(codec, encoded(codec, pictures))
    whiten(codec, encoded(codec, pictures))
    latents = encoded(codec, pictures)

    rows = latents.permute(0, 2, 3, 1).flatten(0, 2)
    torch.testing.assert_close(
        rows.T.cov(correction=0), torch.eye(LATENT_CHANNELS), atol=2e-2, rtol=0
    )
    torch.testing.assert_close(rows.mean(0), torch.zeros(LATENT_CHANNELS), atol=2e-2, rtol=0)
    torch.testing.assert_close(decoded(codec, latents), before, atol=1e-3, rtol=0)
