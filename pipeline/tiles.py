"""A JPEG of a picture that changes a little at a time: only the tiles that changed are written.

A tile is as high as one block and a few blocks wide. A restart marker after each (ITU T.81, E.1.4)
lets its code depend on no other tile; with the standard Huffman tables it then has the same bytes
whatever it is written with.
"""

import re

import cv2

from pipeline.geometry import Box
from pipeline.strokes import Pixels

HEIGHT = 8  # pixels, as colours keep their full resolution downwards
_BLOCK = 16  # pixels wide, as they have half of it across
_LEAST = 5  # blocks that a tile is wide: its marker costs four bytes in all
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")  # in code, 0xff is followed by 0 otherwise
_RESTARTS = tuple(bytes((0xFF, 0xD0 + (number - 1) % 8)) for number in range(8))
_SCAN = b"\xff\xda"  # its header follows, and then the code
_END = b"\xff\xd9"


class Tiles:
    """Writes a picture again and again.

    Args:
        width: Of the picture, pixels.
        quality: 1 to 100.
    """

    def __init__(self, width: int, quality: int) -> None:
        blocks = -(-width // _BLOCK)
        wide = next((n for n in range(_LEAST, blocks) if blocks % n == 0), blocks)
        self._columns, self._width = blocks // wide, wide * _BLOCK
        self._quality = quality
        self._head = b""
        self._tiles: list[bytes] = []

    def write(self, pixels: Pixels, changed: Box) -> bytes:
        """Return the JPEG of a picture.

        Args:
            pixels: RGB, (H, W, 3), always of the same size.
            changed: Outside of it, it is the last one that was written.
        """
        if not self._tiles:
            self._head, tiles = self._encoded(pixels)
            self._tiles = _marked(0, tiles)
        elif not changed.is_empty:
            self._replace(pixels, changed)
        return b"".join((self._head, *self._tiles, _END))

    def _replace(self, pixels: Pixels, changed: Box) -> None:
        """Write the tiles that a box touches."""
        first, last = changed.top // HEIGHT, -(-changed.bottom // HEIGHT)
        left, right = changed.left // self._width, -(-changed.right // self._width)
        rows = slice(first * HEIGHT, last * HEIGHT)
        columns = slice(left * self._width, right * self._width)
        _, tiles = self._encoded(pixels[rows, columns])
        for number, row in enumerate(range(first, last)):
            begin, count = row * self._columns + left, right - left
            written = tiles[number * count : (number + 1) * count]
            self._tiles[begin : begin + count] = _marked(begin, written)

    def _encoded(self, pixels: Pixels) -> tuple[bytes, list[bytes]]:
        """Write pixels; return what comes before the code, and the code of each tile."""
        options = [
            *(cv2.IMWRITE_JPEG_QUALITY, self._quality),
            *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422),
            *(cv2.IMWRITE_JPEG_RST_INTERVAL, self._width // _BLOCK),
        ]
        blue_first = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
        jpeg = cv2.imencode(".jpg", blue_first, options)[1].tobytes()
        scan = jpeg.index(_SCAN) + len(_SCAN)
        code = scan + int.from_bytes(jpeg[scan : scan + 2])
        return jpeg[:code], _RESTART.split(jpeg[code : -len(_END)])


def _marked(first: int, tiles: list[bytes]) -> list[bytes]:
    """Put its marker before each tile but the picture's very first."""
    return [_RESTARTS[at % 8] + tile if at else tile for at, tile in enumerate(tiles, first)]
