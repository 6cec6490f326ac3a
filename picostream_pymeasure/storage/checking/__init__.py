"""Checking recordings: describe, verify, repair."""

from .describing import describe_file
from .repairing import RepairReport, repair
from .report import Report
from .verifying import Progress, Prove, verify

__all__ = ["Progress", "Prove", "RepairReport", "Report", "describe_file", "repair", "verify"]
