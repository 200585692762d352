"""What the painter learns from: latents, masks, pose maps and captions, all made beforehand.

Making them on the fly costs three times what the networks do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

import cv2
import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  torch's own name for it
from numpy.typing import NDArray
from torch import Tensor

from pipeline.bundle.captions import Attributes, Clause, caption
from pipeline.bundle.codec import LATENT_CHANNELS, STRIDE, to_tensor, visibility
from pipeline.bundle.labels import GARMENT_LABELS, LEG_LABELS, SHOE_LABELS, Label
from pipeline.bundle.scenes import NATIVE, skeleton_of
from pipeline.bundle.shards import Shard, read_shard, read_shards, shard_paths
from pipeline.bundle.zooming import is_larger, shows_somebody, windows_of
from pipeline.draw import draw_condition
from pipeline.errors import ModelError
from pipeline.geometry import Size
from pipeline.skeleton import LEGS, Joint

Dice = np.random.Generator
Bytes = NDArray[np.uint8]

STICK = 1.2  # half-width of a limb in the pose map: two to three pixels at 96x144
BEYOND = 0.5  # of the pose maps show limbs that leave the frame
MASKS_EACH = 2
LOOKED_AT = 40  # latents from which the channels' visibility is measured
CAPTIONS_EACH = 3
FORMAT = 2  # raised when masks, maps or captions are made in another way: kept ones are then stale
TENSORS = ("clean", "coarse", "masked", "masks", "poses", "legs", "shoes")
ALL_NEW, WINDOW_LIKE_OTHERS = 0.6, 0.2  # of the windows; of these, masks as of whole scenes
BELOW = 0.68  # of the masks: all below a cut
# How often a caption leaves a clause out: the product's captions never know everything.
LEFT_OUT: dict[Clause, float] = {
    Clause.HAIR: 1.0,
    Clause.TOP: 0.1,
    Clause.BOTTOM: 0.1,
    Clause.SHOES: 0.15,
    Clause.POSTURE: 0.3,
    Clause.VIEW: 0.3,
    Clause.PLACE: 0.5,
    Clause.FLOOR: 0.2,
    Clause.COMPANION: 0.2,
}
UNDERFOOT = 1 / 8  # of the height: what lies there and is nobody is floor
GARMENTS = ((Label.TOP,), GARMENT_LABELS, SHOE_LABELS)


@dataclass(frozen=True, slots=True)
class Examples:
    """N pictures; tensors in half precision or bytes until they are asked for.

    Attributes:
        clean: Latents, (N, 16, h, w).
        coarse: Latents of what was composed small and enlarged; in windows of larger scenes, else
            the same as `clean`.
        masked: Latents with mid-grey in the mask, (N, M, 16, h, w).
        masks: Whether a position is new, (N, M, h, w).
        poses: Pose maps, (N, 3, H, W) bytes.
        legs: Which share of a position is leg or shoe, (N, 1, h, w).
        shoes: Which share is shoe, (N, 1, h, w).
        captions: N x `captions_each` lines.
        colours: Mean colours of the garments and the floor in [-1, 1], (N, 12); NaN where there
            are none.
        visible: How much each latent channel shows, (16).
        captions_each: Lines per picture.
    """

    clean: Tensor
    coarse: Tensor
    masked: Tensor
    masks: Tensor
    poses: Tensor
    legs: Tensor
    shoes: Tensor
    captions: list[str]
    colours: Tensor
    visible: Tensor = field(default_factory=lambda: torch.ones(LATENT_CHANNELS))
    captions_each: int = CAPTIONS_EACH

    def __len__(self) -> int:
        return len(self.clean)

    def batch(self, rows: NDArray[np.int64], dice: Dice) -> dict[str, Tensor]:
        """Collect pictures with one of their masks each, in single precision."""
        at = torch.from_numpy(rows)
        which = torch.from_numpy(dice.integers(0, self.masks.shape[1], len(rows)))
        return {
            "clean": self.clean[at].float(),
            "coarse": self.coarse[at].float(),
            "masked": self.masked[at, which].float(),
            "mask": self.masks[at, which][:, None].float(),
            "pose": self.poses[at].float() / 255,
            "legs": self.legs[at].float(),
            "shoes": self.shoes[at].float(),
        }


def make_examples(folder: Path, codec: Any, *, seed: int = 0, kept: Path | None = None) -> Examples:
    """Read all shards of a folder and encode them.

    Args:
        folder: Of the shards.
        codec: The bundle's VAE.
        seed: Of masks and captions; each shard's depend on its name too, and on no other shard.
        kept: A folder where what was encoded is kept, and found the next time.

    Raises:
        ModelError: There are no shards.
    """
    encoder = linear_encoder(codec, folder)
    mark = crc32(codec.encoder.conv_out.weight.detach().numpy().tobytes(), FORMAT)
    parts: list[Examples] = []
    for path in shard_paths(folder):
        dice = np.random.default_rng([seed, crc32(path.stem.encode())])
        file = None if kept is None else kept / f"{path.stem}-{seed}-{mark:08x}.pt"
        parts.append(_kept_or_encoded(path, encoder, dice, file))
    return Examples(
        *(torch.cat([getattr(part, name) for part in parts]) for name in TENSORS),
        captions=[line for part in parts for line in part.captions],
        colours=torch.cat([part.colours for part in parts]),
        visible=visibility(codec, parts[0].clean[:LOOKED_AT].float()),
    )


def _kept_or_encoded(
    path: Path, encoder: "LinearEncoder", dice: Dice, file: Path | None
) -> Examples:
    if file is not None and file.exists():
        return Examples(**torch.load(file, weights_only=True))
    part = _encoded(read_shard(path), encoder, dice)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".part")
        names = (*TENSORS, "captions", "colours")
        torch.save({name: getattr(part, name) for name in names}, draft)
        draft.replace(file)
    return part


@dataclass(frozen=True, slots=True)
class LinearEncoder:
    """The codec's encoder as one convolution over 8x8 patches, forty times as fast.

    The encoder starts linear and stays frozen; what the fit misses is under a thousandth of the
    latents' variance.
    """

    kernel: Tensor
    bias: Tensor

    def __call__(self, pictures: Tensor) -> Tensor:
        """(N, 3, H, W) in [-1, 1] to (N, 16, H/8, W/8)."""
        return F.conv2d(pictures, self.kernel, self.bias, stride=STRIDE)


@torch.inference_mode()
def linear_encoder(codec: Any, folder: Path) -> LinearEncoder:
    """Fit it on the folder's first pictures, half of them with mid-grey parts.

    Raises:
        ModelError: There are no shards.
    """
    first = next(read_shards(folder), None)
    if first is None:
        raise ModelError(f"There are no scenes in {folder}. Run: python -m pipeline.bundle data")
    pictures = to_tensor(first.pictures[:400])
    pictures[::2, :, pictures.shape[2] // 2 :] = 0
    wanted = torch.cat([codec.encode(part).latent_dist.mode() for part in pictures.split(40)])
    rows = F.unfold(pictures, STRIDE, stride=STRIDE).transpose(1, 2).flatten(0, 1).double()
    rows = torch.cat([rows, torch.ones(len(rows), 1, dtype=torch.double)], 1)
    goal = wanted.flatten(2).transpose(1, 2).flatten(0, 1).double()
    solution = torch.linalg.lstsq(rows, goal).solution.float()
    kernel = solution[:-1].T.reshape(-1, 3, STRIDE, STRIDE).contiguous()
    return LinearEncoder(kernel, solution[-1])


def _encoded(shard: Shard, encoder: LinearEncoder, dice: Dice) -> Examples:
    larger = is_larger(shard)
    shard, composed = windows_of(shard, dice) if larger else (shard, shard.pictures)
    pairs = zip(shard.labels, shard.joints, strict=True)
    draw = window_mask if larger else mask_of
    masks = np.stack([[draw(dice, lab, at) for _ in range(MASKS_EACH)] for lab, at in pairs])
    pictures, holes = to_tensor(shard.pictures), torch.from_numpy(masks)
    masked = [encoder(pictures * ~holes[:, k, None]).half() for k in range(MASKS_EACH)]
    legs, shoes = (
        torch.from_numpy(np.isin(shard.labels, labels)).float()[:, None]
        for labels in (LEG_LABELS, SHOE_LABELS)
    )
    clean = encoder(pictures).half()
    return Examples(
        clean,
        encoder(to_tensor(composed)).half() if larger else clean,
        torch.stack(masked, 1),
        holes[:, :, ::STRIDE, ::STRIDE],  # nearest, as diffusers' pipelines shrink masks
        torch.from_numpy(_pose_maps(shard, dice)).permute(0, 3, 1, 2),
        F.avg_pool2d(legs, STRIDE).half(),
        F.avg_pool2d(shoes, STRIDE).half(),
        _captions(shard, dice, windows=larger),
        _colours(shard.pictures, shard.labels),
    )


def _captions(shard: Shard, dice: Dice, *, windows: bool) -> list[str]:
    """Caption everything but windows in which nobody is: they are told of nothing."""
    told = (
        [""] * CAPTIONS_EACH if windows and not shows_somebody(joints) else said(one, dice)
        for one, joints in zip(shard.attributes, shard.joints, strict=True)
    )
    return [line for lines in told for line in lines]


def window_mask(dice: Dice, labels: Bytes, joints: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Draw a window's mask: all of it is new, or what is below the photo's edge."""
    mask = np.ones(labels.shape, bool)
    if dice.random() >= ALL_NEW:
        mask[: int(dice.uniform(0.1, 0.7) * len(mask))] = False
    elif dice.random() < WINDOW_LIKE_OTHERS:
        mask = mask_of(dice, labels, joints)
    return mask


