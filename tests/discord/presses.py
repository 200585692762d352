"""What people do to a bot other than writing: commands, buttons, menus, filled forms."""

from dataclasses import dataclass, field

from tests.discord.errors import Json
from tests.discord.values import Channel, Message, User

COMMAND, COMPONENT, MODAL = 2, 3, 5  # types of interactions
MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, FORM = 4, 5, 6, 7, 8, 9  # types of answers
PATIENCE = 3.0  # seconds until the first answer
TOKEN_LIFE = 15 * 60.0


@dataclass(slots=True, kw_only=True, eq=False)
class Press:
    """One interaction, and what became of it.

    Attributes:
        kind: A command, a component or a filled form.
        token: With which it is answered.
        data: What was chosen.
        target: The message whose button it was, or that a form came from.
        answer: The type of the first answer; None as long as there is none.
        answered_in: Seconds until then.
        late: First answers that came too late.
        original: The message that the answer made or changed.
        is_open: Whether the message that was promised is not there yet.
        follow_ups: Messages that came by its token after the first answer.
        form: The form that it was answered with.
    """

    id: int
    kind: int
    user: User
    channel: Channel
    token: str
    at: float
    data: Json
    target: Message | None = None
    answer: int | None = None
    answered_in: float | None = None
    late: list[float] = field(default_factory=list[float])
    original: Message | None = None
    is_open: bool = False
    follow_ups: list[Message] = field(default_factory=list[Message])
    form: Json | None = None

    @property
    def said(self) -> list[str]:
        """What its answer and what followed tell the person, where it was a message."""
        own = [] if self.original is None or self.original is self.target else [self.original]
        return [message.text for message in own + self.follow_ups if not message.now.is_loading]

    def has_failed(self, now: float) -> bool:
        """Whether the person reads that the interaction failed."""
        return self.answer is None and now > self.at + PATIENCE
