"""The initial fill: what a painter sees where pixels are to be new."""

import numpy as np
from PIL import Image

from pipeline.geometry import Box, Size
from pipeline.rim import Edges, carry

ROWS = 256  # how many rows are worked on at a time
NOISE_DEPTH = 8  # pixels over which the photo's rim is averaged before it is continued


def filled(photo: Image.Image, box: Box, size: Size) -> Image.Image:
    """Put a photo into a frame and continue it there.

    Args:
        photo: RGB, of the box's size.
        box: Where it lies in the frame.
        size: The frame's.
    """
    pixels = np.asarray(photo)
    fill = carry(Edges.of(pixels, 1), Edges.of(pixels, NOISE_DEPTH), box, size)
    frame = Image.new("RGB", (size.width, size.height))
    for start in range(0, size.height, ROWS):
        rows = fill.rows(start, min(start + ROWS, size.height))
        frame.paste(Image.fromarray(rows.round().clip(0, 255).astype(np.uint8)), (0, start))
    frame.paste(photo, box.edges)
    return frame
