"""Draw, train and judge the network that places unseen legs, and say what it gains."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Column, Table

from pipeline import anatomy, completion
from pipeline.bundle.leg_examples import Examples, gather, joined, load_examples, save_examples
from pipeline.bundle.legs import lessons, save_network, train_legs
from pipeline.completion import KINDS, WEIGHTS, Network
from pipeline.errors import ModelError
from pipeline.gpu.pose import MediaPipeDetector
from pipeline.skeleton import LEGS, Joint, Leg, Skeleton

Item = TypeVar("Item")

PART = 100  # people drawn before they are kept; a changed count redraws only the last part
HELD_OUT_SEED = 900_002
HELD_OUT_SHARE = 8  # one held-out person for so many that teach
SHOULDERS = (Joint.RIGHT_SHOULDER, Joint.LEFT_SHOULDER)
TENTHS = (0.1, 0.5, 0.9)

Completes = Callable[[Skeleton], Skeleton]


def run_legs(work: Path, out: Path | None, *, count: int, seed: int, steps: int) -> None:
    """Train on `count` people, compare with plain proportions on held-out ones, and write.

    Examples that are in the work folder are taken as they are.

    Raises:
        ModelError: There is nothing to learn from.
    """
    if count < 1 or steps < 1:
        raise ModelError("There is nothing to learn from: give --count and --steps of 1 or more.")
    held = max(1, count // HELD_OUT_SHARE)
    shown = _examples(work / "legs-held-out", HELD_OUT_SEED, held, held_out=True)
    taught = _examples(work / f"legs-{seed}", seed, count)
    training = train_legs(lessons(taught), steps=steps)
    *_, (_, _, network) = _watched(training, steps, "training")
    if network is not None:
        save_network(network, out or WEIGHTS)
        Console().print(_table(shown, network))


def _examples(folder: Path, seed: int, count: int, *, held_out: bool = False) -> Examples:
    """Draw examples by parts, each kept, so that an interrupted drawing goes on."""
    parts = list(range(0, count, PART))
    with MediaPipeDetector() as detector:
        for start in _watched(parts, len(parts), "drawing"):
            file = folder / f"{start:06}.npz"
            if not file.exists():
                indices = range(start, min(start + PART, count))
                rows = gather(detector, seed, indices, held_out=held_out)
                save_examples(list(rows), file)
    return joined([load_examples(folder / f"{start:06}.npz") for start in parts])


def _watched(found: Iterable[Item], total: int, what: str) -> Iterable[Item]:
    return track(found, total=total, console=Console(stderr=True), description=what)


def _table(examples: Examples, network: Network) -> Table:
    heads = ("held out", "by", "leg ratio", "ankles", "toes", "named")
    table = Table(*(Column(head, no_wrap=True) for head in heads), box=box.SIMPLE, padding=(0, 1))
    known = np.unique(examples.kinds)
    groups = [("all", np.arange(len(examples)))]
    groups += [(KINDS[kind], np.flatnonzero(examples.kinds == kind)) for kind in known]
    for name, rows in groups:
        chosen = Examples(examples.detected[rows], examples.truth[rows], examples.kinds[rows])
        for by, completes in (
            ("proportions", anatomy.complete),
            ("network", lambda person: completion.complete(person, network)),
        ):
            right = f"{_named(chosen, network):.2f}" if by == "network" else ""
            figures = (_tenths(values) for values in errors(chosen, completes))
            table.add_row(f"{name} ({len(rows)})", by, *figures, right)
    return table


def _tenths(values: list[float]) -> str:
    return " ".join(f"{tenth:.2f}" for tenth in np.quantile(values, TENTHS)) if values else ""


def _named(examples: Examples, network: Network) -> float:
    """Return the share of people whose stance was named rightly."""
    right = [
        completion.stances(examples.skeleton(row), network)[0].name == KINDS[examples.kinds[row]]
        for row in range(len(examples))
    ]
    return float(np.mean(right))


def errors(
    examples: Examples, completes: Completes
) -> tuple[list[float], list[float], list[float]]:
    """Compare legs whose ankle nobody saw with the truth.

    Returns:
        Of each such leg: its length through the true one, the ankle's error and the big toe's, both
        in torsos.
    """
    ratios, ankles, toes = [], [], []
    for row in range(len(examples)):
        truth = {j: complex(*examples.truth[row][j].tolist()) for j in Joint}
        torso = abs(_middle(truth, SHOULDERS) - _middle(truth, [leg.hip for leg in LEGS]))
        for leg, places in _guessed_legs(completes(examples.skeleton(row))):
            ratios.append(_length(places, leg) / max(_length(truth, leg), 1.0))
            ankles.append(abs(places[leg.ankle] - truth[leg.ankle]) / max(torso, 1.0))
            toes.append(abs(places[leg.big_toe] - truth[leg.big_toe]) / max(torso, 1.0))
    return ratios, ankles, toes


def _guessed_legs(person: Skeleton) -> Iterator[tuple[Leg, dict[Joint, complex]]]:
    places = {joint: complex(point.x, point.y) for joint, point in person.keypoints.items()}
    for leg in LEGS:
        if all(joint in person for joint in leg.joints) and person.keypoints[leg.ankle].guessed:
            yield leg, places


def _middle(places: dict[Joint, complex], joints: tuple[Joint, ...] | list[Joint]) -> complex:
    return sum(places[joint] for joint in joints) / len(joints)


def _length(places: dict[Joint, complex], leg: Leg) -> float:
    return abs(places[leg.knee] - places[leg.hip]) + abs(places[leg.ankle] - places[leg.knee])
