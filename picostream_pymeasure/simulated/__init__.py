"""A simulated ``ps5000a`` library to put underneath picosdk, and the scopes it finds.

Not a stand-in for classes of this package: picosdk's wrapper, its pointers, callbacks and status
codes run exactly as with hardware. Units deliver in real time from a finite FIFO that really
overruns, every sample is a pure function of (channel, absolute index, seed, settings), and
faults come on request.

Where the vendor's documents are silent, habits can be chosen (:class:`Habits` for streams,
:class:`BlockHabits` for block and rapid block mode), and the tests of the simulated scope say what
else was chosen. The simulation does NOT imitate:

- ETS, ``GetValuesAsync``, triggers within the pre-trigger samples, the driver's own store of
  streamed samples, and the reduction of captures;
- changes of the generator while a run of block mode is under way: they take effect at the next;
- runt triggers, the deprecated forms of the trigger calls, the auxiliary trigger output;
- logic levels and glitches of digital ports: D0 to D15 are the bits of one binary counter of the
  raw samples. What reduces samples treats the eight bits of a port as a number: aggregation gives
  the smallest and largest, decimation the first, averaging the mean;
- white noise that waits for a trigger; what an RC network does for a moment after the generator
  changes, and to sweeps; a generator that was started before the stream began: its course begins
  with the stream;
- calls that exist in two forms or that nothing of this package asks: opening in the background,
  ``GetTimebase``, ``GetMinimumTimebaseStateless``, ``GetChannelInformation`` and the like;
- bandwidth limit, frequency response, noise and gain errors of real inputs, AC coupling beyond
  taking the mean of a periodic wave away;
- the time that opening, calls and USB transfers take, and their jitter: samples arrive in
  portions of 100 µs; a change of the generator takes effect at the next sample to be delivered.
"""

from .device.clock import VirtualClock
from .kernels.signal import expected_values
from .load import load_simulated
from .proof import prove
from .scopes.block_fault import BlockFault
from .scopes.block_habits import BlockHabits
from .scopes.fault import Fault
from .scopes.habits import Habits
from .scopes.scope import SimulatedScope
from .scopes.signal import SimulatedSignal
from .scopes.text import scopes_from_text

__all__ = [
    "BlockFault",
    "BlockHabits",
    "Fault",
    "Habits",
    "SimulatedScope",
    "SimulatedSignal",
    "VirtualClock",
    "expected_values",
    "load_simulated",
    "prove",
    "scopes_from_text",
]
