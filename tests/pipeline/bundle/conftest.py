"""A few scenes on disk, drawn once for all tests of the trainings."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from pipeline.bundle.shards import Series, write_series


@pytest.fixture(scope="session")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    series = Series(seed=8, count=12, folder=tmp_path_factory.mktemp("scenes"))
    write_series(series)
    return series.folder


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Twelve pictures are not worth the threads' barriers."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
