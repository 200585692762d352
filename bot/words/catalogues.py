"""Reads the gettext catalogues that lie beside this file."""

from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

DEFAULT = "en"
LANGUAGES = (DEFAULT, "ko")
SENTENCES = "toeframe"  # what the bot says, by key
RETOLD = "pipeline"  # what the pipeline says, by its English sentence

_LOCALE = Path(__file__).parent / "locale"


def catalogue(language: str, domain: str = SENTENCES) -> Catalog:
    """Read a catalogue as it is edited; one that does not hold together is an error."""
    file = _LOCALE / language / "LC_MESSAGES" / f"{domain}.po"
    with file.open("rb") as lines:
        return read_po(lines, locale=language, domain=domain, abort_invalid=True)


def compiled(source: Catalog) -> GNUTranslations:
    """Compile a catalogue in memory, so that nothing has to be built before the bot starts."""
    written = BytesIO()
    write_mo(written, source)
    written.seek(0)
    return GNUTranslations(written)
