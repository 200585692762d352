"""What a person asks the command line for, and what of it contradicts itself."""

import warnings
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from pipeline.edits import Edit
from pipeline.errors import EditError, WishError
from pipeline.extension import Extension
from pipeline.jobs import Method, Settings
from pipeline.masks import black_and_white
from pipeline.plan import MOST_PIXELS

MOST_PICTURES = 16  # that are painted for one photo: variants times tries
TOO_LARGE = "The mask is larger than any picture may be. Draw it on the completed picture."
MASK_FORMATS = ("PNG", "BMP", "TIFF", "WEBP", "JPEG")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asked for, the same for all photos.

    Attributes:
        extension: How far to extend which side.
        caption: What the whole picture shows; None asks the captioner.
        settings: How to paint. The seed is the first variant's, the next one has the next.
        edits: To be made to the largest person's skeleton, in this order.
        refine: Whether to paint the legs anew after the edits.
        mask: `L`, white where refining shall make new pixels; None makes it from the limbs.
        anywhere: Whether refining may change the photo itself.
        variants: How many pictures to deliver.
        stages: Whether to write the stages' pictures too.
    """

    extension: Extension = field(default_factory=Extension)
    caption: str | None = None
    settings: Settings = field(default_factory=Settings)
    edits: tuple[Edit, ...] = ()
    refine: bool = False
    mask: Image.Image | None = None
    anywhere: bool = False
    variants: int = 1
    stages: bool = False


def check(wish: Wish) -> None:
    """Refuse a wish that contradicts itself.

    Raises:
        WishError: It does; the sentence says which options do not go together.
    """
    _check_refining(wish)
    _check_pixels(wish)
    pictures = wish.variants * wish.settings.best
    if pictures > MOST_PICTURES:
        raise WishError(
            f"{wish.variants} variants, each the best of {wish.settings.best}, are {pictures} "
            f"pictures to paint; {MOST_PICTURES} is the most. Ask for fewer variants or tries."
        )
    if wish.stages and wish.variants > 1:
        raise WishError(
            "The stages show how one picture comes to be. Ask for either stages or variants."
        )


def _check_refining(wish: Wish) -> None:
    if wish.mask is not None and not wish.refine:
        raise WishError(
            "A mask says what to refine, but nothing shall be refined. Leave out one of them."
        )
    if wish.anywhere and not wish.refine:
        raise WishError(
            "Refining may change the photo anywhere, but nothing is refined. "
            "Say what: nudge a joint, draw a mask, or say refine."
        )
    if wish.settings.band and (wish.mask is not None or wish.anywhere):
        raise WishError(
            "A band blends the photo's rim, while a mask or anywhere says itself what of the "
            "photo may change. Leave out the band, or the others."
        )


def _check_pixels(wish: Wish) -> None:
    settings = wish.settings
    if settings.method is not Method.PIXEL:
        return
    if wish.edits or wish.refine:
        raise WishError(
            "The method pixel knows no pose, so that nothing can be nudged or refined with it. "
            "Use the method controlnet or repaint."
        )
    worded = (wish.caption, settings.garment, settings.footwear, settings.floor)
    if any(words is not None for words in worded) or settings.guidance is not None:
        raise WishError(
            "The method pixel reads no words. Leave out caption, garment, footwear, floor and "
            "guidance, or use another method."
        )


def mask_in(file: Path) -> Image.Image:
    """Read a drawn mask; see `read_mask`.

    Raises:
        EditError: There is no such file, or it is no mask.
    """
    try:
        return read_mask(file.read_bytes())
    except OSError as error:
        raise EditError(f"The mask {file} cannot be read. Check its path.") from error


def read_mask(content: bytes) -> Image.Image:
    """Read a drawn mask's file; what is see-through in it is black.

    Returns:
        `L`, 0 or 255, as large as it was drawn.

    Raises:
        EditError: It is not a picture, too large for one, or all black.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            drawn = _on_black(content)
    except Image.DecompressionBombError as error:
        raise EditError(TOO_LARGE) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise EditError(
            "The mask is not a picture. Save it as a PNG: white what shall be new, the rest black."
        ) from error
    return black_and_white(drawn)


def _on_black(content: bytes) -> Image.Image:
    with Image.open(BytesIO(content), formats=MASK_FORMATS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise EditError(TOO_LARGE)
        if not opened.has_transparency_data:
            return opened.convert("L")
        drawn = opened.convert("LA")
    black = Image.new("L", drawn.size, 0)
    black.paste(drawn.getchannel("L"), mask=drawn.getchannel("A"))
    return black
