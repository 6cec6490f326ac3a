"""How a user describes a simulated scope, its signals, habits and faults."""
