"""Numba kernels of the simulated scope: its samples, as functions of channel and index."""
