"""Memory is given back where the machine's C library can do that; elsewhere nothing happens."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from customers import spare_memory

LOADED = "import customers.judging, sys; print('scipy.optimize' in sys.modules)"


@pytest.fixture(autouse=True)
def looked_for_anew() -> Iterator[None]:
    spare_memory._trim.cache_clear()
    yield
    spare_memory._trim.cache_clear()


def test_the_library_is_asked_to_keep_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: SimpleNamespace(malloc_trim=asked.append))
    spare_memory.give_back()
    assert asked == [0]


@pytest.mark.parametrize("wrong", [OSError, TypeError])
def test_where_there_is_no_such_library_nothing_happens(monkeypatch: pytest.MonkeyPatch, wrong: Any) -> None:
    def missing(_name: None) -> None:
        raise wrong

    monkeypatch.setattr(ctypes, "CDLL", missing)
    spare_memory.give_back()
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: SimpleNamespace())
    spare_memory._trim.cache_clear()
    spare_memory.give_back()


def test_what_only_learning_needs_is_loaded_when_it_learns() -> None:
    loaded = subprocess.run([sys.executable, "-c", LOADED], check=True, capture_output=True, text=True)
    assert loaded.stdout.strip() == "False"
