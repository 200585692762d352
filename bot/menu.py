"""The command menu that a platform shows, as data: names, and what is said about them."""

from bot.words import Text, text

MENU: tuple[tuple[str, Text], ...] = tuple(
    (name, text(f"menu.{name}"))
    for name in (
        "start",
        "help",
        "sample",
        "refine",
        "repaint",
        "again",
        "variants",
        "stances",
        "undo",
        "redo",
        "reset",
        "back",
        "forward",
        "auto",
        "extend",
        "prompt",
        "settings",
        "language",
        "file",
        "original",
        "done",
        "cancel",
        "status",
        "privacy",
        "forget",
    )
)
"""Commands in the order in which they are offered; `bot.grammar` reads each of them as it stands.

Those that need something said with them (`extend`, `prompt`) answer with an example.
"""
