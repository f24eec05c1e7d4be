#!/usr/bin/env python3
"""edges.py CLAIMCTL FILE.scn...: which reasons the scenarios show on both sides of an edge.

A reason is shown from both sides when one line gets it and another of its kind does not, in one scenario, and the two
differ in one member beside their names, or in their time alone. Reasons of edges.txt cannot be shown so and name the
unit test that does it; every other one must be."""
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from scenario import Scenario  # noqa: E402

NAMES = {"line_id", "claim_id", "claim_line", "invoice_no", "vendor_invoice_no", "rma_no", "order_no", "preapproval_no", "deal_reg_no", "authorisation_no",
         "document", "offset_order_no", "project"}


def results_of(claimctl, path):
    """(lines in order, reasons by name) of a scenario."""
    scenario = Scenario(path)
    with tempfile.TemporaryDirectory() as folder:
        scenario.write(folder)
        inputs = [word for name in scenario.documents for word in ("--input", os.path.join(folder, name))]
        done = subprocess.run([claimctl, "run", "--world", folder, *inputs, "--received-from-input", "--results", "-"], capture_output=True, text=True, timeout=300)
    said = {}
    for got in map(json.loads, done.stdout.splitlines()):
        if "ref" in got:
            said[got["ref"]] = set(got.get("reasons", [])) | {r for own in got.get("programs", {}).values() for r in own}
    lines = [line for rows in scenario.documents.values() for line in rows if "kind" in line]
    return lines, said


def differ_in_one(one, other):
    keys = [k for k in one.keys() | other.keys() if k not in NAMES and one.get(k) != other.get(k)]
    return len([k for k in keys if k != "received_at"]) <= 1


def shown(lines, said):
    out = set()
    for i, one in enumerate(lines):
        for reason in said.get(one["line_id"], ()):
            if reason not in out and any(o["kind"] == one["kind"] and reason not in said.get(o["line_id"], {reason}) and differ_in_one(one, o) for o in lines):
                out.add(reason)
    return out


def unproved(exempt):
    """Exempt reasons whose test is not there, or that are said to be not built and stand in no list of such."""
    not_built = set(re.findall(r"^REASON (\w+)", open("tests/lint/not_built.txt", encoding="utf-8").read(), flags=re.M))
    for name, why in exempt.items():
        if why == "not built":
            if name not in not_built:
                yield name, "tests/lint/not_built.txt does not name it"
            continue
        path, test = why.split()
        path = os.path.join("tests/unit", path)
        if not os.path.exists(path) or f"TEST({test})" not in open(path, encoding="utf-8").read():
            yield name, f"no test {test} in {path}"


def main():
    claimctl, both = os.path.abspath(sys.argv[1]), set()
    for path in sys.argv[2:]:
        both |= shown(*results_of(claimctl, path))
    rows = re.findall(r"^REASON\(\s*\d+,\s*(\w+),\s*(\w+)", open("common/domain/reason.def", encoding="utf-8").read(), flags=re.M)
    said = [line.strip() for line in open("tests/e2e/edges.txt", encoding="utf-8")]
    exempt = dict(line.split(None, 1) for line in said if line and line[0] != "#")
    missing = [name for name, _ in rows if name not in both and name not in exempt]
    stale = [name for name in exempt if name in both]
    for name in missing:
        print(f"{name}: no scenario shows it from both sides")
    lost = list(unproved(exempt))
    for name, why in lost:
        print(f"edges.txt: {name}: {why}")
    for name in stale:
        print(f"edges.txt: {name} is shown from both sides")
    print(f"edges: {len(both)} of {len(rows)} reasons from both sides, {len(exempt)} by unit tests or not built")
    return 1 if missing or stale or lost else 0


if __name__ == "__main__":
    sys.exit(main())
