"""A conversation for tests: it speaks, presses what the card shows, and plays the worker."""

from typing import Any

from bot.card import card_of
from bot.conversation import step
from bot.effects import Answer, Button, Card, Effect, Enqueue, Picture, Say, ShowCard
from bot.events import Event, PhotoSent, Prepared, Pressed, Refined, TextSent
from bot.saving import load_state, save_state
from bot.states import Made, State, Version
from bot.words import say
from pipeline.canvas import Canvas
from pipeline.geometry import Box, Size
from pipeline.skeleton import Joint, Keypoint, Skeleton
from tests.pipeline.people import whole_person

PERSON = whole_person()
OTHER = whole_person(middle=400)
CANVAS = Canvas(Size(500, 520), Box(0, 0, 500, 300))


def painted(picture: str, people: tuple[Skeleton, ...] = (), **facts: Any) -> Made:
    """Make up what a painter gives."""
    return Made(picture=picture, people=people, canvas=CANVAS, caption="a woman", **facts)


class Talk:
    """Keeps the state as a store would: written down and read back after each event."""

    def __init__(self) -> None:
        self.state = State(session="k3x9")
        self.effects: tuple[Effect, ...] = ()

    def tell(self, event: Event) -> tuple[Effect, ...]:
        state, self.effects = step(self.state, event)
        self.state = load_state(save_state(state))
        assert self.state == state
        return self.effects

    def say(self, said: str) -> tuple[Effect, ...]:
        return self.tell(TextSent(said))

    def press(self, label: str) -> tuple[Effect, ...]:
        return self.tell(Pressed(self.button(label).token))

    def pressed(self, button: Button) -> Event:
        """Press a button that is not on the card."""
        return Pressed(button.token)

    def button(self, label: str) -> Button:
        (found,) = [known for known in self.buttons if say(known.label) == label]
        return found

    def prepared(self, *people: Skeleton) -> "Talk":
        """Send a photo and complete it."""
        self.tell(PhotoSent("photo"))
        self.tell(Prepared(self.job, painted("first", people=people or (PERSON,))))
        return self

    def refined(self, *pictures: str) -> tuple[Effect, ...]:
        """Let the running job paint what was ordered."""
        assert self.state.work is not None
        people = self.state.work.order.people
        made = tuple(painted(picture, people=people) for picture in pictures)
        return self.tell(Refined(self.job, made))

    @property
    def job(self) -> int:
        assert self.state.work is not None
        return self.state.work.job

    @property
    def card(self) -> Card:
        return card_of(self.state)

    @property
    def lines(self) -> list[str]:
        return [say(line) for line in self.card.lines]

    @property
    def buttons(self) -> list[Button]:
        return [button for row in self.card.rows for button in row]

    @property
    def labels(self) -> list[str]:
        return [say(button.label) for button in self.buttons]

    @property
    def picture(self) -> Picture:
        assert self.card.picture is not None
        return self.card.picture

    @property
    def version(self) -> Version:
        assert self.state.version is not None
        return self.state.version

    def at(self, joint: Joint, person: int = 0) -> Keypoint:
        return self.version.pose.present[person].keypoints[joint]

    @property
    def ordered(self) -> list[Enqueue]:
        return [effect for effect in self.effects if isinstance(effect, Enqueue)]

    @property
    def answers(self) -> list[str]:
        texts = [effect.text for effect in self.effects if isinstance(effect, Answer)]
        return [say(text) if text else "" for text in texts]

    @property
    def said(self) -> list[str]:
        return [say(effect.text) for effect in self.effects if isinstance(effect, Say)]

    @property
    def shown(self) -> list[ShowCard]:
        return [effect for effect in self.effects if isinstance(effect, ShowCard)]
