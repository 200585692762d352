"""How often a bot may call: buckets as Discord tells of in its headers, and one for all."""

import hashlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.discord.errors import DiscordError

VIA = {"Via": "1.1 google"}  # without it a library takes a 429 for one of the proxy before Discord


@dataclass(frozen=True, slots=True)
class Allowed:
    """So many calls in so many seconds."""

    calls: int
    seconds: float


ROUTES = {
    "post": Allowed(5, 5.0),
    "edit": Allowed(5, 5.0),
    "delete": Allowed(5, 1.0),
    "typing": Allowed(5, 5.0),
    "set_commands": Allowed(5, 20.0),
    "respond": Allowed(5, 2.0),
}
ALL = Allowed(50, 1.0)
SHUT_OUT = Allowed(10_000, 600.0)  # calls refused as 401, 403 or 429 until a machine is shut out
EXEMPT = frozenset({"callback", "respond"})  # interactions do not count for the whole


@dataclass(slots=True)
class _Window:
    until: float = 0.0
    used: int = 0


@dataclass(slots=True)
class Limits:
    """Counts calls; whoever goes too fast is told when to come again.

    Attributes:
        routes: What is allowed, by the name of a group of calls.
        refused: The calls that were answered with 429.
        invalid: When calls were refused as 401, 403 or 429.
    """

    now: Callable[[], float]
    routes: dict[str, Allowed] = field(default_factory=lambda: dict(ROUTES))
    overall: Allowed = ALL
    shut_out: Allowed = SHUT_OUT
    refused: list[str] = field(default_factory=list[str])
    invalid: deque[float] = field(default_factory=deque[float])
    _windows: dict[tuple[str, str], _Window] = field(default_factory=dict[tuple[str, str], _Window])

    def note(self, status: int) -> None:
        """Count an answer towards shutting a machine out."""
        if status in (401, 403, 429):
            self.invalid.append(self.now())
        while self.invalid and self.now() - self.invalid[0] > self.shut_out.seconds:
            self.invalid.popleft()

    @property
    def is_shut_out(self) -> bool:
        self.note(0)
        return len(self.invalid) >= self.shut_out.calls

    def count(self, route: str, major: str) -> dict[str, str]:
        """Count one call, and return the headers that tell what is left.

        Raises:
            DiscordError: 429, with the seconds to wait.
        """
        if route not in EXEMPT:
            self._take(route, "*", "*", self.overall, is_global=True)
        allowed = self.routes.get(route)
        return {} if allowed is None else self._take(route, route, major, allowed)

    def _take(
        self, call: str, name: str, major: str, allowed: Allowed, *, is_global: bool = False
    ) -> dict[str, str]:
        now, window = self.now(), self._windows.setdefault((name, major), _Window())
        if window.until <= now:
            window.until, window.used = now + allowed.seconds, 0
        window.used += 1
        left = max(0, allowed.calls - window.used)
        headers = {
            "X-RateLimit-Limit": str(allowed.calls),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": f"{window.until:.3f}",
            "X-RateLimit-Reset-After": f"{window.until - now:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(name.encode()).hexdigest()[:32],
        }
        if window.used > allowed.calls:
            self.refused.append(call)
            scope = "global" if is_global else "user"
            raise busy(window.until - now, scope, headers)
        return headers


def busy(
    seconds: float, scope: str = "user", headers: dict[str, str] | None = None
) -> DiscordError:
    """Refuse a call that came too fast."""
    told = {"retry_after": round(seconds, 3), "global": scope == "global"}
    head = {
        **(headers or {}),
        **VIA,
        "Retry-After": str(max(1, round(seconds))),
        "X-RateLimit-Scope": scope,
    }
    if scope == "global":
        head["X-RateLimit-Global"] = "true"
    return DiscordError(429, 0, "You are being rate limited.", more=told, headers=head)
