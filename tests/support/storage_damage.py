"""Damaged recordings of every kind, for tests that nothing in them hangs or crashes a program.

``python storage_damage.py FOLDER SEED CASES [KIND …]`` damages the recording of each kind in ways
that depend on the seed and the number of the case alone, and does all that can be done with it. It
prints each case before it begins; one that takes too long ends the program with the traces of all
threads.
"""

from __future__ import annotations

import contextlib
import faulthandler
import shutil
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from picostream_pymeasure.errors import PicoStreamError
from picostream_pymeasure.reader import PicoStreamReader
from picostream_pymeasure.records import Event
from picostream_pymeasure.storage import (
    Recorder,
    describe_file,
    open_recording,
    repair,
    verify,
)
from tests.support.live_stream import LiveStream, describe_live
from tests.support.patience import PATIENCE_S
from tests.support.reader_files import noise, write_picostream
from tests.support.storage_stream import Stream, describe, finish, gap_at, recording


def _own(path: Path) -> None:
    with recording(path, metadata={"note": "long " * 4000}) as stream:
        _record(stream)


def _several(path: Path) -> None:
    with recording(path, "ABD", aggregate=True) as stream:
        _record(stream)


def _compressed(path: Path) -> None:
    with recording(path, "AB", compress=True, samples=131_072) as stream:
        _record(stream)


def _live(path: Path) -> None:
    stream = LiveStream(Recorder(path, live_only_s=0.2), describe_live("AC"), gap_every=5)
    stream.write_blocks(30)
    finish(stream.recorder)


def _crashed(path: Path) -> None:
    recorder = Recorder(path.with_suffix(".open"))
    stream = Stream(recorder, describe("AB"))
    _record(stream)
    _leave(recorder, path)


def _crashed_live(path: Path) -> None:
    recorder = Recorder(path.with_suffix(".open"), live_only_s=0.2)
    stream = LiveStream(recorder, describe_live("AC"), gap_every=5)
    stream.write_blocks(30)
    _leave(recorder, path)


def _leave(recorder: Recorder, path: Path) -> None:
    """The file as a crash at this moment would leave it."""
    shutil.copyfile(recorder.path, path)
    finish(recorder)
    recorder.path.unlink()


def _record(stream: Stream) -> None:
    for _ in range(3):
        stream.write()
        stream.recorder.add_event(Event(stream.position, 0.5, "lamp", 1.0))
    stream.skip(100)
    stream.recorder.add_gap(gap_at(stream.recorder.stored_samples, 100, 100, "pool full", 0.5))
    stream.write()
    stream.write(1234)


def _picostream(path: Path) -> None:
    write_picostream(path, noise(3000))


def _picostream_with_texts(path: Path) -> None:
    write_picostream(path, noise(3000), **{f"note_{n}": "text " * n for n in range(20)})


def _picostream_latest(path: Path) -> None:
    with h5py.File(path, "w", libver="latest") as file:
        file.create_dataset("adc_counts", data=noise(3000), chunks=(500,), maxshape=(None,))
        file.attrs.update({"sample_interval_ns": 16.0, "voltage_range_v": 2.0, "max_adc": 32512})
        for number in range(20):  # so many that they lie outside of the object's header
            file.attrs[f"note_{number}"] = "text " * number


def _texts_amid_samples(path: Path) -> None:
    with h5py.File(path, "w") as file:
        counts = file.create_dataset("adc_counts", (0,), "<i2", maxshape=(None,), chunks=(8192,))
        counts.resize((3 * 8192,))
        counts[:] = noise(3 * 8192)
        file.attrs.update({"sample_interval_ns": 16.0, "voltage_range_v": 2.0, "max_adc": 32512})
        file.attrs.update({"downsample_mode": "none", "resolution": "PS5000A_DR_12BIT"})
        file.flush()
        counts.resize((6 * 8192,))
        counts[3 * 8192 :] = 1


KINDS: dict[str, Callable[[Path], None]] = {
    "own": _own,
    "compressed": _compressed,
    "several": _several,
    "live": _live,
    "crashed": _crashed,
    "crashed-live": _crashed_live,
    "picostream": _picostream,
    "picostream-texts": _picostream_with_texts,
    "picostream-latest": _picostream_latest,
    "texts-amid-samples": _texts_amid_samples,
}


def places_of_metadata(path: Path) -> NDArray[np.int64]:
    """Positions of all bytes but those of counts and bins, and of holes."""
    with open_recording(path) as opened:
        if opened.planned is None:
            return _places_of_picostreams(path)
        plan = opened.planned.plan
        segment = np.arange(plan.base, plan.base + 2 * 16384)  # tables and checksums
    return np.concatenate((np.arange(plan.base), segment))


def _places_of_picostreams(path: Path) -> NDArray[np.int64]:
    is_metadata = np.ones(path.stat().st_size, np.bool_)

    def exclude(chunk: Any) -> None:
        is_metadata[chunk.byte_offset : chunk.byte_offset + chunk.size] = False

    with h5py.File(path) as file:
        file["adc_counts"].id.chunk_iter(exclude)
    return np.flatnonzero(is_metadata)


def damage(content: bytearray, places: NDArray[np.int64], rng: np.random.Generator) -> None:
    """Change one to four places, each in one of several ways."""
    for _ in range(rng.integers(1, 5)):
        at = min(int(rng.choice(places)), len(content) - 1)
        match rng.integers(6):
            case 0:
                content[at] ^= 1 << int(rng.integers(8))
            case 1:
                content[at] = int(rng.integers(256))
            case 2:
                size = int(rng.choice((1, 2, 4, 8)))
                value = (0, 1, 2**31, 2**63 - 1, 2**64 - 1)[rng.integers(5)]
                content[at : at + size] = (value % 2 ** (8 * size)).to_bytes(size, "little")
            case 3:
                del content[at : at + int(rng.integers(1, 64))]
            case 4:
                size = int(rng.integers(1, 64))
                other = int(rng.choice(places))
                piece = content[other : other + size]
                content[at : at + len(piece)] = piece
            case 5:
                size = int(rng.integers(1, 64))
                content[at : at + size] = bytes(size)


def use(path: Path) -> None:
    """Do all that can be done with a file; errors of the package are fine, others are not."""
    for action in (describe_file, _read, verify, repair):
        with contextlib.suppress(PicoStreamError):
            action(path)


def _read(path: Path) -> None:
    with PicoStreamReader(path) as reader:
        reader.window(reader.begin_s, reader.end_s, 50)
        for _ in reader.get_block_iter(5000, 7, "min_max"):
            pass


def damage_and_use(path: Path, kind: str, seed: int, cases: int) -> bool:
    """Whether every case ended as it should."""
    KINDS[kind](path)
    content = path.read_bytes()
    places = places_of_metadata(path)
    succeeded = True
    for case in range(cases):
        print(kind, case, flush=True)
        damaged = bytearray(content)
        damage(damaged, places, np.random.default_rng((seed, case)))
        path.write_bytes(damaged)
        faulthandler.dump_traceback_later(PATIENCE_S, exit=True)
        try:
            use(path)
        except Exception:  # noqa: BLE001 - the other cases are of interest too
            print(f"{kind} {case}:", traceback.format_exc(), file=sys.stderr)
            succeeded = False
        faulthandler.cancel_dump_traceback_later()
    return succeeded


def main(folder: str, seed: str, cases: str, *kinds: str) -> int:
    faulthandler.enable()
    results = [
        damage_and_use(Path(folder) / f"{kind}.hdf5", kind, int(seed), int(cases))
        for kind in kinds or KINDS
    ]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
