"""The command line: `python -m bot serve|doctor`."""

import asyncio
import gc
import os
from typing import NoReturn

import typer
from rich.console import Console

from bot.settings import Settings
from pipeline.doctor import Finding
from pipeline.errors import StudioError

app = typer.Typer(
    help="The bot that people talk to.", no_args_is_help=True, pretty_exceptions_enable=False
)
log = Console(stderr=True, highlight=False)
out = Console(highlight=False)


@app.command()
def serve() -> None:
    """Start every platform that has a token, and paint in this process."""
    from bot import logs
    from bot.serving import serve as run

    try:
        settings = Settings.from_environ(os.environ)
        logs.set_up(level=settings.log_level, as_json=settings.json_logs)
        gc.freeze()  # what is loaded stays, and to look through it would hold everybody up
        asyncio.run(run(settings))
    except StudioError as error:
        _refuse(str(error))


@app.command()
def doctor() -> None:
    """Check the data folder, the database, the token, and what paints."""
    try:
        settings = Settings.from_environ(os.environ)
    except StudioError as error:
        _refuse(str(error))
    healthy = True
    for finding in asyncio.run(_findings(settings)):
        mark = "[green]ok[/]" if finding.good else "[yellow]--[/]"
        out.print(f"{mark}  [bold]{finding.what}[/]: {finding.says}", soft_wrap=True)
        healthy &= finding.good or not finding.needed
    if not healthy:
        raise typer.Exit(1)


async def _findings(settings: Settings) -> list[Finding]:
    from bot.doctor import findings
    from pipeline.doctor import findings as painting

    return [finding async for finding in findings(settings)] + list(painting())


def _refuse(sentence: str) -> NoReturn:
    log.print(f"[red]{sentence}[/]", soft_wrap=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    app()
