"""A second reading of HDF5 files, by the public format specification alone.

It shares no code with HDF5, h5py or the program under test, and looks at every checksum on its way:
what it reads is in the file by the letter of the format. Of the format it knows what a file made by
h5py with ``libver="v110"`` or later holds; anything else is refused as :class:`UnsupportedError`.

Source: *HDF5 File Format Specification Version 3.0*, The HDF Group.
"""

from .cursor import UNDEFINED, DamagedError, UnsupportedError
from .dataset import Dataset
from .file import File, Group
from .structure import Structure

__all__ = ["UNDEFINED", "DamagedError", "Dataset", "File", "Group", "Structure", "UnsupportedError"]
