"""A membrane held at the rim of an area, and stiff: how a step of colour fades into new pixels.

It is solved on a coarse grid, whole, and on ever finer ones, of two to one, near the rim only:
away from it fine steps have died out. So its cost follows the rim's length and not the pixels.
"""

# scipy tells no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu

from pipeline.geometry import Size

Values = NDArray[np.float32]
Places = NDArray[np.int64]

COARSEST = 128  # cells of the coarsest grid's longer side, at most
NEAR = 6  # cells: so far from the rim a finer grid is solved
EDGE = 2  # cells at the end of these, where it runs into the coarser grid's field
BAND = 2**18  # cells that are evaluated at a time, or as many as 16 rows have
TILE = 512  # cells: how many across and down are solved together
OVERLAP = 16  # cells around these: what is finer than the coarser grid does not reach across


@dataclass(frozen=True, slots=True)
class Rim:
    """Where a membrane is held, and at what.

    Attributes:
        places: Column and row of each point, in pixels of the field, (n, 2).
        values: What the field is there, (n, channels).
    """

    places: Places
    values: Values

    def up_to(self, largest: float) -> "Rim":
        """Keep the points at which no channel is larger, either way."""
        kept = np.abs(self.values).max(axis=1, initial=0) <= largest
        return Rim(self.places[kept], self.values[kept])


@dataclass(frozen=True, slots=True)
class _Grid:
    """One level: what it adds to the coarser ones, at some cells only.

    Attributes:
        size: In cells.
        cells: Numbers of the cells that it has a value for, row after row, ascending.
        values: (cells, channels).
    """

    size: Size
    cells: Places
    values: Values

    def rows(self, start: int, stop: int) -> Values:
        """Return some rows, (stop - start, width, channels), 0 where it has no value."""
        width = self.size.width
        first, last = np.searchsorted(self.cells, (start * width, stop * width))
        field = np.zeros(((stop - start) * width, self.values.shape[1]), np.float32)
        field[self.cells[first:last] - start * width] = self.values[first:last]
        return field.reshape(stop - start, width, -1)


@dataclass(frozen=True, slots=True)
class Membrane:
    """A field over an area, computed a few rows at a time.

    Attributes:
        grids: From the coarsest to the one of pixels, each twice as fine as the one before.
    """

    grids: tuple[_Grid, ...]

    @property
    def size(self) -> Size:
        return self.grids[-1].size

    def rows(self, start: int, stop: int) -> Values:
        """Compute some rows of pixels, (stop - start, width, channels)."""
        finest, coarser = self.grids[-1], self.grids[:-1]
        own = finest.rows(start, stop)
        return own + _between(Membrane(coarser), finest.size, start, stop) if coarser else own


