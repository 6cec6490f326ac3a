"""How native code calls the driver, which Apple's processors are particular about."""

from __future__ import annotations

import re

from numba import int16, int64, njit, uint32

from picostream_pymeasure.system.native import call_poll


def test_the_handle_is_extended_by_the_caller() -> None:
    @njit(uint32(int64, int16, int64, int64))
    def poll(function, handle, callback, parameter):  # type: ignore[no-untyped-def]
        return call_poll(function, handle, callback, parameter)

    code = poll.inspect_llvm(poll.signatures[0])
    assert re.search(r"call i32 %.*\(i16 signext %", code)
