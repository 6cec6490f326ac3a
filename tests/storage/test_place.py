"""What is no name of a file is refused in a sentence, whatever it is."""

from __future__ import annotations

import pytest

from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.storage import file_name


@pytest.mark.parametrize("value", [None, 3, 10**5000, [], object(), 1.5], ids=type)
def test_what_is_no_name(value: object) -> None:
    with pytest.raises(ConfigurationError, match="A file is named by a text or a Path, not by "):
        file_name(value)  # type: ignore[arg-type]
