"""What is said where no file was read: there is none, or nobody has looked at it yet."""

from __future__ import annotations

from pathlib import Path

from .frame import OPENING, Frame
from .frame_request import FrameRequest

#: The message without a file.
NOTHING_TO_SHOW = "There is no recording to show."

#: The message until the file of a run is there.
RUN_STARTS = "The run starts …"


def without_file(request: FrameRequest) -> Frame | None:
    """The frame of a file that is not there; None if it is.

    :raises OSError: nobody may look for it.
    """
    path, view = request.path, request.view
    if not path:
        return Frame(path, view, message=NOTHING_TO_SHOW)
    if Path(path).is_file():
        return None
    if Path(path).is_dir():
        return Frame(path, view, message=f"{path} is a folder; choose a recording in it.")
    if request.is_starting:
        return Frame(path, view, message=RUN_STARTS, is_starting=True)
    return Frame(path, view, message=f"Waiting for {path}", is_awaited=True)


def until_read(request: FrameRequest) -> Frame:
    """The frame that is shown until the file was looked at, which a window never waits for."""
    if not request.path:
        return Frame(request.path, request.view, message=NOTHING_TO_SHOW)
    message = RUN_STARTS if request.is_starting else OPENING
    return Frame(request.path, request.view, message=message, is_opening=True)
