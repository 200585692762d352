"""Log lines: events with fields, and no addresses that hold a token."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot.logs import set_up


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_is_one_json_object_with_its_fields():
    stream = io.StringIO()
    set_up(as_json=True, stream=stream)
    logging.getLogger("bot").info("job %s done", 7, extra={"job": 7})
    line = json.loads(stream.getvalue())
    assert (line["level"], line["event"], line["job"]) == ("INFO", "job 7 done", 7)


def test_an_error_comes_with_its_traceback_on_the_same_line():
    stream = io.StringIO()
    set_up(as_json=True, stream=stream)
    try:
        raise KeyError("lost")
    except KeyError:
        logging.getLogger("bot").exception("broken")
    (line,) = stream.getvalue().splitlines()
    assert "KeyError: 'lost'" in json.loads(line)["error"]


def test_what_httpx_says_of_addresses_is_not_logged():
    stream = io.StringIO()
    set_up(level="DEBUG", stream=stream)
    logging.getLogger("httpx").info("HTTP Request: POST https://host/bot12:secret/getMe")
    logging.getLogger("telegram.Bot").debug("calling")
    assert stream.getvalue() == ""
