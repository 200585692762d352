from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.links import KEY_BYTES, LIFETIME, Links, key_in

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
LINKS = Links(b"k" * KEY_BYTES, "https://bot.example.org")


def test_a_token_says_who_may_open_which_conversation():
    grant = LINKS.read(LINKS.sign("abcdefgh", 42, NOW), NOW)
    assert grant is not None
    assert (grant.session, grant.user_id) == ("abcdefgh", 42)
    assert grant.until == NOW + LIFETIME


def test_a_token_is_good_until_its_time_is_over():
    token = LINKS.sign("abcdefgh", 42, NOW)
    assert LINKS.read(token, NOW + LIFETIME - timedelta(seconds=1)) is not None
    assert LINKS.read(token, NOW + LIFETIME) is None


def test_links_last_no_longer_than_half_an_hour():
    assert timedelta(minutes=15) <= LIFETIME <= timedelta(minutes=30)


def test_no_two_tokens_are_used_up_together():
    one, other = (LINKS.read(LINKS.sign("abcdefgh", 42, NOW), NOW) for _ in range(2))
    assert one is not None
    assert other is not None
    assert one.nonce != other.nonce


@given(at=st.integers(0, 95), to=st.sampled_from("ABCxyz019-_"))
def test_a_token_with_one_letter_changed_opens_nothing_else(at: int, to: str):
    token = LINKS.sign("abcdefgh", 42, NOW)
    altered = f"{token[: at % len(token)]}{to}{token[at % len(token) + 1 :]}"
    assert LINKS.read(altered, NOW) in (None, LINKS.read(token, NOW))


@given(st.text(max_size=300))
def test_what_is_no_token_opens_nothing(said: str):
    assert LINKS.read(said, NOW) is None


@pytest.mark.parametrize("length", [1, 31, 32, 55, 56, 57, 80])
def test_a_token_cut_short_or_drawn_out_opens_nothing(length: int):
    token = LINKS.sign("abcdefgh", 42, NOW)
    assert LINKS.read(token[:length], NOW) is None
    assert LINKS.read(token + "A" * length, NOW) is None


def test_a_token_of_another_bot_opens_nothing():
    other = Links(b"o" * KEY_BYTES, None)
    assert LINKS.read(other.sign("abcdefgh", 42, NOW), NOW) is None


def test_the_secret_part_of_an_address_is_never_sent():
    address = LINKS.address("abcdefgh", 42, here=False, now=NOW)
    assert address is not None
    page, mark, token = address.partition("#")
    assert (page, mark) == ("https://bot.example.org/edit", "#")
    assert LINKS.read(token, NOW) is not None


def test_a_page_of_ours_is_pointed_to_without_naming_a_machine():
    hidden = Links(b"k" * KEY_BYTES, None)
    address = hidden.address("abcdefgh", 42, here=True, now=NOW)
    assert address is not None
    assert address.startswith("/edit#")
    assert hidden.address("abcdefgh", 42, here=False, now=NOW) is None


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path: Path):
    key = key_in(tmp_path)
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert key_in(tmp_path) == key
    assert len(key) == KEY_BYTES


def test_a_key_that_was_cut_off_is_made_anew(tmp_path: Path):
    key_in(tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(b"half")
    assert len(key_in(tmp_path)) == KEY_BYTES
    assert file.stat().st_mode & 0o777 == 0o600


def test_two_bots_have_two_keys(tmp_path: Path):
    folders = [tmp_path / name for name in ("one", "other")]
    for folder in folders:
        folder.mkdir()
    assert key_in(folders[0]) != key_in(folders[1])
