"""Tables as xarray data sets (optional; extra ``analysis``)."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..errors import ConfigurationError
from .columns import ChannelColumn, Column
from .source import Source
from .table import Table, TableReader

if TYPE_CHECKING:
    import xarray

_PACKAGES = {"dask": "dask[array]"}


def import_optional(name: str) -> Any:
    """Import what only the extra ``analysis`` installs.

    :raises ConfigurationError: it is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        if getattr(sys, "frozen", False):
            raise ConfigurationError(
                f"This needs {package}, which the standalone program does not have; use Python."
            ) from error
        wanted = _PACKAGES.get(package, package)
        raise ConfigurationError(
            f"This needs {package}; install it with pip install {wanted!r}."
        ) from error


def as_dataset(table: Table, reader: TableReader, source: Source) -> xarray.Dataset:
    """The table with units, and the settings of each channel, as attributes."""
    library = import_optional("xarray")
    variables = {
        name: ("time_s", values, _attributes(reader.by_name[name], source))
        for name, values in table.values.items()
    }
    coordinate = ("time_s", table.times_s, {"units": "s", "long_name": "time"})
    settings = {"sample_interval_s": source.interval_s}
    if start_time := source.recording.attributes.get("start_time"):
        settings["start_time"] = start_time
    dataset: xarray.Dataset = library.Dataset(variables, {"time_s": coordinate}, settings)
    return dataset


def _attributes(column: Column, source: Source) -> dict[str, Any]:
    if not isinstance(column, ChannelColumn):
        return {"units": column.unit}
    metadata = source.channels[column.channel].metadata
    return {
        "units": column.unit,
        "voltage_range_v": metadata.voltage_range_v,
        "analog_offset_v": metadata.analog_offset_v,
        "max_adc": metadata.max_adc_val,
    }
