"""PyMeasure's own console for a streaming procedure: each parameter is an option.

    python procedure_console.py --scope_serial simulated --duration 1 --channel_b True

The recording lies beside the CSV.
"""

import sys

from pymeasure.display.console import ManagedConsole

from picostream_pymeasure.procedures.capture import StreamingCapture

if len(sys.argv) == 1:
    sys.argv += ["--scope_serial", "simulated", "--duration", "1", "--no-progressbar"]
console = ManagedConsole(StreamingCapture)
console.exec()
procedure = console.manager.experiments[0].procedure
if procedure.error is not None:
    sys.exit(f"failed: {procedure.error}")
print("recorded into", procedure.recording_path)
