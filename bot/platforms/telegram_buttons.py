"""Buttons as Telegram has them; the skeleton editor opens as a Mini App where that may be."""

from collections.abc import Callable, Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, WebAppInfo

from bot.grammar import read_token
from bot.incoming import Place
from bot.platform import Label

ROW = 8  # buttons side by side


class Buttons:
    """Lays buttons out.

    Args:
        public: Where people reach the bot's pages from outside; None where they do not.
        username: Tells the bot's own name, or None while it is not known.
    """

    def __init__(self, public: str | None, username: Callable[[], str | None]) -> None:
        self._public = public
        self._username = username

    def lay_out(self, place: Place, rows: Sequence[Sequence[Label]]) -> InlineKeyboardMarkup | None:
        """Lay rows out; one that is too long goes on in the next one."""
        known = [[self._button(place, label) for label in row] for row in rows]
        shown = [[button for button in row if button is not None] for row in known]
        short = [row[at : at + ROW] for row in shown for at in range(0, len(row), ROW)]
        return InlineKeyboardMarkup(short) if short else None

    def _button(self, place: Place, label: Label) -> InlineKeyboardButton | None:
        if not label.editor:
            return InlineKeyboardButton(label.text, callback_data=label.token)
        return self._editor(place, label)

    def _editor(self, place: Place, label: Label) -> InlineKeyboardButton | None:
        """Open the editor at once, or by a link that the press is answered with; or not at all."""
        if self._public is None:
            return None
        session = read_token(label.token).session
        if not self._public.startswith("https:"):  # no Mini App: for who tries it on one machine
            pressed = InlineKeyboardButton(label.text, callback_data=label.token)
            return None if place.is_group else pressed
        if not place.is_group:
            app = WebAppInfo(f"{self._public}/edit?session={session}")
            return InlineKeyboardButton(label.text, web_app=app)
        name = self._username()
        link = f"https://t.me/{name}?startapp={session}"
        return InlineKeyboardButton(label.text, url=link) if name else None
