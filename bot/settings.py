"""How this bot is run, read once from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.errors import StudioError

PREFIX = "TOEFRAME_"
TELEGRAM_API = "https://api.telegram.org"
_YES, _NO = frozenset({"1", "yes", "true", "on"}), frozenset({"0", "no", "false", "off"})


class SettingsError(StudioError):
    """A setting cannot be used; the sentence names it and says what would do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that differs between one bot and another.

    Attributes:
        telegram_token: None starts no Telegram.
        telegram_api: Where the Bot API is; methods and files are both found from it.
        discord_token: None starts no Discord.
        discord_api: Where Discord's REST API is, without its version; None is Discord's own.
        discord_gateway: Where its gateway is, a WebSocket address; None is Discord's own.
        web: Whether the page for those without an account anywhere is served.
        data: Folder of the database and the pictures.
        database: SQLAlchemy URL; None is an SQLite file in `data`.
        public_url: Where people reach this machine from outside: the skeleton editor is opened
            there, and Telegram posts to it if it is https.
        host: The address that HTTP is served on.
        port: The port that HTTP is served on.
        profile: Which models paint: auto, tiny, sd15, or a folder.
        allowed: Users and chats who may use the bot, as `telegram:1234`; empty lets everybody.
        admins: Users who may ask for `/stats`, written alike; no quota counts for them.
        daily: How many pictures a person may order in 24 hours; 0 is no limit.
        waiting: How many orders of one person may wait or run at once.
        metrics_port: Of `/metrics` and `/healthz`, on loopback; 0 serves neither.
        json_logs: Whether a log line is a JSON object.
        log_level: The least level that is logged.
    """

    telegram_token: str | None = field(default=None, repr=False)
    telegram_api: str = TELEGRAM_API
    discord_token: str | None = field(default=None, repr=False)
    discord_api: str | None = None
    discord_gateway: str | None = None
    web: bool = False
    data: Path = Path("data")
    database: str | None = field(default=None, repr=False)
    public_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8080
    profile: str = "auto"
    allowed: frozenset[str] = frozenset()
    admins: frozenset[str] = frozenset()
    daily: int = 100
    waiting: int = 10
    metrics_port: int = 9464
    json_logs: bool = False
    log_level: str = "INFO"

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite+aiosqlite:///{self.data / 'toeframe.sqlite3'}"

    @property
    def pictures(self) -> Path:
        return self.data / "pictures"

    @property
    def is_public(self) -> bool:
        """Whether people reach this machine safely from outside."""
        return self.public_url is not None and self.public_url.startswith("https:")

    def allows(self, *names: str) -> bool:
        """Whether one of these users or chats may use the bot."""
        return not self.allowed or any(name in self.allowed | self.admins for name in names)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings; what is not set, or set to nothing, has its default.

        Raises:
            SettingsError: A value cannot be used.
        """
        given = _Given(environ)
        telegram, discord = given.text("TELEGRAM_TOKEN"), given.text("DISCORD_TOKEN")
        return cls(
            telegram_token=telegram,
            telegram_api=given.url("TELEGRAM_API_BASE") or TELEGRAM_API,
            discord_token=discord,
            discord_api=given.url("DISCORD_API_BASE"),
            discord_gateway=given.url("DISCORD_GATEWAY", ("ws", "wss")),
            web=given.flag("WEB", default=telegram is None and discord is None),
            data=Path(given.text("DATA_DIR") or "data"),
            database=given.text("DATABASE_URL"),
            public_url=given.url("PUBLIC_URL"),
            host=given.text("HOST") or "127.0.0.1",
            port=given.number("PORT", 8080, most=65535),
            profile=given.text("PROFILE") or "auto",
            allowed=given.names("ALLOWED"),
            admins=given.names("ADMINS"),
            daily=given.number("DAILY", 100),
            waiting=given.number("WAITING", 10, least=1),
            metrics_port=given.number("METRICS_PORT", 9464, most=65535),
            json_logs=given.flag("JSON_LOGS"),
            log_level=given.choice("LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR")),
        )


@dataclass(frozen=True, slots=True)
class _Given:
    """The environment, read with a sentence for each thing that may be wrong."""

    environ: Mapping[str, str]

    def text(self, name: str) -> str | None:
        return self.environ.get(PREFIX + name, "").strip() or None

    def number(self, name: str, default: int, *, least: int = 0, most: int = 1_000_000) -> int:
        told = self.text(name)
        if told is None:
            return default
        if not (told.isascii() and told.isdigit() and least <= int(told) <= most):
            raise SettingsError(
                f"{PREFIX}{name} must be a whole number from {least} to {most}; it is {told[:40]}."
            )
        return int(told)

    def flag(self, name: str, *, default: bool = False) -> bool:
        told = (self.text(name) or ("yes" if default else "no")).lower()
        if told not in _YES | _NO:
            raise SettingsError(f"{PREFIX}{name} must be yes or no; it is {told[:40]}.")
        return told in _YES

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        told = (self.text(name) or choices[0]).upper()
        if told not in choices:
            raise SettingsError(f"{PREFIX}{name} must be one of {', '.join(choices)}.")
        return told

    def url(self, name: str, schemes: tuple[str, ...] = ("http", "https")) -> str | None:
        told = self.text(name)
        if told is None:
            return None
        parts = urlsplit(told)
        if parts.scheme not in schemes or not parts.netloc:
            raise SettingsError(f"{PREFIX}{name} must be an {' or '.join(schemes)} address.")
        return told.rstrip("/")

    def names(self, name: str) -> frozenset[str]:
        """Read `telegram:1, telegram:-2`; a bare number is Telegram's."""
        told = (self.text(name) or "").replace(",", " ").split()
        named = (one if ":" in one else f"telegram:{one}" for one in told)
        return frozenset(named)
