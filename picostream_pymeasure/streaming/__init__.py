"""From the driver to a sink: buffer pool, native producer, consumer, session."""
