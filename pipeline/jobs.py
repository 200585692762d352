"""The jobs and their results as values: everything that a picture depends on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from PIL import Image

from pipeline.canvas import Canvas
from pipeline.fill import Fill
from pipeline.geometry import Box
from pipeline.plan import Extension
from pipeline.quality import Score
from pipeline.skeleton import Skeleton
from pipeline.windows import Layout

REPAINT_STRENGTH = 0.08  # 80 of 1000 noise levels, as the project that began this had it


class Stage(StrEnum):
    """What is being done to a picture."""

    READ = "read"
    PLAN = "plan"
    CAPTION = "caption"
    OUTPAINT = "outpaint"
    DETECT = "detect"
    REFINE = "refine"


class Quality(StrEnum):
    """How much time a picture may take; what that means in steps is the profile's to say."""

    DRAFT = "draft"
    NORMAL = "normal"
    BEST = "best"


class Method(StrEnum):
    """How new pixels are made.

    The first is guided by the pose; the others are the second method, in its three forms: partial
    re-noising of what the first one painted, and resampling (RePaint) in the latent space and in
    the space of pixels.
    """

    CONTROLNET = "controlnet"
    RENOISE = "renoise"
    REPAINT = "repaint"
    PIXEL = "pixel"


@dataclass(frozen=True, slots=True)
class Progress:
    """`step` of `steps` of a stage is done; a stage begins at step 0.

    Attributes:
        stage: What is being done.
        step: How many steps of it are done.
        steps: Of how many.
        look: Makes a small picture of how it looks so far, while there is something to see. It
            costs time, so whoever watches calls it seldom, and before returning.
    """

    stage: Stage
    step: int
    steps: int
    look: Callable[[], Image.Image] | None = field(default=None, compare=False)


Report = Callable[[Progress], None]
"""Told of all progress. What it raises ends the job: that is how a job is cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to paint, where a person has a say; None leaves it to the profile.

    Attributes:
        seed: The same job on the same kind of machine gives the same picture.
        steps: Denoising steps; None takes as many as the profile has for the quality.
        guidance: Classifier-free guidance.
        posed: Whether the planned skeleton guides the painting from the start.
        band: How many pixels of the photo's rim may be blended; 0 leaves the photo alone.
        quality: How much time the picture may take.
        best: How many pictures are painted, of which the one with the best score is kept.
        garment: What the legs wear, in the person's words.
        footwear: What the feet wear, in the person's words.
        floor: What the feet stand on, in the person's words.
        method: How new pixels are made.
        fill: What the painter sees where pixels are new, before it has painted there.
    """

    seed: int = 0
    steps: int | None = None
    guidance: float | None = None
    posed: bool = True
    band: int = 0
    quality: Quality = Quality.NORMAL
    best: int = 1
    garment: str | None = None
    footwear: str | None = None
    floor: str | None = None
    method: Method = Method.CONTROLNET
    fill: Fill = Fill.INPAINT


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareJob:
    """Complete a photo.

    Attributes:
        photo: The file as it was sent.
        extension: How far to extend which side.
        caption: What the whole picture shows; None asks the captioner.
        settings: How to paint.
    """

    photo: bytes
    extension: Extension = field(default_factory=Extension)
    caption: str | None = None
    settings: Settings = field(default_factory=Settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A picture and all that is needed to go on from it.

    Attributes:
        picture: RGB, the whole canvas.
        photo: RGB, the photo as it was read.
        canvas: Where the photo lies in the picture.
        skeletons: Everybody, canvas pixels.
        caption: What the whole picture shows.
    """

    picture: Image.Image
    photo: Image.Image
    canvas: Canvas
    skeletons: tuple[Skeleton, ...]
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What completing a photo gave.

    Attributes:
        version: The completed picture; its skeletons are the plan, corrected by the detection.
        planned: The skeletons that the plan was made for, canvas pixels.
        stances: Of each of them, the likelihood of every way in which unseen legs may stand, the
            likeliest first: that is how they were planned.
        detected: What the detector found on the completed picture.
        notes: Sentences for the person.
        windows: What the painter saw at once, canvas pixels.
        passes: Where each pass over them happened, and at what scale, in their order.
        seconds: By stage.
        score: How well the picture shows the plan; None where nobody was planned.
    """

    version: Version
    planned: tuple[Skeleton, ...]
    detected: tuple[Skeleton, ...]
    notes: tuple[str, ...]
    windows: tuple[Box, ...]
    passes: tuple[Layout, ...] = ()
    stances: tuple[Mapping[str, float], ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict[str, float])
    score: Score | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefineJob:
    """Paint a part of a version anew, after its skeletons were edited.

    Attributes:
        version: The picture to change.
        skeletons: Where everybody's joints shall be; the same people in the same order.
        settings: How to paint.
        mask: `L`, canvas size, white where pixels shall be new; None makes it from the limbs.
        anywhere: Whether pixels of the photo itself may change too.
    """

    version: Version
    skeletons: tuple[Skeleton, ...]
    settings: Settings = field(default_factory=Settings)
    mask: Image.Image | None = None
    anywhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RepaintJob:
    """Paint a version's painted part anew by the second method, which moves no leg.

    Re-noising lets it fall back into noise a little way, and come out of it anew: it mends and
    smooths what is there. Strength says how far back it goes. The other two forms paint it from
    noise and resample it (RePaint).

    Attributes:
        version: The picture to change.
        settings: How to paint.
        strength: The noise level to go to, as a share of all levels; only re-noising has one.
        method: Which form of the second method.
    """

    version: Version
    settings: Settings = field(default_factory=Settings)
    strength: float = REPAINT_STRENGTH
    method: Method = Method.RENOISE

    def __post_init__(self) -> None:
        """Refuse the first method, which is refining."""
        if self.method is Method.CONTROLNET:
            raise ValueError("repainting is the second method")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refined:
    """What painting a part anew gave.

    Attributes:
        version: The new picture, with the edited skeletons if it was refined, or with the former
            ones corrected by the detection if it was repainted.
        windows: What the painter saw at once, canvas pixels.
        passes: Where each pass over them happened, and at what scale, in their order.
        seconds: By stage.
        score: How well the picture shows its skeletons; None where there are none.
    """

    version: Version
    windows: tuple[Box, ...]
    passes: tuple[Layout, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict[str, float])
    score: Score | None = None
