"""The habits of a unit, as the native poll and ``RunStreaming`` need them."""

from __future__ import annotations

from ...config import Status
from ..device import layout
from ..scopes.choices import choices_of
from ..scopes.habits import Habits
from .history import SignalHistory
from .unit import Unit

_NOTHING_NEW = {
    "0": layout.NOTHING_CALLED_BACK,
    "silent": layout.SILENT,
    "never": layout.NEVER_NOTHING,
    "37": Status.NO_SAMPLES_AVAILABLE,
    "39": Status.BUSY,
    "67": Status.DRIVER_FUNCTION,
}
#: What the device holds of all inputs together, if nothing else is asked for.
_MEMORY_BYTES = 31_250_000

_PPM = 1e-6
_HOUR_NS = 3.6e12


def begin_anew(unit: Unit, interval_ns: int, mode: int = 0, ratio: int = 1) -> None:
    """Let samples be counted from 0 again, at this nominal interval."""
    unit.history = SignalHistory(unit.scope, unit.settings, float(interval_ns))
    unit.history.ratio_mode, unit.history.ratio = mode, ratio
    unit.native["ratio_mode"], unit.native["ratio"] = mode, ratio
    for name in ("raw_position", "hole_count", "dead_status", "auto_stop"):
        unit.native[name] = 0
    unit.resumable = False
    _load_habits(unit, interval_ns)
    unit.settings.generator = unit.settings.generator.moved(0)
    unit.shared.place_faults(unit.history.sample_interval_ns, unit.history.over_range())


def _load_habits(unit: Unit, interval_ns: int) -> None:
    """Hand the poll how to behave in a stream of this nominal interval, from its start on."""
    native, scope, habits = unit.native, unit.scope, unit.scope.habits
    packet = habits.packet_samples(interval_ns, _bytes_a_sample(unit))
    native["interval_ns"], native["packet_samples"] = interval_ns, packet
    native["fifo_samples"] = max(2 * packet, _memory_samples(unit, interval_ns))
    native["packets_a_call"] = habits.packets_a_call if habits.packet != "all" else 0
    native["quiet_calls"] = habits.quiet_calls
    native["nothing_new"] = _NOTHING_NEW[habits.nothing_new]
    native["wrap"] = choices_of(Habits)["wrap"].index(habits.wrap)
    native["call_ns"] = round(habits.call_s * 1e9)
    native["seed"], native["paced"] = scope.seed, scope.paced
    native["trigger_counts_stream"] = habits.trigger_at == "stream"
    native["samples_a_ns"] = (1 + habits.clock_ppm * _PPM) / real_interval_ns(habits, interval_ns)
    native["drift_a_ns"] = habits.clock_drift_ppm_h * _PPM / _HOUR_NS
    native["calls"] = native["break_count"] = native["owed_loss"] = 0
    _load_losses(unit, interval_ns)


def _memory_samples(unit: Unit, interval_ns: int) -> int:
    if unit.scope.fifo_s is None:
        return _MEMORY_BYTES // _bytes_a_sample(unit)
    return round(unit.scope.fifo_s * 1e9 / interval_ns)


def _bytes_a_sample(unit: Unit) -> int:
    """On the wire, of all inputs together."""
    return len(unit.settings.rows) * (1 if unit.settings.bits == 8 else 2)


def _load_losses(unit: Unit, interval_ns: int) -> None:
    native, habits = unit.native, unit.scope.habits
    native["drops_newest"] = habits.memory_full == "newest"
    native["told_at_hole"] = habits.loss_told == "at_hole"
    native["told_by_flag"] = unit.scope.overrun_signal in ("flag", "both")
    native["told_by_stall"] = unit.scope.overrun_signal in ("stall", "both")
    native["steady_loss"] = habits.steady_loss
    least, most, every = (
        round(time_s * 1e9 / interval_ns) for time_s in (*habits.loss_s, habits.loss_every_s)
    )
    native["loss_least"], native["loss_most"] = max(1, least), max(1, most)
    native["loss_every"] = native["next_loss"] = every


def real_interval_ns(habits: Habits, interval_ns: int) -> float:
    """Interval between samples where the driver's grid has this one."""
    return interval_ns * (1 + habits.interval_ppm * _PPM)


def answer_ns(habits: Habits, interval_ns: int) -> float:
    """Interval that the driver reports for one of its grid."""
    if habits.interval_answer == "zero":
        return 0.0
    if habits.interval_answer == "nominal":
        return interval_ns
    real_ns = real_interval_ns(habits, interval_ns)
    return real_ns if habits.interval_answer == "exact" else round(real_ns)
