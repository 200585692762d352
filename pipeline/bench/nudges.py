"""What it takes to show a joint that was moved: P9 and S3. No network has a part in it."""

import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from io import BytesIO
from itertools import cycle
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch.nn.modules.module import register_module_forward_pre_hook

from pipeline.anatomy import complete
from pipeline.bench.rows import Row
from pipeline.bench.scenes import photo_of, standing
from pipeline.geometry import Size
from pipeline.gpu.openpose import body_code
from pipeline.photo import Pixels, encode_jpeg
from pipeline.posing import nudge
from pipeline.preview import draw_skeletons
from pipeline.redraw import Drawing
from pipeline.skeleton import BODY_JOINTS, Joint, Skeleton, to_openpose

ROUNDS = 25
FULL = Size(1024, 1536)
PREVIEW = Size(560, 840)
SMALLEST, LARGEST = Size(512, 512), Size(3464, 3464)
MOST_BYTES = 100_000  # of a preview
STEP, TURNS = 3.0, 12  # pixels of a nudge, and how many go one way

Nudge = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class State:
    """Where a conversation's state is kept, with a file of its own for each way to keep it."""

    quick: sqlite3.Connection
    naive: sqlite3.Connection

    @classmethod
    def within(cls, folder: Path) -> "State":
        """Open both: as the bot does, and as SQLite does if nobody says otherwise."""
        quick, naive = (sqlite3.connect(folder / f"{name}.db") for name in ("quick", "naive"))
        for setting in ("journal_mode=WAL", "synchronous=NORMAL"):
            quick.execute(f"PRAGMA {setting}")
        for setting in ("journal_mode=DELETE", "synchronous=FULL"):
            naive.execute(f"PRAGMA {setting}")
        for connection in (quick, naive):
            connection.execute("CREATE TABLE session (id INTEGER PRIMARY KEY, state TEXT)")
        return cls(quick, naive)

    def close(self) -> None:
        self.quick.close()
        self.naive.close()


def _keep(connection: sqlite3.Connection, person: Skeleton, size: Size) -> None:
    document = to_openpose([person], width=size.width, height=size.height)
    with connection:
        connection.execute("REPLACE INTO session VALUES (1, ?)", (str(document),))


def _person(size: Size) -> Skeleton:
    return complete(standing(stature=1.3, top=0.1).mapped(scale=size.width))


class Ours:
    """Moves a joint on and on, keeps it each time, and draws it as a chat is sent it.

    Args:
        base: What it is drawn on.
        person: In pixels of the photo.
        scale: From there to the base's.
        state: Where to keep it.
    """

    def __init__(self, base: Pixels, person: Skeleton, scale: float, state: State) -> None:
        self._drawing, self._scale = Drawing(base), scale
        self._size = Size(base.shape[1], base.shape[0])
        self._person, self._state = person, state
        self._steps = cycle((STEP,) * TURNS + (-STEP,) * TURNS)

    def __call__(self) -> bytes:
        self._person = nudge(self._person, Joint.LEFT_KNEE, dx=next(self._steps), dy=0.0)
        _keep(self._state.quick, self._person, self._size)
        shown = self._person.mapped(scale=self._scale)
        return self._drawing.jpeg([shown], chosen=Joint.LEFT_KNEE)


def naive(photo: bytes, person: Skeleton, state: State) -> bytes:
    """The same as it is usually done: read the photo, draw on black, blend, write, sync."""
    moved = nudge(person, Joint.LEFT_KNEE, dx=STEP, dy=0.0)
    with Image.open(BytesIO(photo)) as image:
        pixels = np.asarray(image.convert("RGB"))
    drawn = _drawn_by_controlnet_aux(np.zeros_like(pixels), moved)
    blended = np.where(drawn.any(axis=2, keepdims=True), pixels * 0.4 + drawn * 0.6, pixels)
    buffer = BytesIO()
    Image.fromarray(blended.astype(np.uint8)).save(buffer, "JPEG", quality=95)
    _keep(state.naive, moved, Size(*Image.fromarray(pixels).size))
    return buffer.getvalue()


def _drawn_by_controlnet_aux(canvas: NDArray[np.uint8], person: Skeleton) -> NDArray[np.uint8]:
    package = str(body_code().__package__)
    tools, body = import_module(f"{package}.util"), import_module(f"{package}.body")
    height, width, _ = canvas.shape
    points = [person.get(joint) for joint in BODY_JOINTS]
    return tools.draw_bodypose(
        canvas, [body.Keypoint(p.x / width, p.y / height) if p else None for p in points]
    )


