"""Where the legs that nobody saw may be, as a small network learnt it: stances with likelihoods.

It corrects `anatomy`'s completion, one correction for each stance that it knows, and says how
likely each stance is. It was trained on what detectors say of rendered people who are cut off
(`python -m pipeline.bundle legs`). Numpy alone; some microseconds a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from pipeline import anatomy
from pipeline.errors import ModelError
from pipeline.skeleton import LEGS, Joint, Keypoint, Skeleton

WEIGHTS = Path(__file__).parent / "assets" / "legs.npz"
LEG_JOINTS = tuple(joint for leg in LEGS for joint in leg.joints)
# The first four are also presets of `pipeline.stances`.
KINDS = (
    "standing",
    "walking",
    "crossed",
    "seated",
    "one leg bent",
    "on the floor",
    "squatting",
    "kneeling",
    "lying",
)
NUMBERS = 7  # that the network is told of each joint
LAYERS = ("first", "second", "last")
FARTHEST = 3.0  # statures from the neck; what lies further off is a detector's slip
LARGEST = 0.6  # statures: no correction is larger
# Whoever is cut off above the hips stands so much more often than among those who taught the
# network, half of whom are posed in every way; else portraits are judged to sit on the floor.
PORTRAITS_STAND = 10.0
LEAST_LIKELY = 0.02  # a stance below this is not offered

Values = NDArray[np.float32]
Network = Mapping[str, Values]


@dataclass(frozen=True, slots=True)
class Stance:
    """One way in which somebody's unseen legs may stand.

    Attributes:
        name: One of `KINDS`.
        likelihood: In 0..1; those of one person add up to 1 at most.
        skeleton: The person in that stance; unseen joints are marked as guessed.
    """

    name: str
    likelihood: float
    skeleton: Skeleton


def complete(skeleton: Skeleton, network: Network | None = None) -> Skeleton:
    """Put the hips, legs and feet that nobody saw where they most likely are.

    What was seen stays where it is; everything that is placed is marked as guessed. A skeleton with
    too little to go by is returned as it is.
    """
    return stances(skeleton, network)[0].skeleton


def stances(skeleton: Skeleton, network: Network | None = None) -> tuple[Stance, ...]:
    """Complete somebody in each stance that their legs may be in, the likeliest first.

    Somebody of whom nothing is to be guessed, or too little is known, has one stance, as they are.

    Args:
        skeleton: As the detector found it, in any pixels.
        network: To try another one than the shipped.
    """
    whole = anatomy.complete(skeleton)
    bearing = anatomy.bearing(skeleton)
    unseen = [j for j in LEG_JOINTS if j in whole.keypoints and whole.keypoints[j].guessed]
    if bearing is None or not unseen:
        return (Stance(KINDS[0], 1.0, whole),)
    likelihoods, moves = answer(network or _shipped(), features(skeleton, whole, bearing))
    if all(whole.keypoints[leg.hip].guessed for leg in LEGS):
        likelihoods = _of_portraits(likelihoods)
    found = [
        Stance(name, float(likelihood), _moved(whole, unseen, move, bearing.scale))
        for name, likelihood, move in zip(KINDS, likelihoods, moves, strict=True)
        if likelihood >= LEAST_LIKELY
    ]
    return tuple(sorted(found, key=lambda stance: stance.likelihood, reverse=True))


def _of_portraits(likelihoods: Values) -> Values:
    """Weigh what the network says as photos that show no hips ask for."""
    weighed = likelihoods.copy()
    weighed[KINDS.index("standing")] *= PORTRAITS_STAND
    return weighed / weighed.sum()


def features(skeleton: Skeleton, whole: Skeleton, bearing: anatomy.Bearing) -> Values:
    """Tell the network about somebody: seven numbers for each joint.

    Args:
        skeleton: What the detector said.
        whole: The same, completed by `anatomy`.
        bearing: Of `skeleton`.

    Returns:
        Where the joint is, completed and as detected, in statures from the neck along the body's
        axes; its score; whether it was guessed; whether it was there at all. Flat.
    """
    rows: list[tuple[float, ...]] = []
    for joint in Joint:
        detected, completed = skeleton.keypoints.get(joint), whole.keypoints.get(joint)
        known = detected is not None
        rows.append(
            (
                *_local(completed, bearing),
                *_local(detected, bearing),
                detected.score if known else 0.0,
                float(known and detected.guessed),
                float(known),
            )
        )
    return np.array(rows, np.float32).ravel()


def _local(point: Keypoint | None, bearing: anatomy.Bearing) -> tuple[float, float]:
    if point is None:
        return 0.0, 0.0
    place = (complex(point.x, point.y) - bearing.origin) / bearing.scale
    return (
        min(max(place.real, -FARTHEST), FARTHEST),
        min(max(place.imag, -FARTHEST), FARTHEST),
    )


def answer(network: Network, told: Values) -> tuple[Values, Values]:
    """Run the network.

    Args:
        network: Matrices and biases of three layers, by name.
        told: `features`.

    Returns:
        Likelihoods of `KINDS`, and how `LEG_JOINTS` move in each, (kinds, joints, 2), in statures.
    """
    values = (told - network["middle"]) / network["spread"]
    for layer in LAYERS:
        values = values @ network[layer] + network[f"{layer}_bias"]
        if layer != LAYERS[-1]:
            values = np.tanh(values)
    scores, moves = values[: len(KINDS)], values[len(KINDS) :]
    likelihoods = np.exp(scores - scores.max())
    shaped = moves.reshape(len(KINDS), len(LEG_JOINTS), 2)
    return likelihoods / likelihoods.sum(), shaped.clip(-LARGEST, LARGEST)


def _moved(whole: Skeleton, unseen: list[Joint], moves: Values, scale: complex) -> Skeleton:
    changes: dict[Joint, Keypoint] = {}
    for joint in unseen:
        across, down = moves[LEG_JOINTS.index(joint)].tolist()
        shift = complex(across, down) * scale
        changes[joint] = whole.keypoints[joint].moved(shift.real, shift.imag)
    return whole.having(changes)


@cache
def _shipped() -> Network:
    return read_network(WEIGHTS)


def read_network(file: Path) -> Network:
    """Read the weights.

    Raises:
        ModelError: They are missing, damaged, or of another version.
    """
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as stored:
            network = {name: stored[name].astype(np.float32) for name in stored.files}
        answer(network, np.zeros(NUMBERS * len(Joint), np.float32))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise ModelError(
            f"The weights {file.name} are missing or damaged. "
            "Fetch them again, or train them: python -m pipeline.bundle legs."
        ) from error
    return network
