# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/check-rooms: the project's includes go the way that the rooms allow, and an include
against it is found."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def check_rooms(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ROOT / "scripts" / "check-rooms", root], capture_output=True, text=True)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The sources, to be changed."""
    for folder in ("plugin", "stats_tap"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def test_all_includes_are_allowed():
    done = check_rooms(ROOT)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("file, include, complaint", [
    ("plugin/core/wire/option.h", '"connections/registry.h"',
     "the room wire may not include connections/registry.h"),
    ("plugin/core/connections/registry.h", '"tracker.h"',
     "the room connections may not include tracker.h"),
    ("plugin/core/data/data_stream.h", '"events/event.h"',
     "the room data may not include events/event.h"),
    ("plugin/core/base/types.h", "<epan/packet.h>",
     "epan/packet.h does not belong into the room base"),
    ("plugin/core/events/event.h", "<openssl/evp.h>",
     "openssl/evp.h does not belong into the room events"),
    ("plugin/tree/annotation.cpp", '"tap/listener.h"',
     "the room tree may not include tap/listener.h"),
    ("plugin/capture/capture.h", '"analysis/summary.h"',
     "the room capture may not include analysis/summary.h"),
    ("stats_tap/analysis/summary.h", '"views/output.h"',
     "the room analysis may not include views/output.h"),
    ("stats_tap/window/grouped.h", '"capture/capture.h"',
     "the room window may not include capture/capture.h"),
    ("stats_tap/tap/menu.cpp", '"window/statistics_dialog.h"',
     "of the room window, tap may include window/window_link.h alone"),
    ("stats_tap/tap/menu.cpp", "<QDialog>", "QDialog does not belong into the room tap"),
    ("stats_tap/tap/menu.cpp", '"listener.h"',
     '"listener.h" is no header of the project with its room'),
])
def test_a_forbidden_include_is_found(copy: Path, file: str, include: str, complaint: str):
    with (copy / file).open("a") as source:
        source.write(f"#include {include}\n")
    lines = (copy / file).read_text().count("\n")
    done = check_rooms(copy)
    assert (done.returncode, done.stdout) == (1, f"{file}:{lines}: {complaint}\n")


def test_a_folder_that_is_no_room_is_found(copy: Path):
    (copy / "plugin" / "core" / "misc").mkdir()
    (copy / "plugin" / "core" / "misc" / "misc.h").write_text("#pragma once\n")
    done = check_rooms(copy)
    assert done.returncode == 1
    assert "plugin/core/misc: this folder is no room" in done.stdout
