"""How Discord refuses a call: a status, a number and a sentence."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


def parts_of(told: Json, name: str) -> list[Json]:
    """Read a list of objects that may be missing."""
    return told.get(name) or []


def part_of(told: Json, name: str) -> Json:
    """Read an object that may be missing."""
    return told.get(name) or {}


class DiscordError(Exception):
    """A refusal.

    Attributes:
        status: Of HTTP.
        code: Discord's own number.
        more: What else its body tells, such as `retry_after`.
        headers: What its head tells.
    """

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        *,
        more: Json | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.more = more or {}
        self.headers = dict(headers or {})

    def wire(self) -> Json:
        return {"message": self.message, "code": self.code} | self.more


def invalid(field: str, code: str, message: str) -> DiscordError:
    """Refuse one field of a body; parts of its name are told apart by dots."""
    errors: Json = {"_errors": [{"code": code, "message": message}]}
    for part in reversed(field.split(".")):
        errors = {part: errors}
    return DiscordError(400, 50035, "Invalid Form Body", more={"errors": errors})


def too_long(field: str, most: int) -> DiscordError:
    return invalid(field, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")


def required(field: str) -> DiscordError:
    return invalid(field, "BASE_TYPE_REQUIRED", "This field is required")


def unknown(code: int, what: str) -> DiscordError:
    return DiscordError(404, code, f"Unknown {what}")


UNAUTHORIZED = DiscordError(401, 0, "401: Unauthorized")
NOT_FOUND = DiscordError(404, 0, "404: Not Found")
TOO_LARGE = DiscordError(413, 40005, "Request entity too large")
EMPTY_MESSAGE = DiscordError(400, 50006, "Cannot send an empty message")
ACKNOWLEDGED = DiscordError(400, 40060, "Interaction has already been acknowledged.")
EXPIRED = DiscordError(401, 50027, "Invalid Webhook Token")
MISSING_ACCESS = DiscordError(403, 50001, "Missing Access")
MISSING_PERMISSIONS = DiscordError(403, 50013, "Missing Permissions")
NOT_AUTHOR = DiscordError(403, 50005, "Cannot edit a message authored by another user")
CLOSED_DM = DiscordError(403, 50007, "Cannot send messages to this user")
TOO_MANY_FOLLOW_UPS = DiscordError(
    400, 40094, "This interaction has reached the maximum number of follow-up messages"
)


def unknown_interaction() -> DiscordError:
    return unknown(10062, "interaction")


def unknown_webhook() -> DiscordError:
    return unknown(10015, "Webhook")


def unknown_message() -> DiscordError:
    return unknown(10008, "Message")


def unknown_channel() -> DiscordError:
    return unknown(10003, "Channel")
