"""One use of a scope at a time, however close together two of them begin."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from picostream_pymeasure.errors import SessionStateError
from picostream_pymeasure.instrument import PicoScope5000A, PicoScopeAdapter
from picostream_pymeasure.records import Health, StreamDescription
from tests.support.patience import PATIENCE_S


class Use:
    """What has a scope for itself for as long as a function says so."""

    error: BaseException | None = None
    description: StreamDescription | None = None
    latest_health = Health()

    def __init__(self, is_active: Callable[[], bool]) -> None:
        self._is_active = is_active

    @property
    def is_active(self) -> bool:
        return self._is_active()

    def stop(self, timeout_s: float) -> None:
        self.request_stop()

    def request_stop(self) -> None:
        self._is_active = lambda: False


def test_who_comes_while_another_one_claims_the_scope_is_refused(
    simulated: Callable[..., Any],
) -> None:
    refusals: list[SessionStateError] = []

    def claim() -> None:
        try:
            scope.claim(Use(lambda: True))
        except SessionStateError as error:
            refusals.append(error)

    second = threading.Thread(target=claim)

    def begin_second() -> bool:
        if second.ident is None:
            second.start()
            second.join(0.1)  # it waits for the first, which has not got the scope yet
        return False

    with PicoScope5000A(PicoScopeAdapter(library=simulated())) as scope:
        scope.claim(Use(begin_second))
        claim()
        second.join(PATIENCE_S)
        assert len(refusals) == 1
