"""The parameters: complete, described, refused in one sentence, and read back as they were."""

from __future__ import annotations

import inspect
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from pymeasure.experiment import Parameter, Procedure, Results, VectorParameter

from picostream_pymeasure import quantities
from picostream_pymeasure.config import (
    USUAL_MAX_RATE_HZ,
    Bandwidth,
    Coupling,
    DownsampleMode,
    TriggerDirection,
)
from picostream_pymeasure.errors import ConfigurationError, DiskFullError
from picostream_pymeasure.instrument import keep_config
from picostream_pymeasure.procedures.capture import StreamingCapture
from picostream_pymeasure.procedures.frequency_response import FrequencyResponse
from picostream_pymeasure.procedures.live_monitor import LiveMonitor
from picostream_pymeasure.procedures.number_parameters import (
    NumberChoice,
    NumberParameter,
    WholeNumberParameter,
)
from picostream_pymeasure.procedures.source_sweep import SourceSweep

PROCEDURES = [StreamingCapture, LiveMonitor, FrequencyResponse, SourceSweep]


def parameters_of(procedure: type[Procedure]) -> dict[str, Parameter]:
    return dict(inspect.getmembers(procedure, lambda member: isinstance(member, Parameter)))


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_each_parameter_has_all_a_window_needs(procedure: type[Procedure]) -> None:
    parameters = parameters_of(procedure)
    assert set(procedure.INPUTS) <= set(parameters)
    assert set(procedure.DISPLAYS) <= set(parameters)
    assert len(set(procedure.INPUTS)) == len(procedure.INPUTS)
    assert len({parameter.name for parameter in parameters.values()}) == len(parameters)
    for name in procedure.INPUTS:
        assert parameters[name].default is not None, name
        assert parameters[name].description, name
        assert set(parameters[name].group_by) <= set(parameters), name


@pytest.mark.parametrize(
    ("procedure", "name", "on", "applies", "applies_not"),
    [
        (SourceSweep, "source_address", "source", "keithley.Keithley2400", "simulated"),
        (StreamingCapture, "downsample_ratio", "downsample_mode", "average", "none"),
    ],
)
def test_parameter_is_shown_where_it_applies(
    procedure: type[Procedure], name: str, on: str, applies: object, applies_not: object
) -> None:
    condition = parameters_of(procedure)[name].group_by[on]
    assert (condition(applies), condition(applies_not)) == (True, False)


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_no_parameter_hides_a_method_of_the_widget(procedure: type[Procedure]) -> None:
    # PyMeasure puts each input into an attribute of this name of a QWidget
    widgets = pytest.importorskip("pymeasure.display.widgets.inputs_widget", exc_type=ImportError)
    assert not set(procedure.INPUTS) & set(dir(widgets.InputsWidget))


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_columns_are_known_to_pint(procedure: type[Procedure]) -> None:
    units = procedure.parse_columns(procedure.DATA_COLUMNS)
    assert set(units) == {column for column in procedure.DATA_COLUMNS if column.endswith(")")}


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_parameters_survive_the_csv(procedure: type[Procedure], tmp_path: Path) -> None:
    wanted = procedure(range_a=0.5, resolution=8, offset_a=-0.125, channel_a=True, pool=2.5)
    Results(wanted, str(tmp_path / "run.csv"))
    loaded = Results.load(str(tmp_path / "run.csv")).procedure
    assert type(loaded) is procedure
    assert loaded.parameter_values() == wanted.parameter_values()


FORMS = ["2", "2.0", "2,0", "2 V", "2V", "2000 mV", "2000m", "0.002 kV"]
#: None of them is 2 V, whatever digits it begins with.
OTHERS = ["x", "", None, True, "2 Hz", "2 s", "2 mHz", "2 V/s", "2 2", [2], {}]


@pytest.mark.parametrize("written", [2, 2.0, *FORMS])
def test_number_is_read_as_people_type_it(written: object) -> None:
    for parameter in (
        NumberChoice("Range", choices=[0.5, 2.0], units="V"),
        NumberParameter("Level", units="V"),
        WholeNumberParameter("Level", units="V"),
    ):
        parameter.value = written
        assert parameter.value == 2
        assert str(parameter) == "2 V"


