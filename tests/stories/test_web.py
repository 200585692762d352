"""Whole exchanges on the web chat over real HTTP: photo, pose, refine, file; and what breaks."""

from io import BytesIO
from pathlib import Path

from PIL import Image

from tests.bot.fakes import photo_bytes
from tests.web.living import DONE, POSED, has, web_bot
from tests.web.page import Message, Page, page

PATIENCE = 20.0


async def completed(ana: Page, caption: str = "") -> Message:
    """Upload a photo and wait until it is completed."""
    status, _ = await ana.sends_photo(photo_bytes(), caption)
    assert status == 202
    return await ana.sees(has(POSED), within=PATIENCE)


async def test_from_photo_to_lossless_file(tmp_path: Path):
    async with web_bot(tmp_path) as url, page(url) as ana:
        card = await completed(ana, "a man in blue jeans")
        await ana.taps(card, "4 left knee")
        card = await ana.sees(has("→"))
        press = await ana.taps(card, "→")
        assert (await ana.is_answered(press))["text"] == "left knee → 10"
        await ana.sees("Changed.")
        await ana.taps(card, POSED)
        result = await ana.sees(has(DONE), within=PATIENCE)
        assert result.id == card.id, "the card that was watched becomes the result"
        await ana.taps(result, "File")
        sent = await ana.sees(lambda message: message.file is not None, within=PATIENCE)
        assert sent.file is not None
        with Image.open(BytesIO(await ana.fetches(sent.file["url"]))) as picture:
            assert (picture.format, picture.size) == ("PNG", (160, 320))
