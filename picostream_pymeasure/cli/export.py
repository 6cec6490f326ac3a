"""``picostream export``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..quantities import count, size
from .exit_codes import COMPLETE, FAILED
from .interrupt import Interrupt
from .preparing import telling_that_it_compiles
from .progress_bar import make_bar
from .terminal import make_console


@telling_that_it_compiles()
def export_file(file: Path, output: Path, channels: tuple[str, ...], **options: Any) -> int:
    """Export a recording and show how far it is; returns the exit code.

    :param channels: empty for all.
    :param options: as of :func:`picostream_pymeasure.reader.export_recording`.
    """
    from ..reader import export_recording

    console = make_console()
    with Interrupt() as interrupt, make_bar(console, "Exporting") as bar:
        task = bar.add_task("export", total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)
            if interrupt.came:
                raise KeyboardInterrupt

        try:
            report = export_recording(
                file, output, channels=channels or None, progress=show, **options
            )
        except KeyboardInterrupt:
            bar.console.print("Interrupted; no file was written.")
            return FAILED
    rows = "1 row" if report.rows == 1 else f"{count(report.rows)} rows"
    console.print(
        f"{report.path}: {rows} from {report.begin_s:.10g} to "
        f"{report.end_s:.10g} s, {size(report.n_bytes)}",
        soft_wrap=True,
    )
    return COMPLETE
