"""Pictures: files by the hash of their content, and who needs which."""

import asyncio
import errno
import os
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.columns import now
from storage.database import StorageError, StorageFull, insert_new
from storage.models import PictureRow, PictureUseRow

HASH_LENGTH = 64  # hexadecimal digits
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class Pictures:
    """A folder of files, each under the hash of its content."""

    folder: Path

    async def put(self, content: bytes) -> str:
        """Store a file durably; return its hash.

        Raises:
            StorageError: It cannot be written, for want of room or otherwise; nothing was.
        """
        return await asyncio.to_thread(self._put, content)

    async def get(self, picture: str) -> bytes:
        """Return a file by its hash.

        Raises:
            KeyError: There is none, or not any more.
        """
        return await asyncio.to_thread(self._get, picture)

    async def remove(self, hashes: Collection[str]) -> None:
        """Remove files; those that are not there are no matter."""
        await asyncio.to_thread(self._remove, hashes)

    async def prefixes(self) -> list[str]:
        """List the two digits with which the hashes of stored files begin."""
        return await asyncio.to_thread(self._prefixes)

    async def remove_unknown(self, prefix: str, known: Collection[str], before: datetime) -> None:
        """Remove the files under two digits that are not known and were put before then."""
        await asyncio.to_thread(self._remove_unknown, prefix, frozenset(known), before)

    def _put(self, content: bytes) -> str:
        picture = sha256(content).hexdigest()
        try:
            _write_new(self._file(picture), content)
        except OSError as error:
            kind = StorageFull if error.errno in _NO_ROOM else StorageError
            raise kind(str(error)) from error
        return picture

    def _get(self, picture: str) -> bytes:
        try:
            return self._file(picture).read_bytes()
        except FileNotFoundError as error:
            raise KeyError(picture) from error

    def _remove(self, hashes: Collection[str]) -> None:
        for picture in hashes:
            self._file(picture).unlink(missing_ok=True)

    def _prefixes(self) -> list[str]:
        return [folder.name for folder in self.folder.glob("sha256/??")]

    def _remove_unknown(self, prefix: str, known: frozenset[str], before: datetime) -> None:
        for file in self.folder.glob(f"sha256/{prefix}/*"):
            if file.name not in known and file.stat().st_mtime < before.timestamp():
                file.unlink()

    def _file(self, picture: str) -> Path:
        if len(picture) != HASH_LENGTH or not set(picture) <= set("0123456789abcdef"):
            raise KeyError(picture)
        return self.folder / "sha256" / picture[:2] / picture


def _write_new(file: Path, content: bytes) -> None:
    try:
        os.utime(file)  # its time tells that it was wanted again
    except FileNotFoundError:
        file.parent.mkdir(parents=True, exist_ok=True)
        _write(file, content)


def _write(file: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, whenever the power fails."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(file.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


async def note(db: AsyncSession, picture: str, size: int, mime: str) -> None:
    """Write down that a file was stored."""
    values = {"hash": picture, "size": size, "mime": mime}
    if await insert_new(db, PictureRow, values) is None:
        row = PictureRow.hash == picture
        await db.execute(update(PictureRow).where(row).values(created_at=now()))


async def use(
    db: AsyncSession,
    session_id: str,
    hashes: Collection[str],
    *,
    photos: Collection[str] = (),
) -> None:
    """Set which pictures a session needs; those that are gone already are left out.

    Args:
        db: The transaction.
        session_id: Who needs them.
        hashes: All that it needs.
        photos: Those of them that are files as the person sent them, which are kept less long.
    """
    of_session = PictureUseRow.session_id == session_id
    used = set(await db.scalars(select(PictureUseRow.hash).where(of_session)))
    dropped = used - set(hashes)
    if dropped:
        await db.execute(delete(PictureUseRow).where(of_session, PictureUseRow.hash.in_(dropped)))
    added = select(PictureRow.hash).where(PictureRow.hash.in_(set(hashes) - used))
    for picture in (await db.scalars(added)).all() if set(hashes) - used else ():
        row = {"session_id": session_id, "hash": picture, "is_photo": picture in photos}
        await db.execute(insert(PictureUseRow).values(**row))


async def unused(db: AsyncSession, before: datetime) -> set[str]:
    """Return the pictures that were noted before then and that no session needs."""
    is_used = exists().where(PictureUseRow.hash == PictureRow.hash)
    old = select(PictureRow.hash).where(PictureRow.created_at < before, ~is_used)
    return set(await db.scalars(old))


async def known(db: AsyncSession, prefix: str) -> set[str]:
    """Return the pictures whose hashes begin with two digits."""
    begins = PictureRow.hash.between(prefix, prefix.ljust(HASH_LENGTH, "f"))
    return set(await db.scalars(select(PictureRow.hash).where(begins)))


async def drop(db: AsyncSession, hashes: Collection[str]) -> None:
    """Strike pictures off; their files are to be removed once the transaction has committed."""
    await db.execute(delete(PictureRow).where(PictureRow.hash.in_(hashes)))
