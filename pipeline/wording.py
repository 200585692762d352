"""Captions and prompts as text: what of a caption helps to paint legs, and what fights it."""

import re

# A captioner describes the crop that it sees. Told to the painter, these words crop the new picture
# too.
_FRAMING = re.compile(
    r"\b(?:(?:an? |the )?(?:extreme |medium )?(?:close[- ]?up|closeup|cropped|head ?shot|mug ?shot|"
    r"portrait|bust|half[- ]length|half[- ]body|upper[- ]body|waist[- ]up|selfie)"
    r"(?: (?:photograph|photo|picture|image|shot|view|portrait))?(?: of)?)\b",
    re.IGNORECASE,
)
_SPACES = re.compile(r"\s+")
_STRAY = re.compile(r"(?:^[\s,;]+)|(?:[\s,;]+$)")


def without_framing(caption: str) -> str:
    """Remove the words of a caption that describe how the photo is cropped.

    `a close-up portrait of a woman in a red coat` becomes `a woman in a red coat`. Hyphens that a
    captioner set apart (`t - shirt`) are closed up.
    """
    text = _FRAMING.sub(" ", re.sub(r"(?<=\w) - (?=\w)", "-", caption))
    text = re.sub(r"\s+([,.;])", r"\1", _SPACES.sub(" ", text))
    text = re.sub(r"(?:,\s*){2,}", ", ", text)
    return _STRAY.sub("", text)


def prompt_of(caption: str, *, suffix: str) -> str:
    """Join the caption and the profile's own words."""
    return ", ".join(part for part in (caption.strip(" ,"), suffix) if part)
