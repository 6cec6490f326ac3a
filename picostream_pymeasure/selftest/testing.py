"""All checks in order, and the report they make."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ..config import ChannelConfig, StreamConfig
from ..driver import USB
from ..instrument import PicoScope5000A
from ..storage import appearing
from .blocks import check_blocks
from .cable import check_cable
from .finding import Finding, Verdict
from .machine import check_machine
from .overrun import check_overrun
from .rates import check_clock, check_rates, check_rounding

_CLOCK_S = 10.0


@dataclass
class SelfTest:
    """The checks of one opened scope.

    :param folder: where recordings would go.
    :param duration_s: of the longest check.
    :param cable: the generator's output is connected to channel A.
    """

    scope: PicoScope5000A
    folder: Path
    duration_s: float = _CLOCK_S
    cable: bool = False
    findings: list[Finding] = field(default_factory=list)

    def run(self) -> Iterator[Finding]:
        """Make one check after the other; each finding is kept as well."""
        for finding in self._checks():
            self.findings.append(finding)
            yield finding

    def _checks(self) -> Iterator[Finding]:
        scope = self.scope
        yield self._check_power()
        yield check_machine(self.folder)
        yield from check_rates(scope)
        yield check_rounding(scope)
        yield check_clock(scope, self.duration_s)
        yield check_overrun(
            scope.unit, StreamConfig(channels=(ChannelConfig(scope.channel_names[0]),))
        )
        yield from check_blocks(scope)
        if self.cable:
            yield from check_cable(scope, self.duration_s)

    def _check_power(self) -> Finding:
        scope, unit = self.scope, self.scope.unit
        text, verdict = f"{scope.id}; power: {scope.power_source}.", Verdict.GOOD
        if unit.n_channels > len(unit.channel_names):
            usable = " and ".join(unit.channel_names)
            text += f" Only {usable} can be used because of {unit.power.limit}."
            verdict = Verdict.NOTE
        elif unit.n_channels > USB.max_channels:
            text += " On USB power alone only A and B could be used."
        if unit.n_channels > USB.max_channels:
            text += " What it tells when its power changes is not tried: somebody must pull a plug."
        return Finding("scope", verdict, text, self._who())

    def _who(self) -> dict[str, Any]:
        scope = self.scope
        return {
            "variant": scope.variant,
            "driver_version": scope.driver_version,
            "power_source": scope.power_source,
            "channels": list(scope.channel_names),
        }

    @property
    def is_good(self) -> bool:
        """Whether no check was bad."""
        return all(finding.verdict is not Verdict.BAD for finding in self.findings)

    @property
    def settled(self) -> dict[str, str]:
        """Open questions about the driver that the checks have answered, with the answers."""
        return {
            question: answer
            for finding in self.findings
            for question, answer in finding.settles.items()
        }

    def sentence(self) -> str:
        """The result in one sentence."""
        bad = [finding.check for finding in self.findings if finding.verdict is Verdict.BAD]
        if bad:
            return f"Not as it must be: {'; '.join(bad)}."
        proof = ""
        if not self.cable:
            proof = " A cable from the generator to A and --cable would prove that nothing is lost."
        others = [
            f"{finding.check} ({finding.verdict.value})"
            for finding in self.findings
            if finding.verdict is not Verdict.GOOD
        ]
        if others:
            return f"No check is bad; neither good nor bad are: {'; '.join(others)}.{proof}"
        return f"All {len(self.findings)} checks are good.{proof}"

    def write_report(self, path: Path, *, force: bool = False) -> None:
        """Write what was found into a JSON file; it names no serial number.

        :param force: replace an existing one.
        :raises OutputExistsError: it exists.
        :raises StorageError: it cannot be written.
        """
        report = {
            "time": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "result": self.sentence(),
            "settled": self.settled,
            "findings": [finding.to_dict() for finding in self.findings[1:]],
            "scope": self._who(),
        }
        with appearing(path, force=force) as file:
            file.write(json.dumps(report, indent=2).encode())
