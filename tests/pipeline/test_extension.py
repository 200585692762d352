import pytest

from pipeline.errors import StudioError
from pipeline.extension import AUTO, Amount, Unit, parse_amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("auto", AUTO),
        (" AUTO ", AUTO),
        ("60%", Amount(Unit.SHARE, 0.6)),
        ("12.5 %", Amount(Unit.SHARE, 0.125)),
        ("512px", Amount(Unit.PIXELS, 512)),
        ("512", Amount(Unit.PIXELS, 512)),
        ("512 px", Amount(Unit.PIXELS, 512)),
        ("0", Amount(Unit.PIXELS, 0)),
        ("0%", Amount(Unit.SHARE, 0)),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, amount: Amount):
    assert parse_amount(text) == amount
    assert parse_amount(str(amount)) == amount


@pytest.mark.parametrize(
    "text", ["", "much", "-5", "5cm", "60%%", "1e3", "nan", "٦٠%", "9" * 30, "60 % px", "inf%"]
)
def test_what_is_no_amount_is_answered_with_one_that_is(text: str):
    with pytest.raises(StudioError, match=r"Say auto, 60% or 512px\."):
        parse_amount(text)
