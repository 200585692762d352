from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pipeline.bundle.captions import Clause
from pipeline.bundle.codec import STRIDE, build_codec, start_linear, to_tensor, whiten
from pipeline.bundle.examples import (
    Examples,
    linear_encoder,
    make_examples,
    mask_of,
    pose_map,
    said,
)
from pipeline.bundle.labels import LEG_LABELS
from pipeline.bundle.scenes import NATIVE, draw_scene
from pipeline.bundle.shards import Series, Shard, read_shards, write_series
from pipeline.bundle.zooming import shows_somebody, windows_of
from pipeline.errors import ModelError
from pipeline.skeleton import Joint


@pytest.fixture(scope="module")
def codec(scenes: Path):
    shard = next(read_shards(scenes))
    pictures = to_tensor(shard.pictures)
    codec: Any = build_codec()
    start_linear(codec, pictures)
    codec.eval()
    with torch.inference_mode():
        latents = codec.encode(pictures).latent_dist.mode()
    whiten(codec, latents)
    return codec


@pytest.fixture(scope="module")
def examples(scenes: Path, codec: Any) -> Examples:
    return make_examples(scenes, codec)


def test_every_picture_comes_with_all_that_the_painter_is_given(examples: Examples):
    width, height = NATIVE[0] // STRIDE, NATIVE[1] // STRIDE
    batch = examples.batch(np.array([0, 5, 11]), np.random.default_rng(0))

    assert len(examples) == 12
    assert len(examples.captions) == 12 * examples.captions_each
    assert batch["clean"].shape == batch["masked"].shape == (3, 16, height, width)
    assert batch["mask"].shape == batch["legs"].shape == (3, 1, height, width)
    assert batch["shoes"].shape == batch["legs"].shape
    assert (batch["shoes"] <= batch["legs"]).all()
    assert batch["pose"].shape == (3, 3, NATIVE[1], NATIVE[0])
    assert batch["pose"].max() <= 1
    known = batch["mask"] == 0
    assert torch.allclose((batch["clean"] * known).std(), (batch["masked"] * known).std(), rtol=0.3)


def test_the_same_seed_makes_the_same_examples(scenes: Path, codec: Any, examples: Examples):
    again = make_examples(scenes, codec)
    assert torch.equal(again.masks, examples.masks)
    assert again.captions == examples.captions


def test_what_was_encoded_is_kept_and_found_again(scenes: Path, codec: Any, tmp_path: Path):
    first = make_examples(scenes, codec, kept=tmp_path)
    (file,) = tmp_path.glob("*.pt")
    written = file.stat().st_mtime_ns
    again = make_examples(scenes, codec, kept=tmp_path)
    assert file.stat().st_mtime_ns == written
    assert again.captions == first.captions
    assert torch.equal(again.masked, first.masked)
    assert torch.equal(again.colours.nan_to_num(9), first.colours.nan_to_num(9))
    make_examples(scenes, codec, seed=1, kept=tmp_path)
    assert len(list(tmp_path.glob("*.pt"))) == 2


def test_the_fitted_encoder_is_the_codecs_own(scenes: Path, codec: Any):
    shard = next(read_shards(scenes))
    pictures = to_tensor(shard.pictures)
    with torch.inference_mode():
        wanted = codec.encode(pictures).latent_dist.mode()
        error = (linear_encoder(codec, scenes)(pictures) - wanted).square().mean()
    assert error < 1e-3 * wanted.var()


def test_the_first_latent_channels_show_most(examples: Examples):
    shown = examples.visible
    assert shown.mean().item() == pytest.approx(1)
    assert shown.argmax() < 4
    assert shown[:4].sum() > shown[8:].sum()


def test_masks_hide_legs_and_never_nothing():
    dice = np.random.default_rng(2)
    scene = draw_scene(8, 1)
    legs = np.isin(scene.labels, LEG_LABELS)
    masks = [mask_of(dice, scene.labels, scene.joints) for _ in range(60)]
    assert all(mask.any() for mask in masks)
    assert np.mean([(mask & legs).sum() / legs.sum() for mask in masks]) > 0.4
    assert sum(mask.all() for mask in masks) < 20


def test_every_kind_of_mask_leaves_something_to_paint_in_the_latents():
    dice = np.random.default_rng(3)
    for index in range(30):
        scene = draw_scene(8, index, broad=True)
        for _ in range(20):
            mask = mask_of(dice, scene.labels, scene.joints)
            assert mask[::STRIDE, ::STRIDE].any()


