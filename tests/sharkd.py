# SPDX-License-Identifier: GPL-2.0-or-later
"""Talks to the real sharkd with the plugin that was built, as an ordinary user.

sharkd is Wireshark as a server: it reads requests from standard input, JSON-RPC
2.0 and one a line, and answers each with a line. It opens one file after another
in one process, which tshark never does, and asks for the tables that Wireshark's
window draws.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import threading
from pathlib import Path

from tshark import Tshark, unprivileged

PATIENCE = 120  # seconds for one answer; it takes milliseconds


class SharkdError(Exception):
    """sharkd's own words on a request that it refuses."""


class Sharkd:
    """One process of sharkd, with the plugin and the home of `tshark`."""

    def __init__(self, tshark: Tshark) -> None:
        self._log = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [*unprivileged(), "sharkd", "-"], env=tshark.variables(), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self._log, text=True, encoding="utf-8")
        self._requests = 0
        self.said = ""

    def __enter__(self) -> Sharkd:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> int:
        """Ends the input, on which sharkd ends; gives how it ended. `said`: its complaints."""
        self._process.communicate(timeout=PATIENCE)
        self._log.seek(0)
        self.said = self._log.read().decode()
        self._log.close()
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
        """What these taps say of the open capture, all in one request."""
        return self.ask("tap", **{f"tap{place}": name for place, name in enumerate(names)})["taps"]

    def frames(self, display_filter: str) -> list[int]:
        """The numbers of the frames that match a display filter."""
        return [frame["num"] for frame in self.ask("frames", filter=display_filter)]

    def tree(self, frame: int) -> list[dict]:
        """All items of a frame's tree, each before those below it."""
        found, waiting = [], self.ask("frame", frame=frame, proto=True)["tree"]
        while waiting:
            item = waiting.pop(0)
            found.append(item)
            waiting = item.get("n", []) + waiting
        return found

    def memory(self) -> int:
        """Octets of data that the process holds."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmData:"))
        return int(line.split()[1]) * 1024

    def _exchange(self, line: str) -> str:
        watchdog = threading.Timer(PATIENCE, self._process.kill)
        watchdog.start()
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        finally:
            watchdog.cancel()
        assert answer.endswith("\n"), f"sharkd ended on {line}:\n{self._last_words()}"
        return answer

    def _last_words(self) -> str:
        self._process.wait()
        self._log.seek(0)
        return f"{self._log.read().decode()}\nexit status {self._process.returncode}"
