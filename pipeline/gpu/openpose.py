"""OpenPose's body model, by controlnet_aux, with the scores that its usual entrance throws away.

The weights are licensed by CMU for non-commercial use only. Bot owners who earn money use
MediaPipe.
"""

import pickle
import sys
import threading
import warnings
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from pipeline import anatomy
from pipeline.errors import ModelError
from pipeline.skeleton import BODY_JOINTS, Keypoint, Skeleton

BODY_WEIGHTS = "body_pose_model.pth"
LONGEST_SIDE = (
    768  # the network itself looks at 184 rows; its maps are blown up to the picture's size
)
NARROWEST = 1 / 3  # a network that looks at 184 rows must not be fed a ribbon
PADDING = 128  # the grey that OpenPose itself pads with
_ALIAS = "_toeframe_controlnet_aux"


class OpenPoseDetector:
    """The 18 body joints by OpenPose; feet are guessed from the shins.

    Its weights are for non-commercial use only (CMU). Loads on first use.
    """

    def __init__(
        self,
        source: Path | str,
        *,
        revision: str | None = None,
        download: bool = False,
        device: str = "cpu",
    ) -> None:
        """Remember what to load.

        Args:
            source: A folder with `body_pose_model.pth`, or a hub repository laid out like
                `lllyasviel/Annotators`.
            revision: The repository's commit; ignored for a folder.
            download: Whether the network may be asked; otherwise only what was downloaded before
                counts.
            device: Where to run, as torch names it.
        """
        self._source = source
        self._revision = revision
        self._download = download
        self._device = device
        self._lock = threading.Lock()
        self._body: Any = None

    def load(self) -> None:
        """Load the weights now instead of at the first picture.

        Raises:
            ModelError: They are missing or damaged.
        """
        with self._lock:
            self._loaded()

    def close(self) -> None:
        """Free the network; the next picture loads it again."""
        with self._lock:
            self._body = None

    def detect(self, image: Image.Image) -> list[Skeleton]:
        """See `PoseDetector.detect`. Unseen joints are absent, but seen ankles get guessed feet."""
        pixels, scale = _prepared(image)
        with self._lock:
            body = self._loaded()
            candidate, subset = body(pixels)
            results = body.format_body_result(candidate, subset)
        people = [named(result.keypoints).mapped(scale=1 / scale) for result in results]
        return sorted(people, key=anatomy.stature, reverse=True)

    def _loaded(self) -> Any:
        if self._body is None:
            path = _find_weights(self._source, self._revision, download=self._download)
            self._body = _load_body(path).to(self._device)
        return self._body


def _find_weights(source: Path | str, revision: str | None, *, download: bool) -> Path:
    folder = Path(source)
    if folder.is_dir():
        path = folder / BODY_WEIGHTS
        if not path.is_file():
            raise ModelError(
                f"There is no {BODY_WEIGHTS} in {folder}. Put OpenPose's body model there."
            )
        return path
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    try:
        return Path(
            hf_hub_download(
                str(source), BODY_WEIGHTS, revision=revision, local_files_only=not download
            )
        )
    except (OSError, HfHubHTTPError, HFValidationError) as error:
        raise ModelError(
            f"OpenPose's weights of {source} are not on this machine."
            f" Download {BODY_WEIGHTS} from lllyasviel/Annotators, or use MediaPipe."
        ) from error


def _load_body(path: Path) -> Any:
    body_module = body_code()
    body = body_module.Body.__new__(
        body_module.Body
    )  # its __init__ loads onto the device it was saved on
    body.model = body_module.bodypose_model()
    try:
        weights = torch.load(path, map_location="cpu", weights_only=True)
        body.model.load_state_dict(body_module.util.transfer(body.model, weights))
    except (OSError, RuntimeError, KeyError, EOFError, TypeError, pickle.UnpicklingError) as error:
        raise ModelError(
            f"{path} is damaged or is not OpenPose's body model. Download {BODY_WEIGHTS} again."
        ) from error
    body.model.eval()
    return body


def body_code() -> ModuleType:
    """Import controlnet_aux's body model and nothing else of it.

    Its package imports every detector that it has, and fails over MediaPipe's, whose API newer
    versions dropped. So its files are imported as a package of another name, whose own `__init__`
    does not run.

    Raises:
        ModelError: controlnet_aux is not installed.
    """
    if _ALIAS not in sys.modules:
        spec = find_spec("controlnet_aux")
        if spec is None or spec.submodule_search_locations is None:
            raise ModelError(
                "controlnet_aux is not installed. Install it: pip install controlnet_aux"
            )
        package = ModuleType(_ALIAS)
        package.__path__ = list(spec.submodule_search_locations)
        sys.modules[_ALIAS] = package
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it imports from a namespace that SciPy is giving up
        return import_module(f"{_ALIAS}.open_pose.body")


def _prepared(image: Image.Image) -> tuple[NDArray[np.uint8], float]:
    """Return the picture in BGR, small enough, padded on its right or bottom, and its scale."""
    scale = min(1.0, LONGEST_SIDE / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    pixels = np.asarray(image.convert("RGB").resize(size, Image.Resampling.BOX))[:, :, ::-1]
    height, width = pixels.shape[:2]
    below = max(0, round(width * NARROWEST) - height)
    beside = max(0, round(height * NARROWEST) - width)
    padded = cv2.copyMakeBorder(
        pixels, 0, below, 0, beside, cv2.BORDER_CONSTANT, value=(PADDING, PADDING, PADDING)
    )
    return np.ascontiguousarray(padded, dtype=np.uint8), scale


def named(found: list[Any]) -> Skeleton:
    """Name the joints that controlnet_aux lists, keep their scores, and guess the feet."""
    points = {
        joint: Keypoint(float(point.x), float(point.y), float(np.clip(point.score, 0.0, 1.0)))
        for joint, point in zip(BODY_JOINTS, found, strict=True)
        if point is not None
    }
    return anatomy.with_feet(Skeleton(points))