def _between(coarse: Membrane, size: Size, start: int, stop: int) -> Values:
    """Interpolate rows of a grid of `size` from one that is half as fine."""
    first = max(0, start // 2 - 1)
    rows = coarse.rows(first, min(coarse.size.height, (stop + 1) // 2 + 1))
    fine = cv2.resize(rows, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
    fine = fine.reshape(*fine.shape[:2], -1)
    return np.asarray(fine[start - 2 * first : stop - 2 * first, : size.width], np.float32)


def stretch(rim: Rim, size: Size, *, reach: float) -> Membrane:
    """Stretch a stiff membrane over a picture from a rim in it.

    Minimises the field's squared bend (its Laplacian) and, weakly, its square. So it leaves the
    rim level: what is fine along the rim runs on for its own length before it dies out, where a
    slack one (the squared slope, Pérez et al. 2003) drops it at once. At the picture's border it is
    free.

    Args:
        rim: Where it is held; at least one point.
        size: Of the field, pixels.
        reach: Pixels after which a step that is the same all along the rim has faded to 1 / e.

    Source: Georgiev 2004, Photoshop Healing Brush: a tool for seamless cloning: the Laplacian of
    the Laplacian is 0, eq. 8; the screening is of Bhat et al. 2008, Fourier analysis of the 2D
    screened Poisson equation for gradient domain problems, eq. 3 with the source as the data.
    """
    shift = coarsening(size)
    grids = [_solved_whole(_gathered(rim, size, shift), reach / 2**shift)]
    for finer in reversed(range(shift)):
        held = _gathered(rim, size, finer)
        grids.append(_solved_near(held, Membrane(tuple(grids)), reach / 2**finer))
    return Membrane(tuple(grids))


def coarsening(size: Size) -> int:
    """Return how often a field is halved until its longer side has `COARSEST` cells at most."""
    longer = max(size.width, size.height)
    return max(0, (-(-longer // COARSEST) - 1).bit_length())


def _halved(size: Size, times: int) -> Size:
    return Size(-(-size.width >> times), -(-size.height >> times))


def _gathered(rim: Rim, size: Size, shift: int) -> _Grid:
    """Average a rim over each cell of a grid that it runs through."""
    grid = _halved(size, shift)
    columns, rows = (rim.places >> shift).T
    cells, owner, count = np.unique(
        rows * grid.width + columns, return_inverse=True, return_counts=True
    )
    sums = np.stack(
        [np.bincount(owner, channel, len(cells)) for channel in rim.values.T.astype(float)], axis=1
    )
    return _Grid(grid, cells, (sums / count[:, None]).astype(np.float32))


def _solved_whole(held: _Grid, reach: float) -> _Grid:
    """Solve the coarsest grid."""
    cells = np.arange(held.size.area)
    is_held = np.isin(cells, held.cells)
    values = np.zeros((len(cells), held.values.shape[1]), np.float32)
    values[is_held] = held.values
    return _Grid(held.size, cells, _solved(cells, values, is_held, held.size, reach))


def _solved_near(held: _Grid, coarser: Membrane, reach: float) -> _Grid:
    """Solve for the field in the cells near the rim; farther away the coarser grids know it."""
    near = _grown(held.cells, held.size, NEAR)
    cells = _grown(near, held.size, EDGE)
    field = _looked_up(coarser, cells, held.size)
    is_held = ~np.isin(cells, near)
    at = np.searchsorted(cells, held.cells)
    is_held[at] = True
    values = field.copy()
    values[at] = held.values
    solved = values.copy()
    for part, own, border in _tiles(cells, held.size):
        some = _solved(cells[part], values[part], is_held[part] | border, held.size, reach)
        solved[part[own]] = some[own]
    return _Grid(held.size, cells, solved - field)


def _tiles(
    cells: Places, size: Size
) -> Iterator[tuple[Places, NDArray[np.bool_], NDArray[np.bool_]]]:
    """Cut cells into overlapping tiles: which they are, which of them count, which are its edge."""
    row, column = np.divmod(cells, size.width)
    for top in range(0, size.height, TILE):
        across = np.flatnonzero((row >= top - OVERLAP) & (row < top + TILE + OVERLAP))
        for left in range(0, size.width, TILE):
            x, y = column[across] - left, row[across] - top
            out = np.maximum(np.maximum(-x, x - TILE + 1), np.maximum(-y, y - TILE + 1))
            inside = out <= OVERLAP
            if (out <= 0).any():
                own = out[inside] <= 0
                yield across[inside], own, out[inside] > OVERLAP - EDGE


def _grown(cells: Places, size: Size, times: int) -> Places:
    for _ in range(times):
        cells = np.unique(np.concatenate([cells, *_neighbours(cells, size)]))
    return cells[cells >= 0]


def _looked_up(coarse: Membrane, cells: Places, size: Size) -> Values:
    """Interpolate some cells of a grid of `size`, ascending, from one that is half as fine."""
    found = list[Values]()
    band = max(16, BAND // size.width)
    for block in np.unique(cells // (size.width * band)).tolist():
        start, stop = block * band, min((block + 1) * band, size.height)
        first, last = np.searchsorted(cells, (start * size.width, stop * size.width))
        rows = _between(coarse, size, start, stop)
        found.append(rows.reshape(-1, rows.shape[2])[cells[first:last] - start * size.width])
    return np.concatenate(found)


def _neighbours(cells: Places, size: Size) -> Iterator[Places]:
    """Name each cell's neighbour to the left, right, above and below; -1 beyond the grid."""
    columns = cells % size.width
    yield np.where(columns > 0, cells - 1, -1)
    yield np.where(columns < size.width - 1, cells + 1, -1)
    yield np.where(cells >= size.width, cells - size.width, -1)
    yield np.where(cells < size.area - size.width, cells + size.width, -1)


def _solved(
    cells: Places, values: Values, held: NDArray[np.bool_], size: Size, reach: float
) -> Values:
    """Find the least bent membrane over some cells.

    Args:
        cells: Ascending. Where one has a neighbour that is not among them its bend does not count.
        values: What it is where it is held, (cells, channels).
        held: Where it is held, (cells,).
        size: Of the grid.
        reach: In cells.
    """
    laplacian = _laplacian(cells, size)
    # In one dimension e^-z (cos z + sin z), z = x / width, solves it; at 1.25 it is 1 / e.
    screen = 4 * (1.25 / reach) ** 4
    system: Any = laplacian.T @ laplacian + screen * sparse.eye_array(len(cells))
    rows: Any = system.tocsr()[~held]
    factors = splu(
        rows[:, ~held].tocsc(), permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True}
    )
    solved = values.copy()
    solved[~held] = factors.solve(-(rows[:, held] @ values[held].astype(float)))
    return solved


def _laplacian(cells: Places, size: Size) -> Any:
    """Subtract a cell from each of its neighbours, for cells whose neighbours are all there."""
    ends = list[tuple[Places, Places]]()
    whole = np.ones(len(cells), bool)
    for beside in _neighbours(cells, size):
        place = np.minimum(np.searchsorted(cells, beside), len(cells) - 1)
        linked = cells[place] == beside
        whole &= linked | (beside < 0)
        ends.append((np.flatnonzero(linked), place[linked]))
    row, column = (np.concatenate(end) for end in zip(*ends, strict=True))
    shape = (len(cells), len(cells))
    links: Any = sparse.csr_array((np.ones(len(row)), (row, column)), shape=shape)
    return (links - sparse.diags_array(links.sum(axis=1))).tocsr()[whole]
