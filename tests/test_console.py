# SPDX-License-Identifier: GPL-2.0-or-later
"""console.py: reading, comparing and rewriting the commands of the documentation."""

from __future__ import annotations

import pytest

from console import agrees, bless, commands_of, shortened_like

TEXT = """# A text

```console
$ tshark -r some.pcap |
      jq '.a
          | .b'
first
…
$ true
```

```sh
$ not this one
```
"""


@pytest.mark.parametrize("shown, printed, expected", [
    (["a", "b"], ["a", "b"], True),
    (["a", "b"], ["a"], False),
    (["a"], ["a", "b"], False),
    ([], ["a"], False),
    (["a", "…"], ["a"], True),
    (["a", "…", "d"], ["a", "b", "c", "d"], True),
    (["a", "…", "d"], ["a", "b", "c"], False),
    (["…", "b", "…"], ["a", "b"], True),
    (["abc…"], ["abcdef"], True),
    (["abd…"], ["abcdef"], False),
    (["abc"], ["abcdef"], False),
])
def test_agrees(shown: list[str], printed: list[str], expected: bool):
    assert agrees(shown, printed) is expected


def test_commands_are_found(tmp_path):
    path = tmp_path / "text.md"
    path.write_text(TEXT)
    first, second = commands_of(path)
    assert first.words == "tshark -r some.pcap |\n      jq '.a\n          | .b'"
    assert (first.line, first.shown) == (4, ("first", "…"))
    assert (second.line, second.words, second.shown) == (9, "true", ())


def test_output_is_shortened_as_before():
    assert shortened_like(["ab…", "…", "z"], ["abcd", "2", "3", "4"]) == ["ab…", "…", "4"]
    assert shortened_like(["a"], ["1", "2"]) == ["1", "2"]


def test_bless_changes_nothing_else(tmp_path):
    path = tmp_path / "text.md"
    path.write_text(TEXT)
    bless(path, commands_of(path)[0], ["another", "line", "or", "three"])
    assert path.read_text() == TEXT.replace("first\n…", "another\n…")
    bless(path, commands_of(path)[1], ["now it prints"])
    assert commands_of(path)[1].shown == ("now it prints",)
