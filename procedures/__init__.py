"""PyMeasure procedures; installed as ``picostream_pymeasure.procedures``."""
