import hmac
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import parse_qsl, quote, urlencode

import pytest

from bot.web.initdata import OLDEST, launched

TOKEN, OTHER = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", "5:another-bots-token"
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
USER = {"id": 279058397, "first_name": "Mina", "language_code": "ko"}

Fields = dict[str, str]


def fields(*, at: datetime = NOW, **more: str) -> Fields:
    """What Telegram hands to a page, before it is signed."""
    return {
        "query_id": "AAHdF6IQAAAAAN0XohDhrOrc",
        "user": json.dumps(USER, separators=(",", ":")),
        "auth_date": str(int(at.timestamp())),
        "signature": "zL-ucjNyREiHDE8aihFwpfR9aggP2xiAo3NSpfe",
        **more,
    }


def hash_of(told: Fields, token: str = TOKEN) -> str:
    lines = "\n".join(f"{name}={value}" for name, value in sorted(told.items()))
    key = hmac.digest(b"WebAppData", token.encode(), sha256)
    return hmac.new(key, lines.encode(), sha256).hexdigest()


def signed(told: Fields, token: str = TOKEN) -> str:
    return urlencode({**told, "hash": hash_of(told, token)})


def changed(**more: str) -> str:
    """Change what was signed before."""
    return urlencode({**fields(), "hash": hash_of(fields()), **more})


def test_what_telegram_signed_names_who_opened_the_page():
    app = launched(signed(fields(start_param="abcdefgh")), TOKEN, NOW)
    assert app is not None
    assert (app.user, app.start) == ("279058397", "abcdefgh")


def test_the_order_of_the_fields_does_not_matter():
    told = fields()
    pairs = sorted({**told, "hash": hash_of(told)}.items(), reverse=True)
    assert launched(urlencode(pairs), TOKEN, NOW) is not None


def test_names_in_any_script_are_read():
    told = fields(user=json.dumps({"id": 7, "first_name": "민아 & Ω=\n"}, ensure_ascii=False))
    app = launched(signed(told), TOKEN, NOW)
    assert app is not None
    assert app.user == "7"


def without_signature() -> str:
    told = fields()
    told.pop("signature")
    return urlencode({**fields(), "hash": hash_of(told)})


def signed_by_the_bare_token() -> str:
    lines = "\n".join(f"{name}={value}" for name, value in sorted(fields().items()))
    return urlencode(
        {**fields(), "hash": hmac.new(TOKEN.encode(), lines.encode(), sha256).hexdigest()}
    )


def twice(name: str, value: str) -> str:
    return f"{signed(fields())}&{name}={quote(value)}"


FORGED: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "no query": lambda: "hello",
    "no hash": lambda: urlencode(fields()),
    "an empty hash": lambda: changed(hash=""),
    "a hash that is none": lambda: changed(hash="민" * 64),
    "a hash of another length": lambda: changed(hash=hash_of(fields())[:-1]),
    "a hash in capitals": lambda: changed(hash=hash_of(fields()).upper()),
    "another user": lambda: changed(user='{"id":1}'),
    "another start": lambda: changed(start_param="stranger"),
    "another date": lambda: changed(auth_date=str(int(NOW.timestamp()) - 1)),
    "another query": lambda: changed(query_id="x"),
    "another signature": lambda: changed(signature="x"),
    "a field more": lambda: changed(chat_type="private"),
    "a field less": lambda: urlencode(
        {**{k: v for k, v in fields().items() if k != "query_id"}, "hash": hash_of(fields())}
    ),
    "signed without its signature": without_signature,
    "signed by another bot": lambda: signed(fields(), OTHER),
    "signed by an empty token": lambda: signed(fields(), ""),
    "signed by the bare token": signed_by_the_bare_token,
    "a second user": lambda: twice("user", '{"id":1}'),
    "a second hash": lambda: twice("hash", hash_of(fields())),
    "an hour old": lambda: signed(fields(at=NOW - OLDEST - timedelta(seconds=1))),
    "from the future": lambda: signed(fields(at=NOW + timedelta(seconds=61))),
    "a date that is none": lambda: signed(fields(auth_date="today")),
    "a date in other digits": lambda: signed(fields(auth_date="\uff11" * 10)),
    "a date beyond all calendars": lambda: signed(fields(auth_date="9" * 30)),
    "a negative date": lambda: signed(fields(auth_date="-1")),
    "nobody": lambda: signed({k: v for k, v in fields().items() if k != "user"}),
    "a user who is none": lambda: signed(fields(user="null")),
    "a user without a number": lambda: signed(fields(user='{"id":"279058397"}')),
    "a user who is true": lambda: signed(fields(user='{"id":true}')),
    "a user in half": lambda: signed(fields(user='{"id":27905')),
    "a user of ten thousand brackets": lambda: signed(fields(user="[" * 4000)),
    "broken percent signs": lambda: signed(fields()).replace("%22", "%ff"),
}


@pytest.mark.parametrize("case", FORGED)
def test_what_telegram_did_not_sign_opens_nothing(case: str):
    assert launched(FORGED[case](), TOKEN, NOW) is None


def test_it_is_good_for_an_hour_and_told_apart_by_its_hash():
    told = signed(fields())
    early, late = launched(told, TOKEN, NOW), launched(told, TOKEN, NOW + OLDEST)
    assert early is not None
    assert early == late
    assert early.until > NOW + OLDEST
    other = launched(signed(fields(query_id="other")), TOKEN, NOW)
    assert other is not None
    assert other.nonce != early.nonce


def test_its_nonce_does_not_tell_the_hash():
    app = launched(signed(fields()), TOKEN, NOW)
    assert app is not None
    assert dict(parse_qsl(signed(fields())))["hash"] not in app.nonce


@pytest.mark.parametrize("filling", ["x", "&", "a=b&", "%", "=", "user=%5B&"])
def test_a_megabyte_of_it_is_refused_at_once(filling: str):
    long = signed(fields()) + "&" + filling * (1_000_000 // len(filling))
    begun = time.perf_counter()
    assert launched(long, TOKEN, NOW) is None
    assert time.perf_counter() - begun < 0.01
