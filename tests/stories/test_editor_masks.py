"""Pictures that the skeleton editor shows, and masks that are drawn on them."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from PIL import Image

from bot.settings import Settings
from pipeline.jobs import RefineJob
from tests.bot.fakes import photo_bytes
from tests.stories.scene import Scene, stands
from tests.web.editing import editor, mask_of, posed, token_of
from tests.web.living import DONE, has, web_bot
from tests.web.page import page


async def test_the_picture_lies_on_the_canvas_however_tall_it_is(tmp_path: Path):
    async with web_bot(tmp_path) as url, page(url) as ana:
        card = await posed(ana, photo_bytes(160, 500))
        async with editor(url, await token_of(ana, card)) as opened:
            picture, canvas = await opened.picture(), opened.document["canvas"]
            assert picture.width / picture.height == pytest.approx(
                canvas["width"] / canvas["height"], rel=0.01
            )


async def test_a_picture_is_shown_to_who_was_let_in(scene: Scene):
    picture = await scene.editing.picture()
    assert picture.size == (160, 320)


async def test_a_mask_of_another_size_or_of_nothing_is_refused(scene: Scene):
    white = mask_of((160, 320), lambda mask: mask.paste(255, (0, 210, 160, 320)))
    for content in (mask_of((10, 10)), mask_of((160, 320)), b"", b"\x89PNG", white[:60]):
        status, answer = await scene.editing.sends("mask", content)
        assert 400 <= status < 500
        assert answer["error"].endswith(".")
    assert (await scene.editing.sends("mask", white))[0] == 200


async def test_a_mask_of_fifty_megabytes_is_cut_off(scene: Scene):
    async def pouring() -> AsyncGenerator[bytes]:
        for _ in range(800):
            yield b"\x89PNG" * 16_000

    try:
        status, answer = await scene.editing.sends("mask", pouring())
    except OSError:
        status, answer = 413, {"error": "."}
    assert 400 <= status < 500
    assert answer["error"].endswith(".")
    assert await stands(scene) == scene.editing.people


async def test_a_bomb_of_a_mask_is_refused_unread(scene: Scene):
    status, answer = await scene.editing.sends(
        "mask", await asyncio.to_thread(mask_of, (12_000, 12_000))
    )
    assert status == 422
    assert answer["error"].endswith(".")


async def test_a_drawn_mask_reaches_the_painter_and_leaves_the_photo_alone(scene: Scene):
    white = mask_of((160, 320), lambda mask: mask.paste(255, (0, 100, 160, 320)))
    _, told = await scene.editing.sends("mask", white)
    order = {"version": 1, "base": scene.editing.document["mark"], "mask": told["mask"]}
    assert (await scene.editing.posts("refine", order))[0] == 202
    await scene.page.sees(has(DONE), within=20)
    job = scene.jobs[-1]
    assert isinstance(job, RefineJob)
    assert isinstance(job.mask, Image.Image)
    assert (job.mask.mode, job.mask.size) == ("L", (160, 320))
    assert job.mask.getbbox() == (0, 100, 160, 320)
    assert not job.anywhere


async def test_a_mask_that_nobody_drew_orders_nothing(scene: Scene):
    masks: tuple[object, ...] = ("", "m1", "0" * 64, 7, [], {"a": 1})
    for mask in masks:
        status, answer = await scene.editing.posts("refine", {"version": 1, "mask": mask})
        assert 400 <= status < 500, mask
        assert answer["error"].endswith("."), mask
    assert len(scene.jobs) == 1


async def test_an_order_too_many_is_refused_to_whoever_ordered(tmp_path: Path):
    async with web_bot(tmp_path, settings=Settings(daily=1)) as url, page(url) as ana:
        card = await posed(ana, photo_bytes())
        async with editor(url, await token_of(ana, card)) as opened:
            order = {"version": 1, "base": opened.document["mark"], "mask": None}
            status, answer = await opened.posts("refine", order)
            assert status in (409, 429)
            assert answer["error"].endswith(".")
