"""The few HDF5 structures that are read, and written in place, past HDF5."""
