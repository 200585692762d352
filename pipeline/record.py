"""What is written down about a run: `record.json`, and the stages' pictures."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.canvas import Canvas
from pipeline.geometry import Box, Size
from pipeline.jobs import Prepared, Refined, Settings
from pipeline.profiles import Profile
from pipeline.skeleton import Skeleton, to_openpose


def record_of(
    prepared: Prepared,
    refined: Refined | None,
    *,
    profile: Profile,
    settings: Settings,
    edited: Sequence[Skeleton],
    changed: int,
) -> dict[str, Any]:
    """Collect everything that a result depends on, ready for JSON.

    Args:
        prepared: The completed photo.
        refined: What was painted anew, if it was.
        profile: The weights that painted.
        settings: How they were told to.
        edited: The skeletons after the person's edits, canvas pixels.
        changed: Pixels of the photo outside the band that differ in the result; counted.
    """
    version = prepared.version
    canvas = version.canvas
    seconds = {**prepared.seconds, **(refined.seconds if refined else {})}
    return {
        "photo_size": _size(canvas.photo.size),
        "canvas_size": _size(canvas.size),
        "photo_box": _box(canvas.photo),
        "changed_pixels": changed,
        "band": settings.band,
        "caption": version.caption,
        "seed": settings.seed,
        "steps": settings.steps or profile.steps_for(settings.quality),
        "guidance": profile.guidance if settings.guidance is None else settings.guidance,
        "pose_guided": settings.posed,
        "profile": profile.name,
        "profile_label": profile.label,
        "skeletons": {
            "planned": _people(prepared.planned, canvas),
            "detected": _people(prepared.detected, canvas),
            "edited": _people(edited, canvas),
        },
        "windows": [_box(window) for window in prepared.windows],
        "refine_windows": [_box(window) for window in refined.windows] if refined else [],
        "seconds": seconds,
        "notes": list(prepared.notes),
    }


def _size(size: Size) -> list[int]:
    return [size.width, size.height]


def _box(box: Box) -> list[int]:
    return [box.left, box.top, box.width, box.height]


def _people(people: Sequence[Skeleton], canvas: Canvas) -> Mapping[str, Any]:
    return to_openpose(people, width=canvas.size.width, height=canvas.size.height)
