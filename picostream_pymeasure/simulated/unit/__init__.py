"""One simulated unit: what a client has set, and what native code is told of it."""
