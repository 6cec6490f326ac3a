"""The PicoScope 5000A as a PyMeasure instrument."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, overload

from ..config import (
    MAX_CAPTURE_SAMPLES,
    MAX_CAPTURES,
    MAX_DURATION_S,
    CaptureConfig,
    EventRule,
    KeepConfig,
    OnOverrun,
    StreamConfig,
    require_function,
    require_metadata,
)
from ..errors import ConfigurationError
from ..keeping import KeepingSink
from ..records import Sink
from . import checks, discovery
from .capture import Capture, CaptureSink, require_memory
from .extent import USUAL_EXTENT, extent_of
from .scope_settings import ScopeSettings

if TYPE_CHECKING:
    from ..capture import Captures, CaptureSummary
    from .session import ScopeSession

_SHORTEST_POOL_S = 0.1


class PicoScope5000A(ScopeSettings):
    """An oscilloscope of the PicoScope 5000A series, for gap-free streaming.

    .. code-block:: python

        with PicoScope5000A(simulated=True) as scope:
            scope.A.range = 2
            capture = scope.acquire(duration=0.1)

    Settings are kept here, checked when they are set, and given to the scope when a stream starts.
    Reading them costs no driver call.

    Open all scopes before the first one streams: the driver does one call at a time, and opening a
    scope takes long enough for another one to lose samples.

    :param adapter: a :class:`~.PicoScopeAdapter` that is open; by default the instrument opens one
        itself. A text is taken as the serial number.
    :param name: name of the instrument in logs.
    :param serial: serial number of the scope; None takes the first free one.
    :param simulated: open a simulated scope; needs no SDK. A text describes another than usual.
    :param kwargs: for the adapter that it opens.
    :raises SdkNotFoundError: the PicoSDK is missing; says what to install.
    :raises DeviceNotFoundError: no such scope, or it is in use; names those that are free.
    :raises PowerSourceError: the supply does not suffice.
    """

    def __init__(
        self,
        adapter: Any = None,
        name: str = "PicoScope 5000A",
        *,
        serial: str | None = None,
        simulated: bool | str = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(adapter, name, serial=serial, simulated=simulated, **kwargs)

    @staticmethod
    def list_devices(simulated: bool = False) -> list[str]:
        """List the serial numbers of the scopes that are connected and that nobody has opened.

        :param simulated: those of the simulation instead.
        :raises SdkNotFoundError: says what to install on this system.
        """
        return discovery.list_devices(simulated)

    def stream(
        self,
        path: str | Path | Sink | None = None,
        *,
        config: StreamConfig | None = None,
        duration: float | None = None,
        samples: int | None = None,
        live_only: float | None = None,
        compress: bool = False,
        force: bool = False,
        metadata: Mapping[str, Any] | None = None,
        pool: float = StreamConfig.pool_s,
        on_overrun: OnOverrun = "continue",
        reserve_bytes: int | None = None,
        keep: str | EventRule | None = None,
        before: float = KeepConfig.before_s,
        after: float = KeepConfig.after_s,
    ) -> ScopeSession:
        """Make a session that records into one HDF5 file; ``with`` or its ``start`` starts it.

        .. code-block:: python

            with scope.stream("data.hdf5", duration=10) as session:
                session.wait()

        Leaving the ``with`` block ends the stream, stores every sample already fetched, and raises
        the first error of the stream. While it runs, ``session.mark(label, value)`` puts an event
        at the newest sample.

        :param path: the file to make; None takes a name with the time, in the present folder. Or a
            :class:`~picostream_pymeasure.records.Sink` that takes the samples instead.
        :param config: settings to :meth:`apply` first; it also says what ``duration``, ``samples``,
            ``pool``, ``on_overrun`` and ``keep`` say otherwise.
        :param duration: end after so many s (after the trigger, if one is enabled).
        :param samples: end after so many delivered samples per input; not with ``duration``.
        :param live_only: keep only the newest so many s in the file.
        :param compress: compress the file while it is recorded, without loss; other programs need
            the plugin bitshuffle of ``hdf5plugin`` to read it.
        :param force: replace an existing file.
        :param metadata: stored with the recording as JSON; what that does not know, as text.
        :param pool: how many s of samples are held when the disk is late.
        :param on_overrun: what lost samples do: ``"continue"`` with a gap, or ``"stop"``.
        :param reserve_bytes: leave so much free on the disk; by default 200 MB.
        :param keep: store only events of a channel, as ``"A:falling:5sigma"`` or
            ``"B:rising:20mV"``, with what lies around them, 1000 a second at most; an ``EventRule``
            says more of them.
        :param before: so many s before each of them too …
        :param after: … and so many after it.
        :raises ConfigurationError: the settings do not fit together; says what would.
        :raises StorageError: the file exists or cannot be made, or the disk is too full.
        :raises SessionStateError: the scope streams already, or is closed.
        """
        from .recording import keep_config, recorder_for
        from .session import ScopeSession

        self.require_idle("stream()")
        before = checks.number("before", before, 0, 3600, "s")
        after = checks.number("after", after, 0, 3600, "s")
        if keep is None and (before, after) != (KeepConfig.before_s, KeepConfig.after_s):
            raise ConfigurationError("before and after belong to events; say which with keep.")
        pool_s = checks.number("pool", pool, 1e-3, 3600, "s")
        extent = {
            **extent_of(duration, samples),
            "pool_s": pool_s,
            "on_overrun": checks.choice("on_overrun", on_overrun, get_args(OnOverrun)),
            "keep": keep_config(keep, before, after),
        }
        if config is None:
            config = self.stream_config(**extent)
        elif extent != USUAL_EXTENT:
            raise ConfigurationError(
                "Give a config, or duration, samples, pool, on_overrun and keep; not both."
            )
        else:
            self.apply(config)
        if isinstance(path, Sink):
            if config.keep is not None and not isinstance(path, KeepingSink):
                raise ConfigurationError(
                    "Events are kept in a file; give its name instead of a sink."
                )
            return ScopeSession(self, config, path, metadata)
        recorder = recorder_for(
            path,
            config,
            live_only=live_only,
            compress=compress,
            force=force,
            reserve_bytes=reserve_bytes,
        )
        return ScopeSession(self, config, recorder, metadata)

    def acquire(
        self,
        duration: float | None = None,
        samples: int | None = None,
        *,
        timeout: float | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> Capture:
        """Stream for a short time into memory.

        With the trigger enabled it waits for it, and both count from there.

        :param duration: seconds to capture.
        :param samples: delivered samples per input to capture, instead of a duration.
        :param timeout: end after so many s with what was captured by then, perhaps nothing.
        :param should_stop: asked all the time; True ends it in the same way.
        :returns: times and voltages as arrays; see :class:`~.Capture`.
        :raises ConfigurationError: the settings do not fit together, or memory does not suffice.
        :raises OverrunError: samples were lost; a capture is whole or is none.
        :raises SessionStateError: the scope streams already, or is closed.
        :raises DriverError: the scope failed, in the subclass that fits.
        """
        from .session import ScopeSession

        self.require_idle("acquire()")
        require_function("should_stop", should_stop)
        config = self.stream_config(**extent_of(duration, samples))
        interval_ns = config.requested_interval_ns
        n_samples = config.largest_samples(interval_ns)
        if n_samples is None:
            raise ConfigurationError("Say how much to acquire: a duration in s, or samples.")
        require_memory(config, n_samples)
        # the pool need not hold more than all of it; touching its memory takes time
        length_s = n_samples * config.downsample_ratio * interval_ns * 1e-9
        config = replace(config, pool_s=min(max(length_s, _SHORTEST_POOL_S), config.pool_s))
        sink = CaptureSink()
        timeout_s = math.inf if timeout is None else checks.number("timeout", timeout, 0, 1e9, "s")
        with ScopeSession(self, config, sink, None) as session:
            if timeout is not None or should_stop is not None:
                session.end_when(timeout_s, should_stop or (lambda: False))
            session.wait()
        return sink.capture()

    @overload
    def capture(
        self,
        path: None = None,
        *,
        duration: float | None = None,
        samples: int | None = None,
        captures: int = 1,
        timeout: float | None = None,
        should_stop: Callable[[], bool] | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> Captures: ...

    @overload
    def capture(
        self,
        path: str | Path,
        *,
        duration: float | None = None,
        samples: int | None = None,
        captures: int = 1,
        timeout: float | None = None,
        should_stop: Callable[[], bool] | None = None,
        progress: Callable[[int], None] | None = None,
        force: bool = False,
        metadata: Mapping[str, Any] | None = None,
    ) -> CaptureSummary: ...

    def capture(
        self,
        path: str | Path | None = None,
        *,
        duration: float | None = None,
        samples: int | None = None,
        captures: int = 1,
        timeout: float | None = None,
        should_stop: Callable[[], bool] | None = None,
        progress: Callable[[int], None] | None = None,
        force: bool = False,
        metadata: Mapping[str, Any] | None = None,
    ) -> Captures | CaptureSummary:
        """Capture around triggers into the scope's own memory, up to 1 GS/s; then fetch it.

        The scope arms itself again for each capture (rapid block mode), so that hardly a trigger is
        missed between them. As many as fit into its memory make a run; while a run is fetched, the
        scope does not listen. Without the trigger enabled it captures at once. Down-sampling does
        not apply. :attr:`sample_rate` is the wanted one, of which the scope takes the nearest.

        .. code-block:: python

            scope.resolution, scope.sample_rate = 8, 1e9
            scope.trigger.level, scope.trigger.enabled = 0.1, True
            pulses = scope.capture(samples=1000, captures=500, timeout=10)
            mean_v = pulses.voltages["A"].mean(axis=0)
            scope.capture("pulses.hdf5", samples=1000, captures=100_000)

        :param path: the file to make; without one the captures come back as arrays.
        :param duration: s of each capture, :attr:`~.ScopeTrigger.pre_trigger` included.
        :param samples: samples of each capture and input, instead of a duration.
        :param captures: how many.
        :param timeout: end after so many s with the captures that are complete by then.
        :param should_stop: asked all the time; True ends it in the same way.
        :param progress: called now and then with how many captures are complete.
        :param force: replace an existing file.
        :param metadata: stored with the file; must be JSON-able.
        :returns: :class:`~.Captures`; of a file how many there are, and the dead times.
        :raises ConfigurationError: the settings do not fit together, or the scope's or this
            computer's memory does not suffice; says what would.
        :raises StorageError: the file exists or cannot be made or written.
        :raises SessionStateError: the scope streams, or is closed.
        :raises DriverError: the scope failed, in the subclass that fits; captures that were
            complete before are its attribute ``captures``, or in the file.
        """
        from .capture_session import CaptureSession

        self.require_idle("capture()")
        require_function("should_stop", should_stop)
        require_function("progress", progress)
        metadata = require_metadata(metadata)
        config = CaptureConfig(
            **self.input_settings(),
            **extent_of(duration, samples, MAX_CAPTURE_SAMPLES),
            captures=checks.whole_number("captures", captures, 1, MAX_CAPTURES),
        )
        if timeout is not None:
            timeout = checks.number("timeout", timeout, 0, MAX_DURATION_S, "s")
        session = CaptureSession(self, timeout, should_stop, progress)
        if path is None:
            return session.into_memory(config)
        from .recording import capture_recorder

        return session.into_file(config, capture_recorder(path, config, force=force), metadata)
