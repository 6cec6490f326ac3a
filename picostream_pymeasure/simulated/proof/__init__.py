"""The proof that a simulated recording holds what was delivered, from its samples alone."""

from .proving import prove

__all__ = ["prove"]
