"""What PyMeasure's releases name differently, and what they do not offer; without Qt.

The windows' share is in ``display.experiment.host``; nothing else here uses names of PyMeasure's
that begin with an underscore, which a test lists.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from pymeasure.experiment import Parameter, Procedure, procedure
from pymeasure.instruments import Instrument

#: Up to 0.16 numbers in ``Procedure``, then texts of their own type.
_status = getattr(procedure, "ProcedureStatus", Procedure)

FINISHED = _status.FINISHED
FAILED = _status.FAILED
ABORTED = _status.ABORTED
QUEUED = _status.QUEUED
RUNNING = _status.RUNNING

_knows_scpi = "includeSCPI" in inspect.signature(Instrument.__init__).parameters

#: Settings of an instrument that has no SCPI commands: what came after 0.16 warns of the word.
WITHOUT_SCPI: dict[str, Any] = {"includeSCPI": False} if _knows_scpi else {}


def parameters_of(experiment: Procedure) -> Mapping[str, Parameter]:
    """Parameters of a procedure by name, also while one of them has an impossible value."""
    found: Mapping[str, Parameter] = experiment._parameters
    return found
