import cv2
import numpy as np
import pytest

from pipeline.grain import TILE, Values, grown, spectrum_of


def scene(*, texture: float = 0.0) -> Values:
    """Draw soft light with, on its right half, a texture."""
    rows, columns = np.mgrid[:512, :768]
    light = 120 + 40 * np.sin(columns / 200) + 20 * np.cos(rows / 150)
    light += texture * np.sign(np.sin(columns / 5) * np.sin(rows / 7)) * (columns > 400)
    return np.repeat(light[..., None], 3, axis=2).astype(np.float32)


def noisy(picture: Values, strength: float, softness: float = 0.0) -> Values:
    noise = np.random.default_rng(2).normal(0, 1, picture.shape).astype(np.float32)
    if softness:
        noise = cv2.GaussianBlur(noise, (0, 0), softness)
    noise *= strength / noise.std()
    return (picture + noise).round().clip(0, 255).astype(np.float32)


@pytest.mark.parametrize("texture", [0, 30])
@pytest.mark.parametrize("softness", [0, 0.7])
@pytest.mark.parametrize("strength", [1.5, 3, 6])
def test_noise_is_measured_as_strong_as_it_is_beside_texture_too(
    strength: float, softness: float, texture: float
):
    grain = grown(spectrum_of([noisy(scene(texture=texture), strength, softness)]), 1)
    assert grain is not None
    assert grain.strength == pytest.approx(strength, rel=0.2)


def test_soft_noise_gives_soft_grain():
    fine, soft = (grown(spectrum_of([noisy(scene(), 4, softness)]), 1) for softness in (0.0, 0.8))
    assert fine is not None
    assert soft is not None
    alike = [np.corrcoef(g.tile[:-1].ravel(), g.tile[1:].ravel())[0, 1] for g in (fine, soft)]
    assert abs(alike[0]) < 0.1
    assert alike[1] > 0.4


@pytest.mark.parametrize("picture", [scene(), scene(texture=30), scene()[:90, :90]])
def test_a_clean_picture_has_no_grain(picture: Values):
    assert grown(spectrum_of([picture]), 1) is None


def test_only_what_the_other_lacks_is_added():
    strong, weak = (spectrum_of([noisy(scene(), strength)]) for strength in (5, 3))
    added = grown(strong.missing_in(weak), 1)
    assert added is not None
    assert added.strength == pytest.approx(4, rel=0.2)
    assert grown(weak.missing_in(strong), 1) is None


def test_a_seed_gives_the_same_grain_and_another_seed_another():
    spectrum = spectrum_of([noisy(scene(), 4)])
    one, same, other = (grown(spectrum, seed) for seed in (1, 1, 2))
    assert one is not None
    assert same is not None
    assert other is not None
    assert (one.tile == same.tile).all()
    assert (one.tile != other.tile).any()


def test_grain_lies_where_it_lies_whatever_part_is_asked_for():
    grain = grown(spectrum_of([noisy(scene(), 4)]), 1)
    assert grain is not None
    grey = np.full((TILE + 60, 50, 3), 128, np.float32)
    whole = grain.on(grey, 7, 300)
    assert (grain.on(grey[:40], 7, 500) == whole[200:240]).all()
    steps = np.abs(np.diff(whole, axis=0)).mean(axis=(1, 2))
    assert steps.max() < 2 * np.median(steps)


def test_black_and_white_have_no_grain():
    grain = grown(spectrum_of([noisy(scene(), 4)]), 1)
    assert grain is not None
    for light in (0, 255):
        flat = np.full((40, 40, 3), light, np.float32)
        assert (grain.on(flat, 0, 0) == flat).all()
