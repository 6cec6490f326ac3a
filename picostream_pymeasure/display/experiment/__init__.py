"""The window of PyMeasure experiments, and the plot as one of its tabs."""
