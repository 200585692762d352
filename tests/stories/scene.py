"""A photo that is completed, with the skeleton editor open on it."""

from dataclasses import dataclass

from tests.bot.fakes import FakeEngine
from tests.web.editing import Editing
from tests.web.page import Json, Message, Page

KNEE = "left_knee"


@dataclass(frozen=True, slots=True)
class Scene:
    """Somebody whose photo is completed, with the editor open.

    Attributes:
        engine: What paints.
        page: Their chat.
        card: As it was when the editor was opened.
        editing: The editor.
        jobs: What was painted.
    """

    engine: FakeEngine
    page: Page
    card: Message
    editing: Editing
    jobs: list[object]


async def stands(scene: Scene) -> list[Json]:
    """Ask how everybody stands now, by saving what nobody changed."""
    status, told = await scene.editing.saves(scene.editing.people)
    assert status == 200, told
    return told["people"]
