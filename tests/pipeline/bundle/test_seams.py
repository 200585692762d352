import numpy as np
import pytest
from PIL import Image, ImageFilter

from pipeline.bundle.measures import step_ratio
from pipeline.bundle.scenes import Cut, crop_of, draw_scene
from pipeline.canvas import Canvas, Painted, compose
from pipeline.geometry import Box, Size

WIDTH, HEIGHT = 288, 432


@pytest.mark.parametrize(("softness", "scale"), [(0.0, 1.0), (0.8, 0.5), (0.8, 0.34)])
def test_the_step_over_the_seam_is_the_true_one(softness: float, scale: float):
    ratios = list[tuple[float, float]]()
    for index, cut in enumerate((Cut.HIP, Cut.THIGH, Cut.KNEE, Cut.SHIN)):
        scene = draw_scene(31, index, size=(WIDTH, HEIGHT), held_out=True)
        bottom = crop_of(scene, cut)
        truth = Image.fromarray(scene.picture)
        small = truth.resize((round(WIDTH * scale), round(HEIGHT * scale)), Image.Resampling.BOX)
        soft = np.asarray(small.filter(ImageFilter.GaussianBlur(softness)), np.float32)
        tinted = (soft * (1.05, 1, 0.94) + (3, 0, -4)).round().clip(0, 255).astype(np.uint8)
        painted = Painted(Image.fromarray(tinted), Box(0, 0, WIDTH, HEIGHT))
        canvas = Canvas(Size(WIDTH, HEIGHT), Box(0, 0, WIDTH, bottom))
        result = compose(painted, truth.crop(canvas.photo.edges), canvas)
        ratios.append(
            (
                step_ratio(np.asarray(result), scene.picture, bottom),
                step_ratio(scene.picture, scene.picture, bottom),
            )
        )
    ours, true = np.mean(ratios, axis=0)
    assert ours == pytest.approx(true, rel=0.1)
