"""A simulated ps5000a library, put underneath picosdk."""
