"""The hardware boundary: the vendor library, real or simulated, and one opened scope."""
