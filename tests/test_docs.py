# SPDX-License-Identifier: GPL-2.0-or-later
"""The documentation: commands print the output shown, links have targets, pictures are used."""

from __future__ import annotations

import difflib
import os
import re
import shutil
from pathlib import Path

import pytest

from console import Command, agrees, as_shown, bless, blocks_of, commands_of
from tshark import make_home

ROOT = Path(__file__).resolve().parent.parent
TEXTS = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/*.md")),
         ROOT / "captures" / "README.md"]
PROGRAMS = ("jq", "parallel", "column", "mergecap", "editcap", "gnuplot")
LARGEST_PICTURE = 80_000  # bytes


def commands_in_order() -> list:
    """The commands of a text run in one process in their order, since one may write what the next
    reads."""
    return [pytest.param(command, id=command.name, marks=pytest.mark.xdist_group(path.name))
            for path in TEXTS for command in commands_of(path)]


@pytest.fixture(scope="session")
def clone(stage: Path, captures_dir: Path, examples_dir: Path) -> Path:
    """A writable folder that looks like a clone of the project."""
    folder = make_home(stage / "clone")
    for name, target in (("captures", captures_dir), ("examples", examples_dir)):
        (folder / name).symlink_to(target)
    return folder


@pytest.mark.parametrize("command", commands_in_order())
def test_commands_print_what_is_shown(tshark, clone, command: Command, request):
    for program in PROGRAMS:
        if re.search(rf"\b{program}\b", command.words) and not shutil.which(program):
            pytest.skip(f"not installed: {program}")
    done = tshark.run_other("bash", "-o", "pipefail", "-c", command.words, cwd=clone)
    assert done.returncode == 0, f"{command.words}\n{done.stdout}{done.stderr}"
    printed = as_shown(done.stdout)
    if agrees(list(command.shown), printed):
        return
    if request.config.getoption("--bless"):
        now = next(each for each in commands_of(command.path) if each.words == command.words)
        bless(command.path, now, printed)
        return
    assert False, "\n".join(difflib.unified_diff(command.shown, printed, command.name, "now",
                                                 lineterm=""))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_all_tshark_commands_are_tested(path: Path):
    """Commands on a capture must be in a `console` block, which is tested."""
    for line, language, text in blocks_of(path.read_text()):
        on_a_capture = re.search(r"tshark .*-r captures/", text)
        assert language == "console" or not on_a_capture, f"{path}:{line}"


def anchors_of(path: Path) -> set[str]:
    """The anchors that Markdown generates for the headings."""
    titles = re.findall(r"^#+ (.*)$", path.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_have_targets(path: Path):
    for target in re.findall(r"\]\(([^)]+)\)", path.read_text()):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        linked = path.parent / name if name else path
        assert linked.exists(), f"{path}: {target}"
        assert not anchor or anchor in anchors_of(linked), f"{path}: {target}"


def test_pictures_are_small_and_used():
    texts = "".join(path.read_text() for path in TEXTS)
    for picture in (ROOT / "docs").glob("*.png"):
        assert picture.name in texts
        assert os.path.getsize(picture) < LARGEST_PICTURE, picture
