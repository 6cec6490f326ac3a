"""The device side of a unit in native code: its clock, its memory, what a call hands over."""
