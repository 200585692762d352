"""Say in one sentence what the operating system lacks, before anything is downloaded.

Standard library only, and readable by old Pythons, because it has to send those away (hence the
quoted types).
"""

import ctypes
import importlib.util
import sys

OLDEST, NEWEST = (3, 11), (3, 13)  # `requires-python` of pyproject.toml; a test compares them
# MediaPipe's library is linked against these two, even where nothing is ever shown on a screen.
LIBRARIES = {"libEGL.so.1": "libegl1", "libGLESv2.so.2": "libgles2"}


def wrong_python() -> "str | None":
    """Say what to do about a Python that is too old or too new."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return None
    oldest, newest, found = (
        ".".join(map(str, version[:2])) for version in (OLDEST, NEWEST, sys.version_info)
    )
    return (
        f"Toeframe runs on Python {oldest} to {newest} and this is {found}: "
        f"install another and say which, for example: make test PYTHON=python{oldest}"
    )


def missing_packages() -> "list[str]":
    """List the Debian packages to install; empty when nothing is missing."""
    has_venv = importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")
    missing = [] if has_venv else ["python3-venv"]
    for library, package in LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    return missing


def advice() -> "str | None":
    """Return the sentence to show, or None when all is there."""
    missing = missing_packages()
    return wrong_python() or (
        f"A few system packages are missing: sudo apt-get install -y {' '.join(missing)}"
        if missing
        else None
    )


if __name__ == "__main__":
    sys.exit(advice())
