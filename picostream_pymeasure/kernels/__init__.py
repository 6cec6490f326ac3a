"""Numba kernels: pure functions from arrays to arrays, without the GIL."""
