# SPDX-License-Identifier: GPL-2.0-or-later
"""tshark and sharkd with a plugin that was built with sanitizers, and the findings in their output.

Wireshark itself is built without sanitizers, so their runtime library is preloaded. A leak report
counts only if one of its stack frames is in the plugin.
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

REPORT_STATUS = 86  # the exit status after a report, including leaks
PLUGIN_FRAME = re.compile(r"#\d+ .*(mptcp::|mptcp_conn)")
REPORT = re.compile(r"^(==\d+==ERROR: AddressSanitizer|(Dir|Indir)ect leak of )|: runtime error: ",
                    re.MULTILINE)
# Wireshark's log format: " ** (tshark:123) 14:45:22.096721 [GLib CRITICAL] -- …".
LOG_MESSAGE = re.compile(r"\[[^\]\n]*\b(?:ERROR|CRITICAL|WARNING)\] .*")
BUG = re.compile(r"Dissector bug[^\]\n]*")


def clang_runtime() -> Path:
    """The runtime library of AddressSanitizer. It includes the one of
    UndefinedBehaviorSanitizer."""
    name = f"libclang_rt.asan-{platform.machine()}.so"
    output = subprocess.run(["clang", f"-print-file-name={name}"], check=True,
                            capture_output=True, text=True).stdout
    return Path(output.strip())


def environment(stage: Path, leaks: bool) -> dict[str, str]:
    """For memory errors, or with `leaks` for leaks, which need slow and complete stack traces."""
    (stage / "no-extcap").mkdir(exist_ok=True)
    status = f"exitcode={REPORT_STATUS}"
    for_leaks = {"ASAN_OPTIONS": f"{status}:fast_unwind_on_malloc=0:malloc_context_size=12"}
    for_memory_errors = {
        "ASAN_OPTIONS": f"{status}:detect_leaks=0:detect_stack_use_after_return=1",
        # A separate heap block for each allocation, so that overruns are detected.
        "WIRESHARK_DEBUG_WMEM_OVERRIDE": "simple", "G_SLICE": "always-malloc"}
    return {"LD_PRELOAD": str(clang_runtime()), "UBSAN_OPTIONS": "print_stacktrace=1",
            # No extcap programs: they hang when the runtime is preloaded.
            "WIRESHARK_EXTCAP_DIR": str(stage / "no-extcap"),
            **(for_leaks if leaks else for_memory_errors)}


@contextmanager
def staged_tshark(build: Path) -> Iterator[tuple[Tshark, Path]]:
    """Yields tshark and a folder that an unprivileged user can read."""
    stage = Path(tempfile.mkdtemp(prefix="mptcp-sanitized-", dir="/tmp"))
    try:
        stage.chmod(0o755)
        plugins = lay_out(build / "plugins", stage / "plugins")
        yield Tshark(plugins, make_home(stage / "home")), stage
    finally:
        shutil.rmtree(stage)


def plugin_reports(log: str) -> list[str]:
    """The reports on the plugin. UndefinedBehaviorSanitizer checks nothing else."""
    begins = [found.start() for found in REPORT.finditer(log)]
    reports = [log[begin:end] for begin, end in zip(begins, [*begins[1:], len(log)])]
    return [each for each in reports if "runtime error" in each or PLUGIN_FRAME.search(each)]


def findings_in(status: int, out: str, err: str) -> list[str]:
    """All findings of one run. They may include problems of Wireshark itself."""
    found = plugin_reports(err)
    if status == REPORT_STATUS and not found:
        found.append(f"a report without a stack frame of the plugin:\n{err}")
    if status not in (0, REPORT_STATUS):
        found.append(f"the program ended with status {status}:\n{err[-4000:]}")
    found += sorted(set(LOG_MESSAGE.findall(err)))
    return found + sorted(set(BUG.findall(out)))
