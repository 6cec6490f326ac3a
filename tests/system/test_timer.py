"""Sleeps on Windows: what is asked of a system that notes it."""

from __future__ import annotations

import ctypes
from typing import Any

import pytest

from picostream_pymeasure.system.timer import fine_on_windows

WINDOWS_11, WINDOWS_10 = {1, 4}, {1}


class System:
    """``winmm`` and ``kernel32`` that know some flags of throttling."""

    def __init__(self, known: set[int]) -> None:
        self.known = sum(known)
        self.calls: list[tuple[Any, ...]] = []

    def GetCurrentProcess(self) -> int:  # noqa: N802 - Windows' name
        return 2**64 - 1

    def SetProcessInformation(  # noqa: N802 - Windows' name
        self, process: ctypes.c_void_p, kind: int, state: Any, size: int
    ) -> int:
        assert process.value == 2**64 - 1
        words = ctypes.cast(state, ctypes.POINTER(ctypes.c_uint32))[: size // 4]
        accepted = words[1] & ~self.known == 0
        self.calls.append(("throttling", kind, *words, accepted))
        return int(accepted)

    def timeBeginPeriod(self, milliseconds: int) -> None:  # noqa: N802 - Windows' name
        self.calls.append(("begin", milliseconds))

    def timeEndPeriod(self, milliseconds: int) -> None:  # noqa: N802 - Windows' name
        self.calls.append(("end", milliseconds))


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        (WINDOWS_11, [("throttling", 4, 1, 5, 0, True)]),
        (WINDOWS_10, [("throttling", 4, 1, 5, 0, False), ("throttling", 4, 1, 1, 0, True)]),
        (set(), [("throttling", 4, 1, 5, 0, False), ("throttling", 4, 1, 1, 0, False)]),
    ],
)
def test_a_minimised_window_is_not_slowed_down(known: set[int], asked: list[Any]) -> None:
    system = System(known)
    with fine_on_windows(system, system):
        assert system.calls == [*asked, ("begin", 1)]
    assert system.calls[-1] == ("end", 1)


def test_the_period_ends_with_an_error_too() -> None:
    system = System(WINDOWS_11)
    with pytest.raises(ZeroDivisionError), fine_on_windows(system, system):
        raise ZeroDivisionError
    assert system.calls[-1] == ("end", 1)
