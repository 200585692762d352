"""What Discord takes: lengths, files, and text that shall not be read as markup."""

import re

TEXT = 2000  # characters of a message
LABEL, OPTION = 80, 100  # characters on a button, of a menu's offer
ROWS, ROW, OFFERS = 5, 5, 25  # rows of a message, buttons side by side, offers of one menu
FILE_BYTES = 10 * 1024 * 1024  # where nobody says otherwise; boosted guilds allow more
FETCHED_BYTES = 50_000_000  # more is no photo that the bot could read
FORM_TITLE, FORM_LABEL = 45, 45
DESCRIPTION = 100  # characters of a command's or option's description
NONCE = 24  # characters; Discord takes 25
TOKEN_LIFE = 15 * 60.0  # seconds that an interaction can be answered
EDITABLE = 3600.0  # seconds after which the edits of a message are counted and capped
EPOCH = 1_420_070_400.0  # seconds; ids count milliseconds from here

# A `_` between letters is none, and lists look as they are written.
_MARKUP = re.compile(
    r"[\\*`]|~~|\|\||(?<!\w)_|_(?!\w)|^(?:>|-?#+ )|<(?=[@#:/a-z])|\[(?=[^\]]*\]\()", re.MULTILINE
)


def plain(text: str, most: int = TEXT) -> str:
    """Write a text so that it is shown as it stands, cut where it is too long."""
    return cut(_MARKUP.sub(lambda found: f"\\{found[0]}", text), most)


def cut(text: str, most: int) -> str:
    """Cut a text to so many characters, and show that something is missing."""
    return text if len(text) <= most else text[: most - 1].rstrip("\\ \n") + "…"


def written_at(message: str) -> float:
    """Tell when a message was written, as its id says."""
    return EPOCH + (int(message) >> 22) / 1000
