"""A recording with gaps, of which a copy has not all rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from picostream_pymeasure.storage.layout.plan import UNIT_BYTES, UNIT_HEAD_BYTES
from picostream_pymeasure.storage.schema import GAP_DTYPE

from .plain_writer import PlainWriter, describe, noise

SAMPLES, GAPS = 10_000, 3

#: What a copy has in the place of the unit that holds the gaps, by how many rows are gone.
HOLES: dict[int, Callable[[bytes], bytes]] = {
    1: lambda unit: _without(unit, 1),
    2: lambda unit: _without(unit, 1, 2),
    3: lambda unit: bytes(len(unit)),
}


def _without(unit: bytes, *rows: int) -> bytes:
    content = bytearray(unit)
    for row in rows:
        begin = UNIT_HEAD_BYTES + row * GAP_DTYPE.itemsize
        content[begin : begin + GAP_DTYPE.itemsize] = bytes(GAP_DTYPE.itemsize)
    return bytes(content)


def made(path: Path, gone: int, end: str) -> Path:
    """A recording with gaps, and a hole where their rows are.

    :param end: of the recording; a ``fresh`` one grows, and has synced its samples alone.
    """
    writer = PlainWriter(path, describe())
    writer.append(noise(SAMPLES))
    if end == "fresh":
        writer.sync()
    for number in range(GAPS):
        place = 3000 * (number + 1)
        writer.add_row("gaps", place, place, place, 7, 7, 1e-3 * (number + 1), b"overrun")
    if end != "fresh":
        writer.sync()
    if end == "finished":
        writer.finish("incomplete")
    if end == "left":
        writer.publish(age_s=60.0)
    writer.close()
    with path.open("r+b") as file:
        file.seek(writer.plan.unit_positions[0])
        unit = file.read(UNIT_BYTES)
        file.seek(writer.plan.unit_positions[0])
        file.write(HOLES[gone](unit) if gone else unit)
    return path
