"""A simulated scope other than usual."""

from __future__ import annotations

import pytest

from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.instrument import PicoScope5000A


def test_text_describes_the_scope() -> None:
    with PicoScope5000A(simulated="variant=5242D,serial=ONE/1") as scope:
        assert (scope.variant, scope.serial) == ("5242D", "ONE/1")
        with PicoScope5000A(simulated=True) as usual:
            assert usual.serial != "ONE/1", "each description makes scopes of its own"


def test_text_that_describes_nothing() -> None:
    with pytest.raises(ConfigurationError):
        PicoScope5000A(simulated="colour=green")
