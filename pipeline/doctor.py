"""What is installed, which weights are here, on which device, and how to get the rest."""

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from pipeline.errors import ModelError
from pipeline.profiles import HUB, TINY_FOLDER, Weights, find_weights, in_folder

PACKAGES = ("torch", "diffusers", "transformers", "controlnet-aux", "mediapipe")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report.

    Attributes:
        what: Its subject.
        good: Whether all is well.
        says: One or two sentences: what was found, and what to do if it is not good.
        needed: Whether painting is impossible without it.
    """

    what: str
    good: bool
    says: str
    needed: bool = False


def findings() -> Iterator[Finding]:
    """Look at this machine, one finding after the other."""
    yield Finding("python", good=True, says=platform.python_version())
    installed = [_package(name) for name in PACKAGES]
    yield from installed
    if all(finding.good for finding in installed):
        yield _device()
        yield from _detectors()
    yield from _profiles()


def _package(name: str) -> Finding:
    try:
        return Finding(name, good=True, says=version(name), needed=True)
    except PackageNotFoundError:
        advice = "Not installed. Install Toeframe with the gpu extra (see README)."
        return Finding(name, good=False, says=advice, needed=True)


def _device() -> Finding:
    from pipeline.gpu.models import choose_device

    device, dtype = choose_device()
    says = f"{device} in {str(dtype).removeprefix('torch.')}."
    if device.type == "cpu":
        says += " The tiny profile is made for that; sd15 takes many minutes a picture here."
    return Finding("device", good=True, says=says, needed=True)


def _detectors() -> Iterator[Finding]:
    from pipeline.gpu.pose import detector_statuses

    sd15 = _found("sd15")
    annotators = sd15.parts.get("annotators") if sd15 else None
    for status in detector_statuses(annotators):
        needed = status.name == "mediapipe"
        yield Finding(f"detector {status.name}", status.ready, status.detail, needed)


def _found(profile: str) -> Weights | None:
    try:
        return find_weights(profile, download=False)
    except ModelError:
        return None


def _profiles() -> Iterator[Finding]:
    try:
        tiny = in_folder(TINY_FOLDER)
        yield Finding("profile tiny", good=True, says=tiny.profile.label or "Here.")
    except ModelError as error:
        yield Finding("profile tiny", good=False, says=str(error))
    if _found("sd15"):
        yield Finding("profile sd15", good=True, says="Here, in the hub's cache.")
    else:
        parts = ", ".join(part.repository for part in HUB.values())
        yield Finding(
            "profile sd15",
            good=False,
            says=f"Not here. `--profile sd15` downloads it once ({parts}); a folder does too.",
        )
    best = _found("auto")
    yield Finding(
        "profile auto",
        good=best is not None,
        says=f"Takes {best.profile.name}." if best else "No weights are here.",
        needed=True,
    )
