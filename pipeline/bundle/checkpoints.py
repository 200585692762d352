"""What a training leaves on disk: one checkpoint, replaced whole or not at all."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from pipeline.errors import ModelError

FORMAT = 1  # raised when what a checkpoint holds changes its meaning


def save_checkpoint(path: Path, content: Mapping[str, Any]) -> None:
    """Write a checkpoint so that a crash leaves either the old file or the new one, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    torch.save({"format": FORMAT, **content}, draft)
    draft.replace(path)


def load_checkpoint(path: Path, *, part: str) -> dict[str, Any]:
    """Read a checkpoint back.

    Raises:
        ModelError: The file is missing, cut off, of another version, or of another part.
    """
    if not path.exists():
        raise ModelError(f"There is no checkpoint at {path}; train the {part} first.")
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise ModelError(f"{path} cannot be read; delete it and train the {part} again.") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ModelError(f"{path} is from another version; delete it and train the {part} again.")
    if content.get("part") != part:
        raise ModelError(f"{path} is not a checkpoint of the {part}.")
    return content
