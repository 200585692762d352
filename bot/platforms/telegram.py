"""Telegram as a platform: what is shown becomes calls of the Bot API.

Nothing here waits for its turn or tries again: that is the sender's work.
"""

import asyncio
import io
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from telegram import Bot, InputFile, InputMediaPhoto, LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatAction
from telegram.error import BadRequest

from bot.incoming import Place, Remote
from bot.platform import Action, FileTooLarge, Shown, Unreachable
from bot.platforms.telegram_account import API, Account, open_bot
from bot.platforms.telegram_buttons import Buttons
from bot.platforms.telegram_errors import (
    LATE_PRESS,
    NO_MESSAGE,
    NO_TEXT,
    UNCHANGED,
    as_platform_errors,
    quiet_on,
    says,
)
from bot.platforms.telegram_limits import (
    ANSWER,
    CAPTION,
    FILE_BYTES,
    TEXT,
    check_photo,
    cut,
)

PATIENCE_WITH_FILES = 60.0  # seconds for Telegram to take a picture in
LONGEST_DOWNLOAD = 120.0  # seconds
PICTURE = "picture.jpg"
REMEMBERED = 4096  # messages that are known to hold a picture

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_ACTIONS = {Action.TYPING: ChatAction.TYPING, Action.UPLOADING: ChatAction.UPLOAD_PHOTO}


