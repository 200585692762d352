"""The photos of the workloads: who stands in them, and by how much they are extended.

The pictures are made up; what is in them changes no shape and so no count.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from PIL import Image

from pipeline.bench.networks import TINY, Scale, random_models
from pipeline.geometry import Size
from pipeline.gpu.engine import Engine
from pipeline.gpu.models import Models
from pipeline.jobs import PrepareJob, Settings
from pipeline.photo import encode_jpeg
from pipeline.plan import Amount, Extension, Unit
from pipeline.profiles import SD15, Profile
from pipeline.skeleton import Joint, Keypoint, Skeleton

CAPTION = "a woman in a red coat"
STEPS = 20
# x from the body's middle and y from the crown, in statures; faces the camera.
_PLACES = {
    Joint.NOSE: (0.0, 0.09),
    Joint.NECK: (0.0, 0.18),
    Joint.RIGHT_SHOULDER: (-0.11, 0.18),
    Joint.LEFT_SHOULDER: (0.11, 0.18),
    Joint.RIGHT_ELBOW: (-0.14, 0.35),
    Joint.LEFT_ELBOW: (0.14, 0.35),
    Joint.RIGHT_WRIST: (-0.15, 0.49),
    Joint.LEFT_WRIST: (0.15, 0.49),
    Joint.RIGHT_HIP: (-0.06, 0.48),
    Joint.LEFT_HIP: (0.06, 0.48),
    Joint.RIGHT_KNEE: (-0.07, 0.72),
    Joint.LEFT_KNEE: (0.07, 0.72),
    Joint.RIGHT_ANKLE: (-0.07, 0.94),
    Joint.LEFT_ANKLE: (0.07, 0.94),
}


def standing(*, stature: float, middle: float = 0.5, top: float = 0.05) -> Skeleton:
    """Stand somebody up, every joint seen; all lengths in the same unit."""
    return Skeleton(
        {
            joint: Keypoint(middle + x * stature, top + y * stature)
            for joint, (x, y) in _PLACES.items()
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A photo of somebody whose feet are cut off.

    Attributes:
        photo: Its size.
        extension: Pixels to add below.
        stature: Of who stands in it with the feet near the canvas's lower edge, in pixels; None
            fills the canvas.
    """

    photo: Size
    extension: int
    stature: float | None = None

    @property
    def canvas(self) -> Size:
        return Size(self.photo.width, self.photo.height + self.extension)

    @property
    def person(self) -> Skeleton:
        """Who stands in it, in shares of its width."""
        height = self.canvas.height / self.photo.width
        stature = 0.88 * height if self.stature is None else self.stature / self.photo.width
        return standing(stature=stature, top=0.95 * height - stature)

    def models(self, scale: Scale = TINY, *, channels: int = 9, profile: Profile = SD15) -> Models:
        """Build networks whose detectors find that person."""
        return random_models(scale, channels=channels, profile=profile, people=[self.person])

    def engine(self) -> Engine:
        """Build an engine on the smallest networks."""
        return Engine(self.models())

    def job(
        self, photo: bytes, *, steps: int = STEPS, settings: Settings | None = None
    ) -> PrepareJob:
        """Ask for the photo to be completed."""
        return PrepareJob(
            photo=photo,
            extension=Extension(down=Amount(Unit.PIXELS, self.extension)),
            caption=CAPTION,
            settings=replace(settings or Settings(), steps=steps),
        )


A = Scene(photo=Size(512, 512), extension=256)
B = Scene(photo=Size(768, 1024), extension=512)
C = Scene(photo=Size(1536, 2048), extension=1024)
D = Scene(photo=Size(3072, 4096), extension=1536)


def photo_of(size: Size) -> Image.Image:
    """Make a photo up: soft light with some grain, so that files have a photo's size."""
    rows = np.linspace(0, 180, size.height, dtype=np.float32)[:, None, None]
    grain = np.random.default_rng(1).integers(0, 24, (size.height // 2 + 1, size.width // 2 + 1, 3))
    doubled = grain.repeat(2, 0).repeat(2, 1)[: size.height, : size.width]
    return Image.fromarray((rows + doubled + 20).astype(np.uint8))


@lru_cache(maxsize=2)
def photo_file(size: Size) -> bytes:
    """The same as a JPEG file."""
    return encode_jpeg(photo_of(size))
