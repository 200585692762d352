"""Train the small network of `pipeline.completion`: from cut photos to the legs that they lack."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  torch's own name for it
from torch import Tensor, nn

from pipeline import anatomy, completion
from pipeline.bundle.leg_examples import Examples, Values
from pipeline.completion import FARTHEST, KINDS, LARGEST, LAYERS, LEG_JOINTS, Network
from pipeline.skeleton import Joint, Skeleton

HIDDEN = 64  # values between the layers
STEPS, BATCH, RATE = 3000, 256, 2e-3
WORTH_OF_KIND = 0.1  # of naming the stance, beside a torso's error of the joints
NO_GUESSES = 0.4  # of the examples come also without guesses, as of OpenPose, or without arms
OUTER_JOINTS = (
    *(Joint.RIGHT_ELBOW, Joint.RIGHT_WRIST, Joint.LEFT_ELBOW, Joint.LEFT_WRIST),
    *(Joint.RIGHT_EYE, Joint.LEFT_EYE, Joint.RIGHT_EAR, Joint.LEFT_EAR),
)
JITTER = 0.01  # statures; detectors are never this exact
DECAY = 0.01


@dataclass(frozen=True, slots=True)
class Lessons:
    """Examples as the network is taught them.

    Attributes:
        told: `completion.features`, (N, F).
        wanted: How each leg joint should move, (N, 12, 2), in statures.
        counts: 1 where a joint is to be placed, 0 where it was seen, (N, 12).
        kinds: As in `Examples`.
    """

    told: Tensor
    wanted: Tensor
    counts: Tensor
    kinds: Tensor


def lessons(examples: Examples) -> Lessons:
    """Prepare examples, each also mirrored, and some again without a detector's guesses."""
    rows = [
        row
        for index in range(len(examples))
        for person, truth in _variants(examples.skeleton(index), examples.truth[index], index)
        if (row := _lesson(person, truth, int(examples.kinds[index]))) is not None
    ]
    told, wanted, counts, kinds = zip(*rows, strict=True)
    return Lessons(
        torch.from_numpy(np.stack(told)),
        torch.from_numpy(np.stack(wanted)),
        torch.from_numpy(np.stack(counts)),
        torch.tensor(kinds),
    )


def _variants(person: Skeleton, truth: Values, index: int) -> Iterator[tuple[Skeleton, Values]]:
    plain, dice = [(person, truth)], np.random.default_rng(index)
    if dice.random() < NO_GUESSES:
        missing = dice.choice([0.0, 0.3, 1.0])
        lost = {joint for joint in OUTER_JOINTS if dice.random() < missing}
        seen = {j: p for j, p in person.keypoints.items() if not p.guessed and j not in lost}
        plain.append((Skeleton(seen), truth))
    for one, places in plain:
        yield one, places
        yield _mirrored(one), _mirrored_places(places)


def _mirrored(person: Skeleton) -> Skeleton:
    points = person.keypoints
    return Skeleton(
        {joint.mirrored: point.moved(-2 * point.x, 0) for joint, point in points.items()}
    )


def _mirrored_places(places: Values) -> Values:
    turned = places[[joint.mirrored for joint in Joint]] * np.array([-1, 1], np.float32)
    return turned.astype(np.float32)


def _lesson(
    person: Skeleton, truth: Values, kind: int
) -> tuple[Values, Values, Values, int] | None:
    whole, bearing = anatomy.complete(person), anatomy.bearing(person)
    if bearing is None or any(joint not in whole.keypoints for joint in LEG_JOINTS):
        return None
    points = [whole.keypoints[joint] for joint in LEG_JOINTS]
    shifts = [
        (complex(*truth[joint].tolist()) - complex(point.x, point.y)) / bearing.scale
        for joint, point in zip(LEG_JOINTS, points, strict=True)
    ]
    wanted = np.array([(s.real, s.imag) for s in shifts], np.float32)
    counts = np.array([point.guessed for point in points], np.float32)
    if not counts.any() or np.abs(wanted).max() > FARTHEST:
        return None
    return completion.features(person, whole, bearing), wanted, counts, kind


class _Legs(nn.Module):
    """`completion.answer`, as torch trains it."""

    def __init__(self, told: Tensor) -> None:
        super().__init__()
        self.middle, self.spread = told.mean(0), told.std(0) + 0.05
        self.first = nn.Linear(told.shape[1], HIDDEN)
        self.second = nn.Linear(HIDDEN, HIDDEN)
        self.last = nn.Linear(HIDDEN, len(KINDS) * (1 + 2 * len(LEG_JOINTS)))
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, told: Tensor) -> tuple[Tensor, Tensor]:
        values = torch.tanh(self.first((told - self.middle) / self.spread))
        values = self.last(torch.tanh(self.second(values)))
        moves = values[:, len(KINDS) :].reshape(-1, len(KINDS), len(LEG_JOINTS), 2)
        return values[:, : len(KINDS)], moves

    def network(self) -> Network:
        named: dict[str, Tensor] = {"middle": self.middle, "spread": self.spread}
        for name in LAYERS:
            layer: nn.Linear = getattr(self, name)
            named |= {name: layer.weight.T, f"{name}_bias": layer.bias}
        # Half precision is what ships.
        return {
            name: values.detach().half().numpy().astype(np.float32)
            for name, values in named.items()
        }


def train_legs(
    taught: Lessons, *, steps: int = STEPS, seed: int = 17
) -> Iterator[tuple[int, float, Network | None]]:
    """Train, yielding step and loss, and the network with the last."""
    torch.manual_seed(seed)
    legs = _Legs(taught.told)
    optimiser = torch.optim.AdamW(legs.parameters(), lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps + 1)
    for step in range(steps):
        rows = torch.randint(len(taught.kinds), (BATCH,))
        loss = _loss(legs, taught, rows)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        yield step + 1, loss.item(), legs.network() if step + 1 == steps else None


def _loss(legs: _Legs, taught: Lessons, rows: Tensor) -> Tensor:
    told = taught.told[rows]
    kinds, wanted, counts = taught.kinds[rows], taught.wanted[rows], taught.counts[rows]
    scores, moves = legs(told + JITTER * torch.randn_like(told))
    mine = moves[torch.arange(len(rows)), kinds]
    distance = ((mine - wanted.clamp(-LARGEST, LARGEST)).square().sum(-1) + 1e-4).sqrt()
    error = (distance * counts).sum() / counts.sum().clamp_min(1)
    return error + WORTH_OF_KIND * F.cross_entropy(scores, kinds)


def save_network(network: Mapping[str, Values], file: Path) -> None:
    """Write the weights in half precision."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as out:
        np.savez(out, **{name: values.astype(np.float16) for name, values in network.items()})
