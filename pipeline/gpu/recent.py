"""Remembers the last few results of costly pure functions."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """The results that were asked for last, by what they depend on. Safe to call from threads."""

    def __init__(self, most: int) -> None:
        """Say how many results are kept at most."""
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def forget(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return what is remembered, or make it. Two threads may both make it: it is the same."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made
