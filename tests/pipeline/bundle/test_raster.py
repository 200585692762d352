import numpy as np

from pipeline.bundle.raster import rasterise, vertex_normals

# Counter-clockwise to the eye (y points down): drawn. Reversed: its back.
CORNERS = np.array([[1, 1, 2], [1, 9, 2], [9, 9, 2]], np.float32)
FRONT = np.array([[0, 1, 2]], np.int32)


def test_a_front_is_drawn_and_a_back_is_not():
    assert (rasterise(CORNERS, FRONT, width=10, height=10).face == 0).sum() > 20
    assert (rasterise(CORNERS, FRONT[:, ::-1], width=10, height=10).face == -1).all()


def test_the_nearer_of_two_wins_in_any_order():
    far = CORNERS + np.array([0, 0, 3], np.float32)
    both = np.concatenate([CORNERS, far])
    for faces in ([[0, 1, 2], [3, 4, 5]], [[3, 4, 5], [0, 1, 2]]):
        hits = rasterise(both, np.array(faces, np.int32), width=10, height=10)
        near = faces.index([0, 1, 2])
        assert set(np.unique(hits.face)) == {-1, near}
        assert np.isclose(hits.nearness.max(), 0.5)


def test_values_are_blended_between_the_corners():
    hits = rasterise(CORNERS, FRONT, width=10, height=10)
    covered = hits.face >= 0
    places = hits.blend(CORNERS[:, :2].copy(), FRONT, covered)
    rows, columns = np.nonzero(covered)
    assert np.allclose(places, np.stack([columns, rows], axis=1) + 0.5, atol=1e-4)


def test_what_lies_behind_the_camera_is_left_out():
    behind = CORNERS * np.array([1, 1, -1], np.float32)
    assert (rasterise(behind, FRONT, width=10, height=10).face == -1).all()


def test_normals_of_a_flat_square_point_up():
    square = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)
    normals = vertex_normals(square, np.array([[0, 1, 2], [0, 2, 3]], np.int32))
    assert np.allclose(normals, [0, 0, 1])
