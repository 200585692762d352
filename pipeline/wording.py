"""Captions and prompts as text: what of a caption helps to paint legs, and what fights it."""

import re
from collections.abc import Callable, Mapping, Sequence

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
    r"joggers|sweatpants|dungarees|culottes|dress|dresses|gown)\b",
    re.IGNORECASE,
)
_FOOTWEAR = re.compile(
    rf"\b(?:barefoot|{_LIKE}(?:shoes?|sneakers?|boots?|heels|sandals?|loafers?|trainers|slippers?|"
    r"pumps|flip-flops|clogs|socks|feet))\b",
    re.IGNORECASE,
)
# The last thing that the first of several people is said to wear; behind it more can be said.
_ELSEWHERE = re.compile(r"\b(?:in front of|next to|beside|behind|standing|walking|sitting)\b")
_WORN = re.compile(
    rf"(?: and )?(?:{_GARMENT.pattern}|{_FOOTWEAR.pattern}|\b{_LIKE}(?:t-shirts?|shirts?|"
    r"tops?|blouses?|sweaters?|hoodies?|jackets?|coats?|suits?|blazers?|cardigans?|vests?))\b",
    re.IGNORECASE,
)
# What it says of the ground, behind words that stay.
_FLOOR = re.compile(
    rf"\b(?P<on>on ){_LIKE}(?:floor|carpet|rug|grass|lawn|pavement|sidewalk|street|road|sand|beach|"
    r"snow|gravel|asphalt|tiles)\b",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?: and |, wearing |^wearing )barefoot\b")  # which nobody wears
_POSTURE = re.compile(r"\b(?:stand|walk|sitt?|kneel|ly|lean|runn|jump)ing\b", re.IGNORECASE)

GARMENTS: Mapping[str, str] = {
    "trousers": "trousers",
    "jeans": "blue jeans",
    "shorts": "shorts",
    "skirt": "a skirt",
    "dress": "a dress",
}
FOOTWEAR: Mapping[str, str] = {
    "sneakers": "white sneakers",
    "heels": "black high heels",
    "barefoot": "barefoot",
    "boots": "black boots",
    "sandals": "brown sandals",
}
FLOORS: Mapping[str, str] = {
    "wood": "a wooden floor",
    "tiles": "a tiled floor",
    "carpet": "a carpet",
    "grass": "grass",
    "sand": "sand",
    "street": "a street",
}
AS_SEEN = frozenset({"", "auto", "like the visible part", "as seen"})
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


def wish_of(said: str | None) -> str | None:
    """Read what somebody wants worn or stood on; None where it shall be like the visible part."""
    words = _plain(said)
    return None if words.lower() in AS_SEEN else words


def dressed(
    caption: str,
    *,
    garment: str | None = None,
    footwear: str | None = None,
    floor: str | None = None,
) -> str:
    """Put into a caption what the legs and the feet shall wear, and on what they stand.

    Words take the place of what the caption says about the same; else they follow it. `a man in
    blue jeans` with the garment `a kilt` becomes `a man in a kilt`, and with the floor `wood` it
    becomes `a man in blue jeans, standing on a wooden floor`. A choice of one word leaves what
    already says so as it is: `jeans` keeps the caption's `torn black jeans`.

    Args:
        caption: What the whole picture shows.
        garment: One of `GARMENTS`, or words of the person's own; None leaves it to the painter.
        footwear: Likewise, or one of `FOOTWEAR`.
        floor: Likewise, or one of `FLOORS`.
    """
    worn: list[str] = []
    for wish, pattern, choices in (
        (garment, _GARMENT, GARMENTS),
        (footwear, _FOOTWEAR, FOOTWEAR),
    ):
        words = _chosen(wish, choices)
        if words:
            caption, found = pattern.subn(_put(words, wish), caption)
            worn += [] if found else [words]
    caption = _BARE.sub(", barefoot", _wearing(caption, worn)).removeprefix(", ")
    return _standing(caption, _chosen(floor, FLOORS))


def _put(words: str, wish: str | None) -> Callable[[re.Match[str]], str]:
    """Replace what was found by the wish, unless it is of the same kind."""
    kind = _plain(wish).lower()
    return lambda found: found[0] if found[0].lower().split()[-1] == kind else words


def _wearing(caption: str, worn: Sequence[str]) -> str:
    """Add clothes to those that are named: painters heed a list more than what follows far behind.

    `a man in a red shirt and jeans, standing` becomes `a man in a red shirt, jeans and black boots,
    standing`.
    """
    for words in worn:
        elsewhere = _ELSEWHERE.search(caption)
        named = list(_WORN.finditer(caption, 0, elsewhere.start() if elsewhere else len(caption)))
        if not named:
            wearing = "wearing " + " and ".join(worn)
            return ", ".join(part for part in (caption, wearing) if part)
        last = named[-1]
        listed = last[0].removeprefix(" and ")
        comma = ", " if listed != last[0] else ""
        caption = f"{caption[: last.start()]}{comma}{listed} and {words}{caption[last.end() :]}"
    return caption


def _standing(caption: str, ground: str) -> str:
    """Say what is underfoot, in place of what the caption says about it."""
    if not ground:
        return caption
    said, found = _FLOOR.subn(lambda match: match["on"] + ground, caption)
    if found:
        return said
    if _POSTURE.search(caption):
        return f"{caption} on {ground}"
    return ", ".join(part for part in (caption, f"standing on {ground}") if part)


def _chosen(wish: str | None, choices: Mapping[str, str]) -> str:
    words = wish_of(wish) or ""
    return choices.get(words.lower(), words)


def _plain(words: str | None) -> str:
    return _STRAY.sub("", _SPACES.sub(" ", words or ""))
