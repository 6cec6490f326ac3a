"""Checking recordings: describe, verify, repair."""

from .describing import describe_file
from .repairing import repair
from .report import Report
from .verifying import Progress, verify

__all__ = ["Progress", "Report", "describe_file", "repair", "verify"]
