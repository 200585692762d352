import asyncio
import errno
import os
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from storage import pictures
from storage.database import Database, StorageError, StorageFull
from storage.models import PictureRow, PictureUseRow
from storage.pictures import Pictures
from tests.storage.rows import HOUR, NOW, begin, count, picture, somebody

CONTENT = b"not really a picture"
NAME = sha256(CONTENT).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> Pictures:
    return Pictures(tmp_path / "pictures")


def files(store: Pictures) -> list[Path]:
    return [file for file in store.folder.rglob("*") if file.is_file()]


async def test_a_picture_is_kept_under_the_hash_of_its_content(store: Pictures):
    assert await store.put(CONTENT) == NAME
    assert await store.get(NAME) == CONTENT
    assert files(store) == [store.folder / "sha256" / NAME[:2] / NAME]


async def test_the_same_picture_is_kept_once(store: Pictures):
    names = await asyncio.gather(*(store.put(CONTENT) for _ in range(8)))
    assert (set(names), len(files(store))) == ({NAME}, 1)


async def test_a_picture_that_is_gone_is_a_key_error(store: Pictures):
    await store.put(CONTENT)
    await store.remove({NAME, "0" * 64})
    with pytest.raises(KeyError):
        await store.get(NAME)


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", NAME.upper(), NAME + "0"])
async def test_what_is_no_hash_leads_nowhere(store: Pictures, name: str):
    await store.put(CONTENT)
    with pytest.raises(KeyError):
        await store.get(name)


async def test_a_picture_for_which_there_is_no_room_leaves_nothing(
    store: Pictures, monkeypatch: pytest.MonkeyPatch
):
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull, match="No space"):
        await store.put(CONTENT)
    assert files(store) == []


async def test_a_folder_that_cannot_be_written_to_is_an_error_of_storage(store: Pictures):
    store.folder.write_bytes(b"a file where the folder should be")
    with pytest.raises(StorageError, match="Not a directory"):
        await store.put(CONTENT)


async def test_a_session_needs_the_pictures_that_it_was_set_to_need(database: Database):
    async with database.writing() as db:
        await begin(db, await somebody(db), "aaaaaaaa")
        first, second, third = [await picture(db, name) for name in (b"1", b"2", b"3")]
        await pictures.use(db, "aaaaaaaa", {first, second})
        await pictures.use(db, "aaaaaaaa", {second, third})
        assert set(await db.scalars(select(PictureUseRow.hash))) == {second, third}
        assert await pictures.unused(db, NOW + HOUR) == {first}
        await pictures.use(db, "aaaaaaaa", ())
        assert await count(db, PictureUseRow) == [0]


async def test_a_photo_is_told_from_a_result(database: Database):
    async with database.writing() as db:
        await begin(db, await somebody(db), "aaaaaaaa")
        photo, result = await picture(db, b"photo"), await picture(db, b"result")
        await pictures.use(db, "aaaaaaaa", {photo, result}, photos={photo})
        rows = await db.execute(select(PictureUseRow.hash, PictureUseRow.is_photo))
        assert {row.hash: row.is_photo for row in rows} == {photo: True, result: False}


async def test_a_picture_that_is_gone_cannot_be_needed(database: Database):
    async with database.writing() as db:
        await begin(db, await somebody(db), "aaaaaaaa")
        await pictures.use(db, "aaaaaaaa", {NAME, await picture(db, b"here")})
        assert await count(db, PictureUseRow) == [1]


async def test_a_picture_that_was_just_stored_is_not_yet_unused(database: Database):
    async with database.writing() as db:
        name = await picture(db, CONTENT)
        assert await pictures.unused(db, NOW - HOUR) == set()
        assert await pictures.unused(db, NOW + HOUR) == {name}
        await pictures.drop(db, {name})
        assert await count(db, PictureRow) == [0]


async def test_a_picture_that_is_noted_again_counts_as_new(database: Database):
    async with database.writing() as db:
        name = await picture(db, CONTENT)
        (first,) = await db.scalars(select(PictureRow.created_at))
        await picture(db, CONTENT)
        (second,) = await db.scalars(select(PictureRow.created_at))
        assert second > first
        assert await pictures.known(db, name[:2]) == {name}
