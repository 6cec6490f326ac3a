"""Gap-free streaming from PicoScope 5000A oscilloscopes into HDF5, as a PyMeasure plugin."""
