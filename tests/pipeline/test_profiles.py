import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub import constants

from pipeline.errors import ModelError
from pipeline.jobs import Quality
from pipeline.profiles import ALL_PARTS, HUB, PAINTER_PARTS, SD15, TINY_FOLDER, find_weights

FILES = {
    "painter": [f"{part}/config.json" for part in PAINTER_PARTS],
    "controlnet": ["config.json", "diffusion_pytorch_model.safetensors"],
    "captioner": ["config.json", "pytorch_model.bin"],
    "annotators": ["body_pose_model.pth"],
}


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Put a part into a hub cache of its own, in the layout that the hub's client keeps."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))

    def put(name: str) -> Path:
        part = HUB[name]
        folder = tmp_path / f"models--{part.repository.replace('/', '--')}"
        snapshot = folder / "snapshots" / (part.revision if part.revision != "main" else "f" * 40)
        for file in FILES[name]:
            (snapshot / file).parent.mkdir(parents=True, exist_ok=True)
            (snapshot / file).write_bytes(b"{}")
        (folder / "refs").mkdir(exist_ok=True)
        (folder / "refs" / "main").write_text(snapshot.name)
        return snapshot

    return put


def test_sd15_is_found_in_the_hub_s_cache(cached: Callable[[str], Path]):
    snapshots = {name: cached(name) for name in HUB}
    weights = find_weights("sd15", download=False)
    assert weights.profile == SD15
    assert weights.parts["unet"] == snapshots["painter"] / "unet"
    assert weights.parts["controlnet"] == snapshots["controlnet"]
    assert set(weights.parts) == {*ALL_PARTS, "annotators"}


def test_auto_takes_sd15_where_it_is_complete(cached: Callable[[str], Path]):
    for name in HUB:
        cached(name)
    assert find_weights("auto").profile == SD15


@pytest.mark.skipif(not TINY_FOLDER.is_dir(), reason="the bundle's weights are not in this tree")
def test_auto_takes_the_shipped_bundle_where_a_part_of_sd15_is_missing(
    cached: Callable[[str], Path],
):
    snapshots = [cached(name) for name in HUB]
    shutil.rmtree(snapshots[-1].parents[1])
    assert find_weights("auto").profile.name == "tiny"


def test_sd15_that_is_not_here_says_how_to_get_it(cached: Callable[[str], Path]):
    with pytest.raises(ModelError, match="give that folder to --profile"):
        find_weights("sd15", download=False)


def test_every_revision_is_a_commit_but_the_one_that_is_not_known():
    named = [part.repository for part in HUB.values() if len(part.revision) != 40]
    assert named == ["Uminosachi/realisticVisionV51_v51VAE-inpainting"]


def test_quality_is_half_or_twice_the_steps_where_a_model_has_several():
    steps = {quality: SD15.steps_for(quality) for quality in Quality}
    assert steps == {Quality.DRAFT: 10, Quality.NORMAL: 20, Quality.BEST: 40}
    one_step = replace(SD15, steps=1)
    assert {one_step.steps_for(quality) for quality in Quality} == {1}