def test_joints_outside_the_frame_are_not_drawn():
    joints = np.zeros((1, len(Joint), 3), np.float32)
    assert not pose_map(joints).any()
    joints[0, [Joint.RIGHT_KNEE, Joint.RIGHT_ANKLE]] = [(40, 60, 2), (40, 100, 1)]
    drawn = pose_map(joints)
    assert drawn.shape == (NATIVE[1], NATIVE[0], 3)
    assert drawn[80, 40].any()
    assert not drawn[:, 60:].any()


def test_a_limb_that_leaves_the_frame_goes_on_where_all_joints_are_drawn():
    joints = np.zeros((1, len(Joint), 3), np.float32)
    joints[0, :] = (-50, -50, 0)
    joints[0, Joint.RIGHT_KNEE] = (40, 60, 2)
    joints[0, Joint.RIGHT_ANKLE] = (40, 190, 0)
    assert not pose_map(joints)[100, 40].any()
    assert pose_map(joints, beyond=True)[100, 40].any()


def test_everybody_is_drawn():
    joints = np.zeros((2, len(Joint), 3), np.float32)
    for person, x in enumerate((20, 70)):
        joints[person, [Joint.RIGHT_KNEE, Joint.RIGHT_ANKLE]] = [(x, 60, 2), (x, 100, 2)]
    drawn = pose_map(joints)
    assert drawn[80, 20].any()
    assert drawn[80, 70].any()


def test_captions_leave_different_clauses_out_and_never_tell_the_hair():
    attributes = draw_scene(8, 2).attributes
    dice = np.random.default_rng(0)
    lines = {line for _ in range(20) for line in said(attributes, dice)}
    assert len(lines) > 5
    assert not any("hair" in line for line in lines)
    assert Clause.HAIR in Clause  # it exists, and is left out on purpose


def test_no_scenes_are_told_with_the_command_that_makes_them(tmp_path: Path, codec: Any):
    with pytest.raises(ModelError, match=r"Run: python -m pipeline\.bundle data"):
        make_examples(tmp_path, codec)


def larger_shard(index: int = 0) -> Shard:
    scene = draw_scene(8, index, size=(192, 288))
    return Shard(
        scene.picture[None],
        scene.labels[None],
        np.asarray(scene.joints, np.float32)[None],
        [scene.caption],
        [scene.attributes],
    )


def test_a_window_of_a_larger_scene_shows_it_at_its_own_size_with_its_joints():
    shard = larger_shard()
    windows, _ = windows_of(shard, np.random.default_rng(3))
    seen = shard.joints[0, :, 2] > 0
    offset = np.rint((shard.joints - windows.joints)[0, seen][0, :2]).astype(int)
    left, top = offset
    part = shard.pictures[0, top : top + NATIVE[1], left : left + NATIVE[0]]
    assert (windows.pictures[0] == part).all()
    assert windows.labels.shape == (1, NATIVE[1], NATIVE[0])


def test_a_coarse_window_is_the_same_without_its_details():
    windows, coarse = windows_of(larger_shard(), np.random.default_rng(3))
    sharp, soft = windows.pictures.astype(float), coarse.astype(float)
    assert abs(sharp.mean() - soft.mean()) < 2
    assert np.abs(np.diff(soft, axis=1)).mean() < 0.9 * np.abs(np.diff(sharp, axis=1)).mean()


def test_windows_lie_on_legs_mostly():
    dice, shard = np.random.default_rng(1), larger_shard()
    ankle = shard.joints[0, Joint.LEFT_ANKLE, :2]
    seen = [shows_somebody(windows_of(shard, dice)[0].joints[0]) for _ in range(60)]
    assert ankle.min() >= 0
    assert np.mean(seen) > 0.7


def test_larger_scenes_become_examples_with_something_to_refine(tmp_path: Path, codec: Any):
    write_series(Series(seed=9, count=4, folder=tmp_path, size=(192, 288)))
    examples = make_examples(tmp_path, codec)
    width, height = NATIVE[0] // STRIDE, NATIVE[1] // STRIDE
    assert examples.clean.shape == examples.coarse.shape == (4, 16, height, width)
    assert (examples.clean != examples.coarse).flatten(1).any(1).all()
