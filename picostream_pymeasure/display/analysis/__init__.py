"""What is computed from the visible part, and the panels that show it."""
