"""Block and rapid block mode: captures in the scope's memory, and the calls that hand them out.

No sample is kept: of each capture only where it lies on the scope's clock, from which its samples
are computed when they are asked for.
"""
