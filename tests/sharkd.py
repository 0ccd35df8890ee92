# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the real sharkd with the plugin that was built, as an unprivileged user.

sharkd is Wireshark as a server: it reads requests in JSON-RPC 2.0 from standard input, one on each
line, and answers each with a line. Unlike tshark, it opens several files in one process, and it
serves the tables that Wireshark's window draws.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import threading
from pathlib import Path

from tshark import Tshark, unprivileged

TIMEOUT = 120  # seconds for one answer, which takes milliseconds


class SharkdError(Exception):
    """The error message of a request that sharkd refuses."""


class Sharkd:
    """A sharkd process with the plugin and the home folder of `tshark`."""

    def __init__(self, tshark: Tshark) -> None:
        self._stderr = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [*unprivileged(), "sharkd", "-"], env=tshark.variables(), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self._stderr, text=True, encoding="utf-8")
        self._requests = 0
        self.log = ""

    def __enter__(self) -> Sharkd:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> int:
        """Closes the input, which ends sharkd, and returns its exit status. `log` then has its
        standard error."""
        self._process.communicate(timeout=TIMEOUT)
        self._stderr.seek(0)
        self.log = self._stderr.read().decode()
        self._stderr.close()
        return self._process.returncode

    def ask(self, method: str, **parameters: object):
        """The result of one request."""
        self._requests += 1
        request = {"jsonrpc": "2.0", "id": self._requests, "method": method}
        if parameters:
            request["params"] = parameters
        answer = json.loads(self._exchange(json.dumps(request)))
        assert answer["id"] == self._requests
        if "error" in answer:
            raise SharkdError(answer["error"]["message"])
        return answer["result"]

    def load(self, capture: Path) -> None:
        assert self.ask("load", file=str(capture)) == {"status": "OK"}

    def taps(self, *names: str) -> list[dict]:
        """The results of these taps on the open capture, from a single request."""
        parameters = {f"tap{number}": name for number, name in enumerate(names)}
        return self.ask("tap", **parameters)["taps"]

    def frames(self, display_filter: str) -> list[int]:
        """The numbers of the frames that match a display filter."""
        return [frame["num"] for frame in self.ask("frames", filter=display_filter)]

    def tree(self, frame: int) -> list[dict]:
        """All items of a frame's tree, in depth-first order."""
        items, pending = [], self.ask("frame", frame=frame, proto=True)["tree"]
        while pending:
            item = pending.pop(0)
            items.append(item)
            pending = item.get("n", []) + pending
        return items

    def memory(self) -> int:
        """The size of the data segment of the process, in bytes."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmData:"))
        return int(line.split()[1]) * 1024

    def _exchange(self, line: str) -> str:
        watchdog = threading.Timer(TIMEOUT, self._process.kill)
        watchdog.start()
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        finally:
            watchdog.cancel()
        assert answer.endswith("\n"), f"sharkd ended on {line}:\n{self._crash_report()}"
        return answer

    def _crash_report(self) -> str:
        self._process.wait()
        self._stderr.seek(0)
        return f"{self._stderr.read().decode()}\nexit status {self._process.returncode}"
