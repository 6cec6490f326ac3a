"""Reading recordings: what never changes through HDF5, rows and values from the bytes."""

from .growth import followed
from .hdf5 import Hdf5File
from .opening import open_file, open_recording
from .packed_file import as_laid_out
from .packed_list import mended_rows, packed_rows
from .planned_file import PlannedFile
from .recording import PICOSTREAM, Recording
from .rows import Rows
from .stored_attributes import StoredAttributes

__all__ = [
    "PICOSTREAM",
    "Hdf5File",
    "PlannedFile",
    "Recording",
    "Rows",
    "StoredAttributes",
    "as_laid_out",
    "followed",
    "mended_rows",
    "open_file",
    "open_recording",
    "packed_rows",
]
