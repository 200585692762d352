"""What phones do to a picture: blur, noise, sharpening, and JPEG."""

import cv2
import numpy as np
from numpy.typing import NDArray

Dice = np.random.Generator
Bytes = NDArray[np.uint8]

UNTOUCHED = 0.3  # of the pictures


def as_phones_save(dice: Dice, picture: Bytes) -> Bytes:
    """Blur a little, add the noise of a dark room, sharpen, and save as JPEG; or do nothing.

    Args:
        dice: Decides what is done, and how much.
        picture: RGB, (H, W, 3).
    """
    kind = dice.random(4)
    strengths = dice.uniform(size=4)
    noise = dice.normal(size=picture.shape)
    if kind[0] < UNTOUCHED:
        return picture
    image = picture.astype(np.float32)
    wide = max(picture.shape) / 144  # what a pixel of the native size is here
    if kind[1] < 0.4:
        image = cv2.GaussianBlur(image, (0, 0), wide * (0.3 + 0.5 * strengths[0]))
    if kind[2] < 0.5:  # brighter pixels carry more of it
        image += noise * (1 + 5 * strengths[1]) * np.sqrt(0.3 + image / 255)
    elif kind[2] < 0.75:
        soft = cv2.GaussianBlur(image, (0, 0), wide)
        image += (0.2 + 0.5 * strengths[2]) * (image - soft)
    saved = np.clip(image + 0.5, 0, 255).astype(np.uint8)
    return _through_jpeg(saved, int(55 + 40 * strengths[3])) if kind[3] < 0.7 else saved


def _through_jpeg(picture: Bytes, quality: int) -> Bytes:
    _, file = cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(file, cv2.IMREAD_COLOR)[:, :, ::-1])