def _pose_maps(shard: Shard, dice: Dice) -> Bytes:
    """Draw everybody, half of the time with the joints that the frame has cut off."""
    beyond = dice.random(len(shard.joints)) < BEYOND
    nobody = np.zeros((0, len(Joint), 3), np.float32)
    others = [nobody] * len(shard.joints) if shard.others is None else shard.others[:, None]
    return np.stack(
        [
            pose_map(np.concatenate([first[None], more]), beyond=bool(far))
            for first, more, far in zip(shard.joints, others, beyond, strict=True)
        ]
    )


def pose_map(people: NDArray[np.float32], *, beyond: bool = False) -> Bytes:
    """Draw true joints as the product draws them for this bundle, (144, 96, 3).

    Args:
        people: (P, 24, 3).
        beyond: Whether limbs go on to joints outside the frame, as in one window of several;
            otherwise such joints are absent, as a detector leaves them.
    """
    shown = [joints for joints in people if joints[:, 2].any()]
    if beyond:
        shown = [joints * (1, 1, 0) + (0, 0, 1) for joints in shown]
    skeletons = [skeleton_of(joints) for joints in shown]
    return np.asarray(draw_condition(skeletons, Size(*NATIVE), stick=STICK, feet=True))


def said(attributes: Attributes, dice: Dice) -> list[str]:
    """Caption a picture several times, each leaving other clauses out."""
    return [
        caption(attributes, {c for c in Clause if dice.random() >= LEFT_OUT[c]})
        for _ in range(CAPTIONS_EACH)
    ]


