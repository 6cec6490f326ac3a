"""``picostream`` for a shell: ``python -SE forked_command.py ARGUMENTS`` in a script's process.

It needs nothing but the standard library, so that it begins at once; what it asks for is a fork of
the program that the script itself was forked from (``prepared_program.py``).
"""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path

#: Descriptor of the socket on which forks are asked for.
SERVER_VARIABLE = "PICOSTREAM_PREPARED_PROGRAM"


def install(folder: Path) -> None:
    """Put it into a folder of commands."""
    command = folder / "picostream"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -SE "{__file__}" "$@"\n')
    command.chmod(0o755)


def _main() -> None:
    try:
        server = socket.socket(fileno=int(os.environ[SERVER_VARIABLE]))
    except OSError:  # it was started by a program that hands no descriptors on
        command = Path(sys.executable).with_name("picostream")
        os.execv(command, [str(command), *sys.argv[1:]])
    answers, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    request = {"arguments": sys.argv[1:], "cwd": str(Path.cwd()), "env": {**os.environ}}
    own = [0, 1, 2, theirs.fileno(), server.fileno()]
    socket.send_fds(server, [json.dumps(request).encode()], own)
    theirs.close()
    answers.recv(20)  # its number
    code = int(answers.recv(20))
    if code < 0:
        os.kill(os.getpid(), -code)
    sys.exit(code)


if __name__ == "__main__":
    _main()
