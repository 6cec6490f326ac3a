"""Do with the samples of a stream what you like: a sink of your own in ten lines.

The blocks come in order from a thread of the stream, and what is lost comes as a gap. Runs with
the simulated scope; take ``simulated=True`` away to use a real one.
"""

from picostream_pymeasure.instrument import PicoScope5000A
from picostream_pymeasure.records import Block, Gap, Sink, StreamDescription


class Peaks(Sink):
    """Keeps the largest voltage at each input; use a block before ``write`` returns, or copy it."""

    def open(self, description: StreamDescription) -> None:
        """Before the first block."""
        self.description, self.lost = description, 0
        self.peaks_v = dict.fromkeys(description.channel_names, float("-inf"))

    def write(self, block: Block) -> None:
        """Each stretch of samples."""
        for channel, row in zip(self.description.config.channels, block.rows, strict=True):
            peak_v = float(self.description.volts(channel, row.max()))
            self.peaks_v[channel.name] = max(self.peaks_v[channel.name], peak_v)

    def add_gap(self, gap: Gap) -> None:
        """Samples that are missing."""
        self.lost += max(gap.missing, 0)


sink = Peaks()
with PicoScope5000A(simulated=True) as scope:
    scope.B.enabled, scope.sample_rate = True, 5e6
    with scope.stream(sink, duration=0.2) as session:
        session.wait()
print({name: f"{peak_v:.3f} V" for name, peak_v in sink.peaks_v.items()}, "lost:", sink.lost)
