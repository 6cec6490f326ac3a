"""Settings that are not there are refused instead of becoming attributes that nobody reads."""

from __future__ import annotations

import difflib
from typing import Any

from pymeasure.instruments import Channel

from ..errors import ConfigurationError, shown


class StrictSettings:
    """Comes before PyMeasure's base class, and holds once that has been initialised.

    Names that begin with an underscore, and what a derived class declares, can be set.
    """

    _is_strict = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_strict = True

    def __setattr__(self, name: str, value: Any) -> None:
        if self._is_strict and not name.startswith("_"):
            self._require_setting(name)
        super().__setattr__(name, value)

    def _require_setting(self, name: str) -> None:
        """Refuse what is none.

        :raises ConfigurationError: names the setting that may have been meant, or all there are.
        """
        held = vars(self).get(name, getattr(type(self), name, None))
        if isinstance(held, Channel):
            raise ConfigurationError(f"{name} cannot be set itself; set one of its settings.")
        if (name in vars(self) or hasattr(type(self), name)) and not callable(held):
            return
        settings = sorted(
            one
            for one in dir(type(self))
            if isinstance(found := getattr(type(self), one), property) and found.fset
        )
        meant = difflib.get_close_matches(name, settings, n=1) or settings
        raise ConfigurationError(f"There is no setting {shown(name)}; there is {', '.join(meant)}.")
