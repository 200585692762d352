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
# What the captioner saw of the clothes that a person wants to be others, with up to two words that
# say what they are like. A long dress covers the legs: whoever says what they wear wants it gone.
_SMALL = r"(?:in|and|with|wearing|of|on|at|by|is|are|an?|the|his|her)\b"
_LIKE = (
    rf"(?:(?:an? |the |his |her )?pairs? of |an? |the |his |her )?(?:(?!{_SMALL})[a-z-]+ ){{0,2}}"
)
_GARMENT = re.compile(
    rf"\b{_LIKE}(?:jeans|trousers|slacks|pants|chinos|leggings|tights|shorts|skirts?|kilts?|"
    r"joggers|sweatpants|dungarees|culottes)\b",
    re.IGNORECASE,
)
_FOOTWEAR = re.compile(
    rf"\b(?:barefoot|{_LIKE}(?:shoes?|sneakers?|boots?|heels|sandals?|loafers?|trainers|slippers?|"
    r"pumps|flip-flops|clogs|socks|feet))\b",
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


def dressed(caption: str, *, garment: str | None = None, footwear: str | None = None) -> str:
    """Put into a caption what the legs and the feet shall wear.

    Words take the place of what the caption says about the same; else they follow it. `a man in
    blue jeans` with the garment `a kilt` becomes `a man in a kilt`.
    """
    added: list[str] = []
    for wish, pattern in ((garment, _GARMENT), (footwear, _FOOTWEAR)):
        words = _STRAY.sub("", _SPACES.sub(" ", wish or ""))
        if not words:
            continue
        caption, count = pattern.subn(lambda _, words=words: words, caption)
        added += [] if count else [words]
    if not added:
        return caption
    wearing = "wearing " + " and ".join(added)
    return f"{caption}, {wearing}" if caption else wearing
