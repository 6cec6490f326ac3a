"""What the user asked the command line to record."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..config import DownsampleMode, KeepConfig, StreamConfig
from ..errors import ConfigurationError
from . import parsing

if TYPE_CHECKING:
    from ..keeping import KeepingSink
    from ..storage import Recorder


@dataclass(frozen=True)
class Request:
    """Checked options of an acquisition; making one touches nothing.

    :raises ConfigurationError: in :meth:`from_options`, with what is allowed.
    """

    config: StreamConfig
    output: Path
    force: bool
    serial: str | None
    simulate: bool
    verbosity: int
    plot: bool
    plot_window_s: float
    plot_points: int
    live_only_s: float | None
    compress: bool
    reserve_bytes: int

    @classmethod
    def from_options(
        cls,
        *,
        sample_rate_msps: float,
        resolution_bits: int,
        channels: tuple[str, ...],
        range_v: float,
        coupling: str,
        offset_v: float,
        output: Path | None,
        force: bool,
        duration_s: float | None,
        samples: int | None,
        downsample_ratio: int,
        downsample_mode: str | None,
        pool_s: float,
        on_overrun: str,
        int16: bool,
        trigger: str | None,
        pre_trigger_s: float,
        auto_trigger_ms: float,
        serial: str | None,
        simulate: bool,
        verbosity: int,
        plot: bool,
        plot_window_s: float,
        plot_points: int,
        live_only_s: float | None,
        compress: bool,
        reserve_bytes: int,
        keep: KeepConfig | None,
    ) -> Request:
        """Make a request from the options of the command."""
        if not 0 < plot_window_s <= 86400:
            raise ConfigurationError("The plot can show more than 0 s, and at most 86400 s.")
        if trigger is None and (pre_trigger_s or auto_trigger_ms):
            raise ConfigurationError("--pre-trigger and --auto-trigger need --trigger.")
        mode = downsample_mode or ("average" if downsample_ratio > 1 else "none")
        if downsample_ratio == 1 and mode in ("average", "decimate"):
            mode = "none"
        config = StreamConfig(
            channels=tuple(
                parsing.channel(text, range_v, coupling, offset_v)
                for text in channels or ("A",)
                if not parsing.is_port(text)
            ),
            digital_ports=tuple(parsing.port(text) for text in channels if parsing.is_port(text)),
            resolution_bits=resolution_bits,
            sample_rate_hz=sample_rate_msps * 1e6,
            downsample_mode=DownsampleMode(mode),
            downsample_ratio=downsample_ratio,
            trigger=parsing.trigger(trigger, pre_trigger_s, auto_trigger_ms / 1e3)
            if trigger is not None
            else None,
            duration_s=duration_s,
            samples=samples,
            pool_s=pool_s,
            on_overrun=on_overrun,  # type: ignore[arg-type]
            int16=int16,
            keep=keep,
        )
        return cls(
            config=config,
            output=output or _default_output(),
            force=force,
            serial=serial,
            simulate=simulate,
            verbosity=verbosity,
            plot=plot,
            plot_window_s=plot_window_s,
            plot_points=plot_points,
            live_only_s=live_only_s,
            compress=compress,
            reserve_bytes=reserve_bytes,
        )

    def make_recorder(self) -> Recorder:
        """Make the recorder of the output file.

        :raises ConfigurationError: its options do not fit together.
        :raises StorageError: it cannot be made, or the disk has no room for it.
        """
        from ..storage import make_recorder

        return make_recorder(
            self.output,
            self.config,
            live_only_s=self.live_only_s,
            compress=self.compress,
            force=self.force,
            reserve_bytes=self.reserve_bytes,
        )

    def sink_before(self, recorder: Recorder) -> Recorder | KeepingSink:
        """Make what takes the stream: the recorder, or what keeps events in it.

        :raises ConfigurationError: the memory does not suffice.
        """
        if self.config.keep is None:
            return recorder
        from ..keeping import KeepingSink

        return KeepingSink(self.config, recorder)


def _default_output() -> Path:
    from ..storage import path_with_time

    return path_with_time()
