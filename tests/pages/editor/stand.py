"""A living bot whose engine finds the people that a test wants, and somebody who chats with it."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from PIL import Image

from bot.words import say, text
from pipeline.jobs import Prepared, PrepareJob, RefineJob, Report
from pipeline.skeleton import Joint, Keypoint, Skeleton
from tests.bot.fakes import FakeEngine
from tests.pages.browser import Opened
from tests.pages.living import living_page
from tests.web.editing import Editing, editor
from tests.web.living import has
from tests.web.page import Json, Page, page

PHOTO_WIDTH, PHOTO_HEIGHT = 768, 720
WIDTH, HEIGHT = PHOTO_WIDTH, 1152  # of the canvas: the engine adds 60 percent below
UNSEEN = ("ANKLE", "TOE", "HEEL")
# Offsets from the neck of somebody whose shoulder is 38 pixels from it: right side, mirrored.
MIDDLE = {Joint.NOSE: (0, -40), Joint.NECK: (0, 0)}
RIGHT = {
    Joint.RIGHT_SHOULDER: (-38, 2),
    Joint.RIGHT_ELBOW: (-52, 66),
    Joint.RIGHT_WRIST: (-50, 120),
    Joint.RIGHT_HIP: (-22, 122),
    Joint.RIGHT_KNEE: (-28, 220),
    Joint.RIGHT_ANKLE: (-26, 316),
    Joint.RIGHT_EYE: (-8, -48),
    Joint.RIGHT_EAR: (-18, -42),
    Joint.RIGHT_HEEL: (-22, 328),
    Joint.RIGHT_BIG_TOE: (-32, 346),
    Joint.RIGHT_SMALL_TOE: (-46, 342),
}
ALONE = (330.0, 330.0, 2.0)
CROWD = (ALONE, (120.0, 420.0, 1.6), (640.0, 400.0, 1.7))


def standing(x: float, y: float, size: float) -> Skeleton:
    """Place somebody with the neck at a place; feet are guessed."""
    left = {joint.mirrored: (-dx, dy) for joint, (dx, dy) in RIGHT.items()}
    return Skeleton(
        {
            joint: Keypoint(x + size * dx, y + size * dy, 0.9, guessed=joint.name.endswith(UNSEEN))
            for joint, (dx, dy) in {**MIDDLE, **RIGHT, **left}.items()
        }
    )


@dataclass
class Finder(FakeEngine):
    """Finds the people that it is told to find.

    Attributes:
        people: Canvas pixels.
    """

    people: Sequence[Skeleton] = ()

    def prepare(self, job: PrepareJob, report: Report) -> Prepared:
        prepared, found = super().prepare(job, report), tuple(self.people)
        version = replace(prepared.version, skeletons=found)
        return replace(prepared, version=version, planned=found, detected=found)


@dataclass(kw_only=True)
class Stand:
    """A bot with a photo that was completed.

    Attributes:
        url: Where it is.
        chat: The chat of whoever sent the photo.
        engine: What paints.
    """

    url: str
    chat: Page
    engine: Finder
    jobs: list[object]

    async def token(self) -> str:
        """Ask for the editor; return what stands behind the `#` of the link."""
        label = say(text("button.editor"), self.chat.language)
        pressed = await self.chat.taps(await self.chat.sees(has(label)), label)
        link = str((await self.chat.is_answered(pressed))["link"])
        assert link.startswith("/edit#")
        return link.partition("#")[2]

    @asynccontextmanager
    async def elsewhere(self) -> AsyncGenerator[Editing]:
        """Open the editor in another browser."""
        async with editor(self.url, await self.token()) as opened:
            yield opened

    async def document(self) -> Json:
        """Tell the picture and its people as they stand now."""
        async with self.elsewhere() as opened:
            return opened.document

    async def people(self) -> list[Json]:
        return (await self.document())["people"]

    async def person(self) -> Json:
        """Tell the first of the people."""
        return (await self.people())[0]

    async def types(self, words: str) -> None:
        """Say something in the chat, and wait until it was taken in."""
        await self.chat.is_confirmed(await self.chat.types(words))

    @property
    def refined(self) -> list[RefineJob]:
        """What was painted anew."""
        return [job for job in self.jobs if isinstance(job, RefineJob)]


@asynccontextmanager
async def stood_up(
    people: Sequence[Skeleton], folder: Path, opened: Opened, *, language: str = "en"
) -> AsyncGenerator[Stand]:
    """Run a bot until the end, and have it complete a photo of these people."""
    jobs: list[object] = []
    engine = Finder(people=people, pace=0.001, began=jobs.append)
    async with (
        living_page(folder, opened, engine) as url,
        page(url, language=language) as chat,
    ):
        status, _ = await chat.sends_photo(_photo())
        assert status == 202
        await chat.sees(has(say(text("button.editor"), language)), within=30)
        yield Stand(url=url, chat=chat, engine=engine, jobs=jobs)


def _photo() -> bytes:
    file = BytesIO()
    with Image.open("pipeline/samples/astronaut.png") as photo:
        photo.convert("RGB").resize((PHOTO_WIDTH, PHOTO_WIDTH)).crop(
            (0, 0, PHOTO_WIDTH, PHOTO_HEIGHT)
        ).save(file, "JPEG", quality=85)
    return file.getvalue()
