# SPDX-License-Identifier: GPL-2.0-or-later
"""The output of `-z mptcp,json` conforms to docs/mptcp-json.schema.json, which has nothing else."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from captures import Capture

jsonschema = pytest.importorskip("jsonschema")

DOCS = Path(__file__).resolve().parent.parent / "docs"
SCHEMA = json.loads((DOCS / "mptcp-json.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
# Together, these have every member and every enumerated string of the schema.
COMPLETE = ["both_openers", "checksums", "closes", "data_order", "fallbacks", "fastclose",
            "handshake_flaws", "join_failures", "k_head_of_line", "k_lost_path", "k_nat_ends",
            "k_receive_window", "k_strip_syn_server", "late_start", "mappings", "middlebox",
            "one_path", "path_management", "path_use", "points", "refused", "s30_v0_generated",
            "troubles",
            "report_checksum_absent", "report_checksum_unexpected", "report_echo_of_nothing",
            "report_mapping_before_start", "report_synack_flag_b", "report_third_ack_flag_b"]
FILTERS = ["tcp.len > 0", "mptcp.from_client == 1", "mptcp.subflow == 1", "mptcp.conn == 12345"]


def violations(document: dict) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(document)]


def test_schema_is_valid():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def objects_of(schema: object, where: str = "#") -> Iterator[tuple[str, dict]]:
    """The schema of each object with members, and its path."""
    if isinstance(schema, list):
        for index, each in enumerate(schema):
            yield from objects_of(each, f"{where}/{index}")
    elif isinstance(schema, dict):
        if schema.get("type") == "object":
            yield where, schema
        for name, each in schema.items():
            yield from objects_of(each, f"{where}/{name}")


@pytest.mark.parametrize("where, schema", list(objects_of(SCHEMA)))
def test_schema_is_strict_and_documented(where: str, schema: dict):
    assert schema["additionalProperties"] is False
    assert set(schema.get("required", [])) <= schema["properties"].keys()
    for name, member in schema["properties"].items():
        known = "description" in member or "description" in resolved(member)
        assert known or where.endswith("/counters"), f"{where}: {name}"


def test_documents_of_all_captures(tshark, path_of, capture: Capture):
    assert violations(tshark.json(path_of(capture))) == []


@pytest.mark.parametrize("display_filter", FILTERS)
def test_documents_with_a_filter(tshark, captures_dir, display_filter: str):
    document = tshark.json(captures_dir / "s30_v0_generated.pcap", display_filter=display_filter)
    assert violations(document) == []


def test_document_of_an_empty_capture(tshark, captures_dir, stage):
    path = stage / "empty.pcap"
    path.write_bytes((captures_dir / "s01_single.pcap").read_bytes()[:24])  # the header alone
    path.chmod(0o644)
    document = tshark.json(path)
    assert violations(document) == []
    assert document["connections"] == [] and document["packets"] == 0


@pytest.fixture(scope="session")
def documents(tshark, captures_dir) -> list[dict]:
    return [tshark.json(path) for name in COMPLETE for path in captures_dir.glob(f"{name}.pcap*")]


def resolved(schema: dict) -> dict:
    while "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return schema


def parts_of(schema: dict, value: object) -> Iterator[tuple[dict, object]]:
    """Each object and each enumerated string of a document, with its schema."""
    schema = resolved(schema)
    for each in schema.get("anyOf", []) + schema.get("allOf", []):
        yield from parts_of(each, value)
    if isinstance(value, list):
        for each in value:
            yield from parts_of(schema.get("items", {}), each)
    elif isinstance(value, dict) and "properties" in schema and "additionalProperties" in schema:
        yield schema, value
        for name, each in value.items():
            yield from parts_of(schema["properties"][name], each)
    elif isinstance(value, str) and value in schema.get("enum", []):
        yield schema, value


@pytest.mark.xdist_group("complete")
def test_each_member_and_each_string_occurs(documents):
    """The schema has nothing that the plugin does not write."""
    found: dict[int, set[str]] = {}
    expected = {id(schema): set(schema["properties"]) for _, schema in objects_of(SCHEMA)}
    for document in documents:
        for schema, value in parts_of(SCHEMA, document):
            if "enum" in schema:
                expected[id(schema)] = set(schema["enum"])
            known = {value} if isinstance(value, str) else {
                name for name in value if value[name] is not None}
            found.setdefault(id(schema), set()).update(known)
    missing = [name for key, names in expected.items()
               for name in sorted(names - found.get(key, set()))]
    assert missing == []


def smaller(document: dict) -> dict:
    """The first element of each list, and one event of each type."""
    first = copy.deepcopy(document)
    first["events"] = list({event["type"]: event for event in first["events"]}.values())
    first["connections"] = first["connections"][:1]
    for connection in first["connections"]:
        connection["subflows"] = connection["subflows"][:1]
    return first


def mutants_of(part: object, where: str, seen: set[str]) -> Iterator[str]:
    """Breaks each member once, at its first occurrence. Yields a description while it is broken."""
    if isinstance(part, list):
        for each in part:
            yield from mutants_of(each, f"{where}[]", seen)
    if not isinstance(part, dict):
        return
    part["surprise"] = 1
    yield f"{where} with an additional member"
    del part["surprise"]
    for name, value in list(part.items()):
        member = f"{where}.{name}".replace("server", "client")
        if member not in seen and "counters" not in where:
            del part[name]
            yield f"{member} left out"
            part[name] = {"surprise": value}
            yield f"{member} of another type"
            is_enumerated = "enum" in SCHEMA["$defs"]["event"]["properties"].get(name, {})
            if not isinstance(value, str) or is_enumerated:
                part[name] = "surprise"
                yield f"{member} as a string"
            part[name] = value
            seen.add(member)
            yield from mutants_of(value, member, seen)


@pytest.mark.xdist_group("complete")
def test_broken_documents_are_rejected(documents):
    document = smaller(documents[COMPLETE.index("path_management")])
    assert VALIDATOR.is_valid(document)
    optional = {".events[].hmac left out"}  # absent for ADD_ADDR of version 0
    passed = [change for change in mutants_of(document, "", set()) if VALIDATOR.is_valid(document)]
    assert set(passed) <= optional
