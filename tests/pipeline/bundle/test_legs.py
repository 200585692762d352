"""The network for unseen legs is taught by people of whom all is known."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline import anatomy
from pipeline.bundle.leg_examples import (
    Examples,
    gather,
    joined,
    kind_of,
    load_examples,
    save_examples,
)
from pipeline.bundle.legs import lessons, save_network, train_legs
from pipeline.bundle.legs_report import errors, run_legs
from pipeline.completion import KINDS, Network, complete, read_network
from pipeline.errors import ModelError
from pipeline.skeleton import LEGS, Joint, Skeleton
from tests.pipeline.people import whole_person


def people(count: int, *, squat: float = 0.6) -> Examples:
    """Make up people whose hips are the last that was seen, half of them with short legs.

    Those with short legs hold their wrists high, so there is something to learn.
    """
    detected = np.zeros((count, len(Joint), 4), np.float32)
    truth = np.zeros((count, len(Joint), 2), np.float32)
    dice = np.random.default_rng(0)
    for row in range(count):
        person = whole_person(height=float(dice.uniform(300, 600)))
        points = person.keypoints
        hip, low = points[Joint.LEFT_HIP].y, row % 2 == 1
        for joint, point in points.items():
            below = point.y > hip + 1
            y = hip + squat * (point.y - hip) if low and below else point.y
            y -= 60.0 * low * (joint in (Joint.LEFT_WRIST, Joint.RIGHT_WRIST))
            truth[row, joint] = point.x, y
            if not below:
                detected[row, joint] = point.x, y, 0.9, 0
    return Examples(detected, truth, np.arange(count) % 2)


def taught(examples: Examples, steps: int) -> Network:
    *_, (_, _, network) = train_legs(lessons(examples), steps=steps)
    assert network is not None
    return network


def test_it_learns_what_proportions_cannot_know():
    examples = people(40)
    network = taught(examples, 300)
    plain = np.median(errors(examples, anatomy.complete)[1])
    learnt = np.median(errors(examples, lambda person: complete(person, network))[1])
    assert learnt < 0.5 * plain


def test_training_it_twice_gives_the_same_network():
    one, other = (taught(people(8), 3) for _ in range(2))
    assert all((one[name] == other[name]).all() for name in one)


def test_stored_weights_say_the_same(tmp_path: Path):
    network = taught(people(8), 3)
    save_network(network, tmp_path / "deep" / "legs.npz")
    again = read_network(tmp_path / "deep" / "legs.npz")
    assert all((network[name] == again[name]).all() for name in network)


def test_whatever_was_seen_teaches_nothing():
    examples = people(4)
    examples.detected[:, :, :2] = examples.truth
    examples.detected[:, :, 2] = 0.9
    examples.detected[:, Joint.LEFT_ANKLE, 3] = 1
    counts = lessons(examples).counts
    assert counts.sum(1).min() == 1
    assert counts[0].sum() == 1


def test_true_joints_have_no_error():
    examples = people(6)

    def knows(person: Skeleton) -> Skeleton:
        row = next(r for r in range(6) if examples.skeleton(r) == person)
        whole = anatomy.complete(person)
        return Skeleton(
            {
                joint: point.moved(
                    float(examples.truth[row, joint, 0]) - point.x,
                    float(examples.truth[row, joint, 1]) - point.y,
                )
                for joint, point in whole.keypoints.items()
            }
        )

    ratios, ankles, toes = errors(examples, knows)
    assert len(ratios) == 12
    assert ratios == pytest.approx([1.0] * 12)
    assert max(ankles) == pytest.approx(0, abs=1e-6)
    assert max(toes) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("standing", "standing"),
        ("walking", "walking"),
        ("standing with crossed legs", "crossed"),
        ("standing with one leg bent", "one leg bent"),
        ("sitting on a chair", "seated"),
        ("sitting on the floor", "on the floor"),
        ("sitting cross-legged", "on the floor"),
        ("kneeling", "kneeling"),
        ("squatting", "squatting"),
        ("lying", "lying"),
    ],
)
def test_the_caption_s_words_name_the_stance(words: str, kind: str):
    assert KINDS[kind_of(words)] == kind


class Seeing:
    """Answers with one person, wherever they are asked for."""

    def __init__(self, person: Skeleton) -> None:
        self.person = person
        self.heights: list[int] = []

    def detect(self, image: Image.Image) -> list[Skeleton]:
        self.heights.append(image.height)
        return [self.person]


def test_somebody_else_in_the_picture_teaches_nothing():
    seeing = Seeing(whole_person().mapped(dx=5000))
    assert list(gather(seeing, 5, range(0, 4, 2))) == []
    assert len(set(seeing.heights)) > 1


def test_examples_are_kept_whole(tmp_path: Path):
    examples = people(3)
    rows = [(examples.detected[r], examples.truth[r], int(examples.kinds[r])) for r in range(3)]
    save_examples(rows, tmp_path / "part.npz")
    save_examples([], tmp_path / "none.npz")
    again = joined([load_examples(tmp_path / name) for name in ("part.npz", "none.npz")])
    assert (again.truth == examples.truth).all()
    assert [again.skeleton(r) for r in range(3)] == [examples.skeleton(r) for r in range(3)]
    assert not list(tmp_path.glob("*.part"))


def test_nothing_to_learn_from_is_told(tmp_path: Path):
    with pytest.raises(ModelError, match="nothing to learn from"):
        run_legs(tmp_path, None, count=0, seed=1, steps=1)
    with pytest.raises(ModelError, match="found nobody"):
        joined([])
    (tmp_path / "cut.npz").write_bytes(b"PK")
    with pytest.raises(ModelError, match="missing or damaged"):
        load_examples(tmp_path / "cut.npz")


def test_every_leg_joint_is_taught():
    lesson = lessons(people(2))
    assert lesson.wanted.shape[1] == sum(len(leg.joints) for leg in LEGS)
    assert float(lesson.counts[:, 1:6].min()) == 1
