"""How native code calls the driver, which Apple's processors are particular about."""

from __future__ import annotations

import re
from typing import Any

import pytest
from numba import int16, int32, int64, njit, types, uint32

from picostream_pymeasure.system.native import (
    call_poll,
    call_run_streaming,
    call_set_data_buffer,
    call_streaming_ready,
)

#: Each call with its arguments behind the address.
CALLS = {
    call_poll: (int16, int64, int64),
    call_run_streaming: (
        *(int16, int64, int32, uint32, uint32),
        *(int16, uint32, int32, uint32),
    ),
    call_streaming_ready: (int16, int32, uint32, int16, uint32, int16, int16, int64),
    call_set_data_buffer: (int16, int32, int64, int32, uint32, int32),
}


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call._name)
def test_what_is_narrower_than_a_register_is_extended_by_the_caller(call: Any) -> None:
    kinds = CALLS[call]
    names = ", ".join(f"x{number}" for number in range(len(kinds) + 1))
    scope = {"call": call}
    exec(f"def code({names}):\n    call({names})", scope)  # no function takes a tuple of these
    compiled = njit(types.void(int64, *kinds))(scope["code"])
    calls = re.findall(r"call [^\n]*\(i16 [^\n]*", compiled.inspect_llvm(compiled.signatures[0]))
    assert calls
    assert all(line.count("i16 signext ") == kinds.count(int16) for line in calls)
