# SPDX-License-Identifier: GPL-2.0-or-later
"""tshark and sharkd with a plugin that was built with sanitizers, and what is to
be said against what they print.

Wireshark itself has no sanitizers: their runtime is loaded before it. Its own
leaks are none of ours: a report counts if one of its frames is in the plugin.
"""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tshark import Tshark, lay_out, make_home

REPORTED = 86  # how programs end that the runtime has reported on, if it be a leak
OUR_FRAME = re.compile(r"#\d+ .*(mptcp::|mptcp_conn)")
REPORT = re.compile(r"^(==\d+==ERROR: AddressSanitizer|(Dir|Indir)ect leak of )|: runtime error: ",
                    re.MULTILINE)
# As Wireshark logs: " ** (tshark:123) 14:45:22.096721 [GLib CRITICAL] -- …".
COMPLAINT = re.compile(r"\[[^\]\n]*\b(?:ERROR|CRITICAL|WARNING)\] .*")
BUG = re.compile(r"Dissector bug[^\]\n]*")


def clang_runtime() -> Path:
    """ASan's, as a library; UBSan's is in it."""
    name = f"libclang_rt.asan-{platform.machine()}.so"
    said = subprocess.run(["clang", f"-print-file-name={name}"], check=True, capture_output=True,
                          text=True).stdout
    return Path(said.strip())


def environment(stage: Path, leaks: bool) -> dict[str, str]:
    """Either for wrong accesses or, with `leaks`, for leaks, whose callers take their time."""
    (stage / "no-extcap").mkdir(exist_ok=True)
    way = ({"ASAN_OPTIONS": f"exitcode={REPORTED}:fast_unwind_on_malloc=0:malloc_context_size=12"}
           if leaks else
           {"ASAN_OPTIONS": f"exitcode={REPORTED}:detect_leaks=0:detect_stack_use_after_return=1",
            # Memory of its own for each allocation, with something forbidden behind it.
            "WIRESHARK_DEBUG_WMEM_OVERRIDE": "simple", "G_SLICE": "always-malloc"})
    return {"LD_PRELOAD": str(clang_runtime()), "UBSAN_OPTIONS": "print_stacktrace=1",
            # Programs that hang with the runtime in them.
            "WIRESHARK_EXTCAP_DIR": str(stage / "no-extcap"), **way}


@contextmanager
def staged_tshark(build: Path) -> Iterator[tuple[Tshark, Path]]:
    """With a folder that it can read."""
    stage = Path(tempfile.mkdtemp(prefix="mptcp-sanitized-", dir="/tmp"))
    try:
        stage.chmod(0o755)
        plugins = lay_out(build / "plugins", stage / "plugins")
        yield Tshark(plugins, make_home(stage / "home")), stage
    finally:
        shutil.rmtree(stage)


def our_reports(said: str) -> list[str]:
    """Of the sanitizers' reports, those on our code; UBSan looks at nothing else."""
    begins = [found.start() for found in REPORT.finditer(said)]
    reports = [said[begin:end] for begin, end in zip(begins, [*begins[1:], len(said)])]
    return [each for each in reports if "runtime error" in each or OUR_FRAME.search(each)]


def complaints(status: int, out: str, err: str) -> list[str]:
    """All that is wrong with a run, in words; what Wireshark does by itself may be among it."""
    found = our_reports(err)
    if status == REPORTED and not found:
        found.append(f"a report without a frame of ours:\n{err}")
    if status not in (0, REPORTED):
        found.append(f"it ended with {status}:\n{err[-4000:]}")
    found += sorted(set(COMPLAINT.findall(err)))
    return found + sorted(set(BUG.findall(out)))