def seconds(ways: Mapping[str, Nudge], rounds: int = ROUNDS) -> dict[str, float]:
    """Time several ways in turn, and return the median of each."""
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for round_number in range(rounds + 1):
        for name, way in ways.items():
            begun = time.perf_counter()
            way()
            if round_number:  # the first one warms up
                spent[name].append(time.perf_counter() - begun)
    return {name: median(times) for name, times in spent.items()}


def _preview_of(size: Size) -> tuple[Pixels, float]:
    """Shrink a photo to what a chat shows, as is done once for each photo."""
    scale = min(1.0, PREVIEW.width / size.width, PREVIEW.height / size.height)
    small = size.scaled(scale)
    return np.asarray(photo_of(size).resize((small.width, small.height))), scale


def _way(size: Size, state: State) -> Nudge:
    base, scale = _preview_of(size)
    person = _person(size)
    return Ours(base, person, scale, state)


def nudging() -> list[Row]:
    """P9 and S3."""
    cv2.setNumThreads(1)
    with TemporaryDirectory() as folder:
        state = State.within(Path(folder))
        try:
            return [*_against_naive(state), *_whatever_the_photo(state), _calls(state)]
        finally:
            state.close()


def _against_naive(state: State) -> list[Row]:
    photo, person = photo_of(FULL), _person(FULL)
    preview = _way(FULL, state)
    drawn = np.ascontiguousarray(np.asarray(draw_skeletons(photo, [person]))[:, :, ::-1])
    file = encode_jpeg(photo, 95)
    took = seconds(
        {
            "naive": partial(naive, file, person, state),
            "full": Ours(np.asarray(photo), person, 1.0, state),
            "preview": preview,
            "encode": partial(cv2.imencode, ".jpg", drawn, [cv2.IMWRITE_JPEG_QUALITY, 85]),
        }
    )
    told = f"{took['naive'] * 1e3:.0f} ms"
    encoding = took["encode"] / took["naive"]
    size = len(preview())
    return [
        Row(
            name="P9 full",
            what=f"nudge on {FULL.width} x {FULL.height}",
            baseline=f"the naive nudge, {told}",
            measured=took["full"] / took["naive"],
            must=0.12,
            stretch=0.07,
            note=f"writing the JPEG alone, by OpenCV at quality 85: {encoding:.3f}",
        ),
        Row(
            name="P9 preview",
            what=f"nudge on a preview of {PREVIEW.width} x {PREVIEW.height}",
            baseline=f"the naive nudge, {told}",
            measured=took["preview"] / took["naive"],
            must=0.05,
            stretch=0.022,
        ),
        Row(
            name="P9 bytes",
            what="bytes of a preview",
            baseline="100 kB",
            measured=size / MOST_BYTES,
            must=1.0,
            note="of a made-up photo",
        ),
    ]


def _whatever_the_photo(state: State) -> list[Row]:
    """S3: a large photo and many nudges before change nothing."""
    person = often = _person(FULL)
    for number in range(200):
        often = nudge(often, Joint.LEFT_KNEE, dx=(-1.0) ** number, dy=0.0)
    base, scale = _preview_of(FULL)
    took = seconds(
        {
            "small": _way(SMALLEST, state),
            "large": _way(LARGEST, state),
            "first": Ours(base, person, scale, state),
            "late": Ours(base, often, scale, state),
        }
    )
    return [
        Row(
            name="S3 photo",
            what="nudge on a preview of a 12-megapixel photo",
            baseline=f"of a photo of {SMALLEST.width} x {SMALLEST.height}",
            measured=took["large"] / took["small"],
            must=1.3,
        ),
        Row(
            name="S3 nudges",
            what="nudge after 200 nudges",
            baseline="the first nudge",
            measured=took["late"] / took["first"],
            must=1.3,
        ),
    ]


def _calls(state: State) -> Row:
    """Count calls of any network, whoever holds it."""
    called: list[str] = []

    def record(module: Any, _: Any) -> None:
        called.append(type(module).__name__)

    hook = register_module_forward_pre_hook(record)
    _way(FULL, state)()
    hook.remove()
    return Row(
        name="P9 calls",
        what="calls of networks in a nudge",
        baseline="none",
        measured=len(called),
        must=0,
    )
