"""Native code without Python: clock, sleep, pointers, ordered counters, calls through addresses.

Everything here runs inside numba ``nogil`` loops and ``@cfunc`` callbacks. Pointers travel as
int64 addresses, so that nothing depends on ctypes objects and every function can be cached.
"""

from __future__ import annotations

from .calls import (
    call_filter,
    call_free,
    call_malloc,
    call_poll,
    call_run_streaming,
    call_set_data_buffer,
    call_sink,
    call_streaming_ready,
)
from .clock import now_ns, sleep_ns, slept_ns, unslewed_ns
from .memory import (
    address_of,
    as_pointer,
    copy_bytes,
    exchange,
    load_acquire,
    load_field,
    store_field,
    store_release,
    touch,
)

__all__ = [
    "address_of",
    "as_pointer",
    "call_filter",
    "call_free",
    "call_malloc",
    "call_poll",
    "call_run_streaming",
    "call_set_data_buffer",
    "call_sink",
    "call_streaming_ready",
    "copy_bytes",
    "exchange",
    "load_acquire",
    "load_field",
    "now_ns",
    "sleep_ns",
    "slept_ns",
    "store_field",
    "store_release",
    "touch",
    "unslewed_ns",
]