def mask_of(dice: Dice, labels: Bytes, joints: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Draw a mask: mostly all below a cut through the legs; else as `_odd_mask`."""
    height, width = labels.shape
    hip = (joints[Joint.RIGHT_HIP, 1] + joints[Joint.LEFT_HIP, 1]) / 2
    sole = max(joints[Joint.RIGHT_ANKLE, 1], joints[Joint.LEFT_ANKLE, 1])
    length = max(float(sole - hip), 12.0)
    mask = np.zeros((height, width), np.uint8)
    if dice.random() < BELOW:
        mask[int(np.clip(hip + dice.uniform(-0.15, 0.95) * length, 8, height - 8)) :] = 1
    else:
        _odd_mask(mask, dice, joints, length)
    if not mask[::STRIDE, ::STRIDE].any():  # nothing would be left of it in the latents
        mask[:] = 1
    return mask.astype(bool)


def _odd_mask(mask: Bytes, dice: Dice, joints: NDArray[np.float32], length: float) -> None:
    """Cover limbs, one foot, a side, a box, or everything."""
    height, width = mask.shape
    kind = dice.random()
    if kind < 0.4:
        _limbs(mask, dice, joints, length)
    elif kind < 0.52:
        x, y = joints[LEGS[int(dice.integers(2))].ankle, :2] + dice.normal(0, 4, 2)
        reach = max(8.0, length * dice.uniform(0.15, 0.35))
        left, top, right, bottom = np.clip((x - reach, y - reach, x + reach, y + reach), 0, 999)
        mask[int(top) : int(bottom), int(left) : int(right)] = 1
    elif kind < 0.64:
        edge = int(width * dice.uniform(0.3, 0.7))
        mask[:, slice(edge) if dice.random() < 0.5 else slice(edge, None)] = 1
    elif kind < 0.88:
        left, top = dice.integers(0, width - 16), dice.integers(0, height - 24)
        mask[top : top + dice.integers(24, height), left : left + dice.integers(16, width)] = 1
    else:
        mask[:] = 1


def _limbs(mask: Bytes, dice: Dice, joints: NDArray[np.float32], length: float) -> None:
    """Cover one leg or both, sometimes only their lower part, as the refine pass does."""
    legs: Sequence[int] = (0, 1) if dice.random() < 0.5 else (int(dice.integers(2)),)
    for leg in legs:
        chain = joints[list(LEGS[leg].joints[:3]), :2].round().astype(np.int32)
        cv2.polylines(mask, [chain], False, 1, int(dice.uniform(0.08, 0.2) * length + 4))
        cv2.circle(mask, chain[2].tolist(), int(0.14 * length + 4), 1, -1)
    if dice.random() < 0.6:
        hip = float(joints[LEGS[legs[0]].hip, 1])
        mask[: int(np.clip(hip + dice.uniform(0, 0.8) * length, 0, len(mask) - 8))] = 0


def _colours(pictures: Bytes, labels: Bytes) -> Tensor:
    """Mean colours of `GARMENTS` and of the floor, (N, 12)."""
    means = np.full((len(pictures), 3 * (len(GARMENTS) + 1)), np.nan, np.float32)
    lowest = int(labels.shape[1] * (1 - UNDERFOOT))
    for row, (picture, shown) in enumerate(zip(pictures, labels, strict=True)):
        places = [np.isin(shown, garment) for garment in GARMENTS]
        places.append(shown == Label.BACKGROUND)
        places[-1][:lowest] = False
        for place, where in enumerate(places):
            if where.any():
                means[row, 3 * place : 3 * place + 3] = picture[where].mean(0) / 127.5 - 1
    return torch.from_numpy(means)
