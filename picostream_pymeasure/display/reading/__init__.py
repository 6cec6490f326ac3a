"""From the file to a frame that can be painted, in a thread of its own."""
