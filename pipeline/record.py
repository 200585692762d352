"""What is written down about a run: `record.json`, all that its picture depends on."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.canvas import Canvas
from pipeline.extension import Extension
from pipeline.geometry import Box, Size
from pipeline.jobs import Method, Prepared, Refined, Settings
from pipeline.profiles import Profile
from pipeline.quality import Score
from pipeline.skeleton import Skeleton, to_openpose
from pipeline.windows import Layout
from pipeline.wish import Wish
from pipeline.wording import dressed, prompt_of

DECIMALS = 4  # of the score's parts, and of likelihoods
SIDES = ("down", "left", "right", "up")


def record_of(
    prepared: Prepared,
    refined: Refined | None,
    *,
    profile: Profile,
    wish: Wish,
    edited: Sequence[Skeleton],
    changed: int,
    name: str,
) -> dict[str, Any]:
    """Collect everything that a result depends on, ready for JSON.

    Args:
        prepared: The completed photo.
        refined: What was painted anew, if it was.
        profile: The weights that painted.
        wish: What was asked for, with the picture's own seed.
        edited: The skeletons after the person's edits, canvas pixels.
        changed: Pixels of the photo outside the band that differ in the result; counted.
        name: The result's file.
    """
    version = prepared.version
    canvas = version.canvas
    return {
        "result": name,
        "photo_size": _size(canvas.photo.size),
        "canvas_size": _size(canvas.size),
        "photo_box": _box(canvas.photo),
        "extension": _extension(wish.extension),
        "changed_pixels": changed,
        "caption": version.caption,
        **_settings(wish.settings, profile, version.caption),
        "profile": profile.name,
        "profile_label": profile.label,
        "skeletons": {
            "planned": _people(prepared.planned, canvas),
            "detected": _people(prepared.detected, canvas),
            "edited": _people(edited, canvas),
        },
        "stances": [
            {name: round(likelihood, DECIMALS) for name, likelihood in person.items()}
            for person in prepared.stances
        ],
        "windows": [_box(window) for window in prepared.windows],
        "passes": [_pass(layout) for layout in prepared.passes],
        **_refining(refined, wish),
        "score": _score((refined or prepared).score),
        "seconds": {**prepared.seconds, **(refined.seconds if refined else {})},
        "notes": list(prepared.notes),
    }


def _settings(settings: Settings, profile: Profile, caption: str) -> dict[str, Any]:
    words = dressed(
        caption, garment=settings.garment, footwear=settings.footwear, floor=settings.floor
    )
    resamples = settings.method in (Method.REPAINT, Method.PIXEL)  # at a pace of their own
    steps = None if resamples else profile.steps_for(settings.quality)
    return {
        "method": settings.method.value,
        "quality": settings.quality.value,
        "seed": settings.seed,
        "best_of": settings.best,
        "steps": settings.steps or steps,
        "guidance": profile.guidance if settings.guidance is None else settings.guidance,
        "guidance_share": profile.guidance_share,
        "control_share": profile.control_share,
        "refine_strength": profile.refine_strength,
        "pose_guided": settings.posed,
        "band": settings.band,
        "fill": settings.fill.value,
        "garment": settings.garment,
        "footwear": settings.footwear,
        "floor": settings.floor,
        "prompt": prompt_of(words, suffix=profile.suffix),
        "negative_prompt": profile.negative,
    }


def _refining(refined: Refined | None, wish: Wish) -> dict[str, Any]:
    mask = "limbs" if wish.mask is None else "drawn"
    return {
        "refine_windows": [_box(window) for window in refined.windows] if refined else [],
        "refine_passes": [_pass(layout) for layout in refined.passes] if refined else [],
        "refine_mask": mask if refined else None,
        "refine_anywhere": wish.anywhere,
    }


def _score(score: Score | None) -> dict[str, Any] | None:
    """Write a score down: what was measured, and what each part counts, in 0..1."""
    if score is None:
        return None
    parts = {name: _rounded(part) for name, part in score.parts.items()}
    return {name: _rounded(value) for name, value in score.figures.items()} | {"parts": parts}


def _rounded(value: Any) -> Any:
    return round(value, DECIMALS) if isinstance(value, float) else value


def _extension(extension: Extension) -> Mapping[str, str]:
    return {side: str(getattr(extension, side)) for side in SIDES}


def _size(size: Size) -> list[int]:
    return [size.width, size.height]


def _box(box: Box) -> list[int]:
    return [box.left, box.top, box.width, box.height]


def _pass(layout: Layout) -> Mapping[str, Any]:
    return {
        "region": _box(layout.region),
        "scale": round(layout.scale, DECIMALS),
        "frame": _size(layout.frame),
        "windows": [_box(window) for window in layout.windows],
    }


def _people(people: Sequence[Skeleton], canvas: Canvas) -> Mapping[str, Any]:
    return to_openpose(people, width=canvas.size.width, height=canvas.size.height)
