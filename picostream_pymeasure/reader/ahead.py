"""An array that is made before it is asked for, by whichever thread comes first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future

import numpy as np
from numpy.typing import NDArray


class AheadArray:
    """Made once, by a worker, or by a thread that would only wait.

    :param make: makes it; what it raises is raised by :meth:`result`.
    """

    def __init__(self, workers: Executor, make: Callable[[], NDArray[np.float64]]) -> None:
        self._make = make
        self._made = workers.submit(make)

    def result(self, others: Iterable[AheadArray] = ()) -> NDArray[np.float64]:
        """The array; while a worker makes it, this thread makes those of the others that wait.

        :param others: that will be asked for next.
        """
        self._make_here()
        for other in others:
            if self._made.done():
                break
            other._make_here()
        return self._made.result()

    def _make_here(self) -> None:
        if not self._made.cancel():
            return
        self._made = Future()
        try:
            self._made.set_result(self._make())
        except Exception as error:  # noqa: BLE001 - raised for whoever asks for it
            self._made.set_exception(error)