class Telegram:
    """Shows things on Telegram.

    Attributes:
        account: The bot's own side of it.
    """

    def __init__(self, bot: Bot, account: Account, *, public: str | None = None) -> None:
        self.account = account
        self._bot = bot
        self._buttons = Buttons(public, lambda: account.username)
        self._pictured: dict[tuple[str, str], None] = {}

    @property
    def name(self) -> str:
        return "telegram"

    async def fetch(self, remote: Remote) -> bytes:
        """Download a file that somebody sent; see `Platform.fetch`."""
        try:
            with as_platform_errors():
                async with asyncio.timeout(LONGEST_DOWNLOAD):
                    file = await self._bot.get_file(remote.file)
                    content = await file.download_as_bytearray()
        except TimeoutError as error:
            raise Unreachable("the download took too long") from error
        if file.file_size not in (None, len(content)):
            raise Unreachable(f"{len(content)} bytes of {file.file_size}")
        return bytes(content)

    async def post(self, place: Place, shown: Shown, *, reply_to: str | None = None) -> str:
        """Send a message and return its id; see `Platform.post`."""
        if shown.picture is not None:
            return await self._post_photo(place, shown, shown.picture, reply_to)
        with as_platform_errors():
            message = await self._bot.send_message(
                int(place.chat),
                cut(shown.text, TEXT),
                message_thread_id=_thread(place),
                reply_parameters=_reply(reply_to),
                reply_markup=self._buttons.lay_out(place, shown.rows),
                link_preview_options=_NO_PREVIEW,
            )
        return str(message.message_id)

    async def edit(self, place: Place, message: str, shown: Shown) -> None:
        """Change a message; see `Platform.edit`."""
        with as_platform_errors(), quiet_on(UNCHANGED):
            if shown.picture is not None:
                await self._edit_photo(place, message, shown, shown.picture)
            elif (place.chat, message) in self._pictured:
                await self._edit_caption(place, message, shown)
            else:
                await self._edit_text(place, message, shown)

    async def strip(self, place: Place, message: str) -> None:
        """Take the buttons off a message; see `Platform.strip`."""
        with as_platform_errors(), quiet_on(UNCHANGED, *NO_MESSAGE):
            await self._bot.edit_message_reply_markup(int(place.chat), int(message))

    async def send_file(
        self, place: Place, content: bytes, name: str, *, caption: str | None = None
    ) -> str:
        """Send a file, byte for byte; see `Platform.send_file`."""
        if len(content) > FILE_BYTES:
            raise FileTooLarge(f"a file of {len(content)} bytes")
        with as_platform_errors():
            message = await self._bot.send_document(
                int(place.chat),
                _upload(content, name),
                caption=None if caption is None else cut(caption, CAPTION),
                message_thread_id=_thread(place),
                disable_content_type_detection=True,
                read_timeout=PATIENCE_WITH_FILES,
            )
        return str(message.message_id)

    async def answer(self, press: str, text: str | None) -> None:
        """Answer a press; see `Platform.answer`."""
        told = None if text is None else cut(text, ANSWER)
        with as_platform_errors(), quiet_on(*LATE_PRESS):
            await self._bot.answer_callback_query(press, told)

    async def act(self, place: Place, action: Action) -> None:
        """Show for a few seconds what the bot is doing; see `Platform.act`."""
        with as_platform_errors():
            await self._bot.send_chat_action(
                int(place.chat), _ACTIONS[action], message_thread_id=_thread(place)
            )

    async def _post_photo(
        self, place: Place, shown: Shown, picture: bytes, reply_to: str | None
    ) -> str:
        check_photo(picture)
        with as_platform_errors():
            message = await self._bot.send_photo(
                int(place.chat),
                _upload(picture, PICTURE),
                caption=cut(shown.text, CAPTION),
                message_thread_id=_thread(place),
                reply_parameters=_reply(reply_to),
                reply_markup=self._buttons.lay_out(place, shown.rows),
                read_timeout=PATIENCE_WITH_FILES,
            )
        self._remember(place, str(message.message_id))
        return str(message.message_id)

    async def _edit_photo(self, place: Place, message: str, shown: Shown, picture: bytes) -> None:
        check_photo(picture)
        await self._bot.edit_message_media(
            InputMediaPhoto(
                _upload(picture, PICTURE, attach=True), caption=cut(shown.text, CAPTION)
            ),
            int(place.chat),
            int(message),
            reply_markup=self._buttons.lay_out(place, shown.rows),
            read_timeout=PATIENCE_WITH_FILES,
        )
        self._remember(place, message)

    async def _edit_text(self, place: Place, message: str, shown: Shown) -> None:
        try:
            await self._bot.edit_message_text(
                cut(shown.text, TEXT),
                int(place.chat),
                int(message),
                reply_markup=self._buttons.lay_out(place, shown.rows),
                link_preview_options=_NO_PREVIEW,
            )
        except BadRequest as error:
            if not says(error, NO_TEXT):
                raise
            self._remember(place, message)
            await self._edit_caption(place, message, shown)

    async def _edit_caption(self, place: Place, message: str, shown: Shown) -> None:
        await self._bot.edit_message_caption(
            int(place.chat),
            int(message),
            caption=cut(shown.text, CAPTION),
            reply_markup=self._buttons.lay_out(place, shown.rows),
        )

    def _remember(self, place: Place, message: str) -> None:
        """Note that a message holds a picture: one call less for each later edit of its words."""
        self._pictured[(place.chat, message)] = None
        if len(self._pictured) > REMEMBERED:
            del self._pictured[next(iter(self._pictured))]


@asynccontextmanager
async def open_telegram(
    token: str, api: str = API, *, public: str | None = None
) -> AsyncGenerator[Telegram]:
    """Open the connections to Telegram; nothing is asked of it yet.

    Args:
        token: Of the bot.
        api: Where the Bot API is.
        public: Where people reach the bot's own pages; None where they do not.
    """
    async with open_bot(token, api) as (bot, account):
        yield Telegram(bot, account, public=public)


def _upload(content: bytes, name: str, *, attach: bool = False) -> InputFile:
    # Bytes would go out in one piece, which holds up everything else.
    return InputFile(io.BytesIO(content), filename=name, attach=attach, read_file_handle=False)


def _thread(place: Place) -> int | None:
    return None if place.thread is None else int(place.thread)


def _reply(message: str | None) -> ReplyParameters | None:
    if message is None:
        return None
    return ReplyParameters(int(message), allow_sending_without_reply=True)
