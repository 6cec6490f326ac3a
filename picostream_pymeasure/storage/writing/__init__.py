"""The recording while it grows: a native writer, and the end that settles all in place."""

from .recorder import Recorder

__all__ = ["Recorder"]
