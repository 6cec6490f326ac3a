"""Triggered captures on the screen: laid over each other, one by one, averaged."""
