from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data

from pipeline.errors import ModelError
from pipeline.gpu.openpose import OpenPoseDetector, body_code, named
from pipeline.gpu.pose import detector_statuses
from pipeline.skeleton import Joint


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder laid out like lllyasviel/Annotators: the true network, small random weights."""
    torch.manual_seed(3)
    network = body_code().bodypose_model()
    # The published file names its weights without the blocks that the class puts them in.
    weights = {
        name.split(".", 1)[1]: (torch.randn_like(weight) * 0.01).half()
        for name, weight in network.state_dict().items()
    }
    folder = tmp_path_factory.mktemp("annotators")
    torch.save(weights, folder / "body_pose_model.pth")
    return folder


def test_the_true_network_loads_and_runs_at_any_shape(folder: Path):
    detector = OpenPoseDetector(folder)
    detector.load()
    portrait = np.asarray(data.astronaut(), np.uint8)
    assert detector.detect(Image.fromarray(portrait[:, :200])) == []
    for size in ((1, 1), (900, 4), (3, 900)):
        assert detector.detect(Image.new("RGB", size)) == []
    detector.close()
    assert detector_statuses(folder)[1].ready


def test_scores_are_the_networks_own_and_unseen_joints_are_absent():
    candidate = np.array(
        [
            [100, 50, 0.81, 0],
            [100, 90, 0.62, 1],
            [70, 90, 1.3, 2],
            [85, 300, 0.3, 3],
            [85, 380, 0.25, 4],
        ]
    )
    row = -np.ones(20)
    row[[Joint.NOSE, Joint.NECK, Joint.RIGHT_SHOULDER, Joint.RIGHT_KNEE, Joint.RIGHT_ANKLE]] = (
        np.arange(5)
    )
    (result,) = body_code().Body.format_body_result(candidate, row[None])
    person = named(result.keypoints)
    assert person.keypoints[Joint.NOSE].score == pytest.approx(0.81)
    assert person.keypoints[Joint.NECK].score == pytest.approx(0.62)
    assert person.keypoints[Joint.RIGHT_SHOULDER].score == 1.0
    assert Joint.LEFT_SHOULDER not in person
    assert person.keypoints[Joint.RIGHT_BIG_TOE].guessed
    assert person.keypoints[Joint.RIGHT_BIG_TOE].y > 380
    assert Joint.LEFT_BIG_TOE not in person


def test_weights_that_are_missing_are_told_in_a_sentence(tmp_path: Path):
    with pytest.raises(ModelError, match=r"There is no body_pose_model\.pth"):
        OpenPoseDetector(tmp_path).load()
    with pytest.raises(ModelError, match="are not on this machine"):
        OpenPoseDetector("lllyasviel/Annotators").load()
    with pytest.raises(ModelError, match="are not on this machine"):
        OpenPoseDetector("/no/such/folder").load()


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", None])
def test_weights_that_are_damaged_are_told_in_a_sentence(tmp_path: Path, content: bytes | None):
    path = tmp_path / "body_pose_model.pth"
    if content is None:
        torch.save({"conv1_1.weight": torch.zeros(64, 3, 3, 3)}, path)
    else:
        path.write_bytes(content)
    with pytest.raises(ModelError, match="is damaged or is not"):
        OpenPoseDetector(tmp_path).load()
