"""Which painter carries a method out. All have the shape of `paint`."""

from collections.abc import Callable, Iterator, Mapping

from pipeline.gpu.models import Models
from pipeline.gpu.paint import Brush, People, Stroke, paint
from pipeline.gpu.pixel import paint_pixels
from pipeline.gpu.repaint import repaint
from pipeline.jobs import Method
from pipeline.sheet import Sheet

Painter = Callable[[Models, Sheet, People, Brush], Iterator[Stroke]]

# Re-noising is a second coat: `paint` lays both.
PAINTERS: Mapping[Method, Painter] = {
    Method.CONTROLNET: paint,
    Method.RENOISE: paint,
    Method.REPAINT: repaint,
    Method.PIXEL: paint_pixels,
}


def paint_by_method(models: Models, sheet: Sheet, people: People, brush: Brush) -> Iterator[Stroke]:
    """Paint what is unknown by the brush's method; see `paint`.

    Raises:
        ModelError: The method's weights are missing.
    """
    return PAINTERS[brush.method](models, sheet, people, brush)
