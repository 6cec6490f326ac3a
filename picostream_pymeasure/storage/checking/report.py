"""What the verification of a file found."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from ...errors import counted
from ..reading import PICOSTREAM, Recording


@dataclass
class Report:
    """Result of :func:`~.verifying.verify`; samples are delivered samples per channel.

    :param format: ``picostream-pymeasure``, or ``picostream`` for PicoStream's own files.
    :param status: as the file says: ``recording`` (also after a crash), ``complete``,
        ``incomplete``; ``""`` if it does not say.
    :param samples: what the file holds and the checksums cover.
    :param lost_samples: known and estimated losses listed in ``/gaps``.
    :param chunks: chunks to verify, over all channels.
    :param verified_chunks: those whose checksum is right.
    :param errors: what is damaged, one sentence each.
    :param notes: what is worth knowing but no damage.
    :param proven_samples: of a simulated recording, those that are what the simulated scope
        delivered; None where that cannot be computed.
    :param proof: what the proof found, in words.
    :param smallest_visible_loss: a smaller loss that the driver did not report could not have been
        seen while it was recorded; None where the file does not say.
    :param rate_deviation_ppm: how much slower than reported the samples came; None as well.
    :param rate_accuracy_ppm: so far that may be from the truth; None as well.
    """

    path: str
    format: str
    status: str
    samples: int = 0
    lost_samples: int = 0
    gaps: int = 0
    chunks: int = 0
    verified_chunks: int = 0
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    proven_samples: int | None = None
    proof: str = ""
    smallest_visible_loss: int | None = None
    rate_deviation_ppm: float | None = None
    rate_accuracy_ppm: float | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing is missing, as far as the file can tell."""
        return self.format == PICOSTREAM or (self.status == "complete" and not self.gaps)

    @property
    def exit_code(self) -> int:
        """0 complete and verified, 3 verified but samples are missing, 1 damaged."""
        if self.errors:
            return 1
        return 0 if self.complete else 3

    def to_dict(self) -> dict[str, Any]:
        """All fields and the exit code, for JSON."""
        return {**asdict(self), "exit_code": self.exit_code}


def left_out_notes(recording: Recording) -> list[str]:
    """Why a file that was not finished has less than it had published, if it has."""
    sentence = (
        f"The last {counted(recording.left_out, 'sample')} are left out: the first of them, or a "
        "gap before them, are not on the disk or are damaged."
    )
    return [sentence] if recording.left_out else []
