"""What a user's own scope tells of itself: checks, verdicts and a report."""

from .finding import Finding, Verdict
from .testing import SelfTest

__all__ = ["Finding", "SelfTest", "Verdict"]
