"""The file before the first sample: how a stream is cut, and where everything lies."""

from .grid import Grid, grid_for
from .image import Image, make_image
from .plan import GrowingDataset, Plan

__all__ = ["Grid", "GrowingDataset", "Image", "Plan", "grid_for", "make_image"]
