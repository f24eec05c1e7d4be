#!/usr/bin/env python3
"""edges.py CLAIMCTL FILE.scn...: which reasons the scenarios show on both sides of an edge.

A reason is shown from both sides when one line gets it and another of its kind does not, in one scenario, and the two differ in one
member beside their names, or in their time alone. Reasons of edges.txt cannot be shown so and say why; every other one must be."""
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
        done = subprocess.run([claimctl, "run", "--world", folder, *inputs, "--received-from-input", "--results", "-"], capture_output=True, text=True, timeout=60)
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


def main():
    claimctl, both = os.path.abspath(sys.argv[1]), set()
    for path in sys.argv[2:]:
        both |= shown(*results_of(claimctl, path))
    rows = re.findall(r"^REASON\(\s*\d+,\s*(\w+),\s*(\w+)", open("common/domain/reason.def", encoding="utf-8").read(), flags=re.M)
    exempt = dict(line.split(None, 1) for line in open("tests/e2e/edges.txt", encoding="utf-8") if line.strip() and line[0] != "#")
    missing = [name for name, _ in rows if name not in both and name not in exempt]
    stale = [name for name in exempt if name in both]
    for name in missing:
        print(f"{name}: no scenario shows it from both sides")
    for name in stale:
        print(f"edges.txt: {name} is shown from both sides")
    print(f"edges: {len(both)} of {len(rows)} reasons from both sides, {len(exempt)} explained")
    return 1 if missing or stale else 0


if __name__ == "__main__":
    sys.exit(main())
