"""``picostream compress``."""

from __future__ import annotations

from pathlib import Path

from ..quantities import size
from .exit_codes import COMPLETE, FAILED
from .interrupt import Interrupt
from .preparing import telling_that_it_compiles
from .progress_bar import make_bar
from .terminal import make_console


@telling_that_it_compiles()
def compress_file(file: Path, output: Path | None, force: bool, reserve_bytes: int) -> int:
    """Compress a recording and show how far it is; returns the exit code."""
    from ..storage import compress

    console = make_console()
    with Interrupt() as interrupt, make_bar(console, "Compressing") as bar:
        task = bar.add_task("compress", total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)
            if interrupt.came:
                raise KeyboardInterrupt

        try:
            made = compress(file, output, force=force, reserve_bytes=reserve_bytes, progress=show)
        except KeyboardInterrupt:
            bar.console.print("Interrupted; no file was written.")
            return FAILED
    share = made.n_bytes / made.original_bytes
    console.print(
        f"{made.path}: {size(made.n_bytes)} instead of {size(made.original_bytes)} ({share:.0%}), "
        f"each chunk read back and right. {file} is as it was.",
        soft_wrap=True,
    )
    return COMPLETE