@pytest.mark.parametrize("written", OTHERS)
def test_other_unit_is_refused(written: object) -> None:
    for parameter in (
        NumberChoice("Range", choices=[0.5, 2.0], units="V"),
        NumberParameter("Level", units="V"),
        WholeNumberParameter("Level", units="V"),
    ):
        with pytest.raises((ValueError, TypeError)):
            parameter.value = written


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (WholeNumberParameter, "16.7"),
        (WholeNumberParameter, 1.5),
        (WholeNumberParameter, float("inf")),
        (WholeNumberParameter, 10**400),
        (NumberParameter, 11),
        (NumberParameter, "11 k"),
    ],
)
def test_number_beyond_limits_is_refused(kind: type[Parameter], written: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        kind("Count", minimum=0, maximum=10).value = written


@pytest.mark.parametrize("value", [0.1, 1 / 3, 1e-9, 62.5, 123456789.125, 10, 3e8, -0.0625])
def test_number_is_written_as_it_can_be_read(value: float) -> None:
    written = NumberParameter("Rate", units="MS/s")
    written.value = value
    read = NumberParameter("Rate", units="MS/s")
    read.value = str(written)
    assert read.value == value


def test_stream_config_of_all_parameters() -> None:
    config = StreamingCapture(
        resolution=8,
        sample_rate=10,
        channel_b=True,
        range_b=0.5,
        coupling_b="AC",
        offset_b=0.1,
        bandwidth_b="20 MHz",
        port_1=True,
        logic_level_1=0.8,
        downsample_mode="aggregate",
        downsample_ratio=4,
        trigger_enabled=True,
        trigger_source="B",
        trigger_level=0.2,
        trigger_direction="falling",
        pre_trigger=0.5,
        auto_trigger=1.5,
        ends_by="samples",
        sample_count=77,
        pool=3,
        on_overrun="stop",
    ).stream_config()
    second = config.channels[1]
    assert (second.name, second.range_v, second.coupling) == ("B", 0.5, Coupling.AC)
    assert (second.offset_v, second.bandwidth) == (0.1, Bandwidth.LIMIT_20MHZ)
    assert [(port.name, port.logic_level_v) for port in config.digital_ports] == [("PORT1", 0.8)]
    assert (config.resolution_bits, config.sample_rate_hz) == (8, 10e6)
    assert (config.downsample_mode, config.downsample_ratio) == (DownsampleMode.AGGREGATE, 4)
    assert config.trigger is not None
    assert config.trigger.sources == ("B",)
    assert config.trigger.direction is TriggerDirection.FALLING
    assert (config.samples, config.duration_s) == (77, None)
    assert (config.pool_s, config.on_overrun) == (3, "stop")


def test_typed_numbers_become_what_they_say() -> None:
    config = StreamingCapture(
        range_a="20 mV", offset_a="1,5 mV", sample_rate="500 kS/s", duration="2 min", pool="500 ms"
    ).stream_config()
    assert (config.channels[0].range_v, config.channels[0].offset_v) == (0.02, 0.0015)
    assert (config.sample_rate_hz, config.duration_s, config.pool_s) == (5e5, 120.0, 0.5)


def test_what_does_not_apply_is_ignored() -> None:
    config = StreamingCapture(
        range_c=5, downsample_ratio=100, trigger_source="D", sample_count=5, duration=2
    ).stream_config()
    assert config == StreamingCapture(duration=2).stream_config()


CONTRADICTIONS: list[tuple[dict[str, object], str]] = [
    ({"channel_a": False}, "At least one channel"),
    ({"resolution": 16, "channel_b": True}, "At 16 bit at most 1"),
    ({"sample_rate": 100}, "cannot stream at 100 MS/s"),
    ({"range_a": 0.01, "offset_a": 5}, "cannot be offset by 5 V"),
    ({"trigger_enabled": True, "trigger_source": "C"}, "C, which is not enabled"),
    ({"pool": None}, "Buffer cannot be None"),
    ({"scope_serial": None}, "Scope cannot be None; use a text"),
]
#: What is refused already when it is set.
WRONG_VALUES: list[tuple[dict[str, object], str]] = [
    ({"duration": "long"}, "Duration cannot be 'long'; use a number from 1 ms to 3"),
    ({"range_a": 3}, "Range A cannot be 3; use one of 0.01, 0.02"),
    ({"range_a": "20 Hz"}, "Range A cannot be '20 Hz'; use one of 0.01, 0.02"),
    ({"sample_rate": "1 s"}, "Sample Rate cannot be '1 s'; use a number from 0 to 125 MS/s"),
    ({"duration": "10 V"}, "Duration cannot be '10 V'; use a number from 1 ms to 3"),
    ({"sample_rate": "500 kV"}, r"125 MS/s\. kV is no unit of a rate; S/s, Sa/s, SPS and Hz are\."),
    ({"sample_rate": "500 MS/s"}, r"use a number from 0 to 125 MS/s\.$"),
    ({"ends_by": "samples", "sample_count": 1.5}, "Sample Count cannot be 1.5"),
    ({"coupling_a": "GND"}, "Coupling A cannot be 'GND'; use one of DC, AC"),
    ({"channel_a": "maybe"}, "Channel A cannot be 'maybe'; use True or False"),
    ({"summary_interval": float("nan")}, "Summary Interval cannot be nan; use a number"),
    ({"scale_a": "x"}, "Scale A cannot be 'x'; use for example 1 nA/mV"),
]


@pytest.mark.parametrize(("parameters", "message"), CONTRADICTIONS + WRONG_VALUES)
def test_contradictions_are_refused_in_one_sentence(
    parameters: dict[str, object], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        StreamingCapture(**parameters).check()


@pytest.mark.parametrize(("parameters", "message"), CONTRADICTIONS)
def test_contradictions_are_told_before_the_start(
    parameters: dict[str, object], message: str
) -> None:
    estimates = StreamingCapture(**parameters).get_estimates()
    assert message.partition(";")[0] in dict(estimates)["Can record"]
    assert len(estimates) == len(StreamingCapture().get_estimates())


@pytest.mark.parametrize(("parameters", "message"), WRONG_VALUES)
def test_a_wrong_value_is_refused_however_it_is_set(
    parameters: dict[str, object], message: str
) -> None:
    """Before PyMeasure reads it, whose refusal names no parameter."""
    procedure = StreamingCapture()
    with pytest.raises(ConfigurationError, match=message):
        procedure.set_parameters(parameters)
    name, value = list(parameters.items())[-1]
    with pytest.raises(ConfigurationError, match=message):
        setattr(procedure, name, value)
    assert procedure.parameter_values() == StreamingCapture().parameter_values()


def test_parameters_that_only_pymeasure_knows_are_refused_in_its_words() -> None:
    class Own(StreamingCapture):
        field = VectorParameter("Field", length=3, default=[0, 0, 1])

    assert Own(field="[1, 2, 3]").field == [1, 2, 3]
    with pytest.raises(ConfigurationError, match="Field cannot be 'up'; VectorParameter must be"):
        Own(field="up")


def test_unknown_parameter_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no parameter durration"):
        StreamingCapture(durration=5)


def test_estimates() -> None:
    procedure = StreamingCapture(duration=100, sample_rate=1.25, channel_b=True)
    lines = dict(procedure.get_estimates())
    assert lines["Sample rate"] == "1.250 MS/s"
    assert lines["Duration"] == quantities.duration(100)
    assert lines["File size"] == quantities.size(500e6)
    assert lines["Can record"] == "yes"
    assert (
        dict(procedure.get_estimates(sequence_length=3))["Duration"]
        == f"3 × {quantities.duration(100)}"
    )
    endless = dict(StreamingCapture(ends_by="stop").get_estimates())
    assert endless["Duration"] == "until stopped"
    kept = dict(LiveMonitor(live_only=10, sample_rate=1.25).get_estimates())
    assert kept["File size"] == quantities.size(25e6)
    too_much = StreamingCapture(duration=1e8, sample_rate=62.5)
    verdict = dict(too_much.get_estimates())["Can record"]
    assert verdict.startswith(f"no: {quantities.size(125e6 * 1e8)} are needed, ")
    averaged = StreamingCapture(
        ends_by="samples", sample_rate=1.25, downsample_mode="average", downsample_ratio=10
    )
    assert dict(averaged.get_estimates())["Duration"] == quantities.duration(8)
    packed = dict(StreamingCapture(duration=100, sample_rate=1.25, compress=True).get_estimates())
    assert packed["File size"] == f"at most {quantities.size(250e6)}"
    assert packed["Can record"] == "yes"
    perhaps = StreamingCapture(duration=1e8, sample_rate=62.5, compress=True).get_estimates()
    assert dict(perhaps)["Can record"].startswith("perhaps: up to ")
    events = StreamingCapture(keep="A:falling:5sigma").get_estimates()
    assert dict(events)["File size"] == "–"  # nobody knows how many there will be


def test_the_disk_must_hold_all_runs() -> None:
    most_of_it = 0.6 * shutil.disk_usage(Path.cwd()).free
    procedure = StreamingCapture(sample_rate=1.25, duration=most_of_it / 2.5e6)
    assert dict(procedure.get_estimates())["Can record"] == "yes"
    assert dict(procedure.get_estimates(sequence_length=2))["Can record"].startswith("no: ")


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("ends_by", ["duration", "stop"])
def test_what_must_stay_free_is_no_room(
    ends_by: str, compress: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=5_000_000))
    small = StreamingCapture(ends_by=ends_by, duration=0.01, sample_rate=1.25, compress=compress)
    lines = dict(small.get_estimates())
    assert lines["Can record"].startswith("no: ")
    assert lines["Can record"].endswith(
        "5.00 MB are free on the disk, of which 200.00 MB stay free"
    )
    assert lines["Disk lasts"].endswith(quantities.rough_duration(0))


@pytest.mark.parametrize(
    ("resolution", "n_channels", "asked", "rate", "settled"),
    [
        (12, 1, 40, "31.25 MS/s, the nearest to 40.00 MS/s", 31.25),
        (8, 1, 40, "41.67 MS/s, the nearest to 40.00 MS/s", 1e3 / 24),
        (12, 1, 0, "62.50 MS/s", 0),  # which a scope at a slow port may not reach
        (12, 3, 0, "20.83 MS/s", 0),
        (14, 1, 10, "9.615 MS/s, the nearest to 10.00 MS/s", 1e3 / 104),
    ],
)
def test_the_rate_that_will_be(
    resolution: int, n_channels: int, asked: float, rate: str, settled: float
) -> None:
    enabled = {f"channel_{name}": True for name in "abcd"[:n_channels]}
    procedure = StreamingCapture(resolution=resolution, sample_rate=asked, **enabled)
    assert dict(procedure.get_estimates())["Sample rate"] == rate
    procedure.settle()
    assert procedure.sample_rate == pytest.approx(settled)
    procedure.check()
    assert "next to" not in dict(procedure.get_estimates())["Sample rate"]


def test_estimate_is_of_the_disk_that_is_recorded_to(tmp_path: Path) -> None:
    procedure = StreamingCapture()
    procedure.recording_path = str(tmp_path / "missing" / "run.hdf5")
    assert "missing" in dict(procedure.get_estimates())["Can record"]
    procedure.recording_path = str(tmp_path / "run.hdf5")
    assert dict(procedure.get_estimates())["Can record"] == "yes"


def test_recording_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    procedure = StreamingCapture(duration=1e8, sample_rate=62.5)
    procedure.recording_path = str(tmp_path / "run.hdf5")
    with pytest.raises(DiskFullError):
        procedure.check()
    assert not list(tmp_path.iterdir())


def test_noise_does_not_fill_the_disk_unless_it_may() -> None:
    procedure = StreamingCapture(keep="A:falling:3sigma")
    assert procedure.keep_config().rule.max_rate_hz == USUAL_MAX_RATE_HZ
    procedure.keep_max_rate = 1e6
    assert procedure.stream_config().keep.rule.max_rate_hz == 1e6
    assert keep_config("A", 1e-3, 1e-3).rule.max_rate_hz == USUAL_MAX_RATE_HZ


def test_captures_that_have_room_are_estimated_in_few_digits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from picostream_pymeasure.procedures.triggered_capture import TriggeredCapture

    free = SimpleNamespace(free=64_001_208_000)
    monkeypatch.setattr("shutil.disk_usage", lambda _: free)
    procedure = TriggeredCapture(captures=100, capture_samples=1000, resolution=12)
    assert dict(procedure.get_estimates())["Disk lasts"] == "≈ 31.90 M captures"
