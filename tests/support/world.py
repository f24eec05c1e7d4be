#!/usr/bin/env python3
"""world.py CLAIMCTL EXPECTED.json: runs a sample world and compares every line, case and balance with what must come out."""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from golden import compare_line, same  # noqa: E402


def main():
    claimctl, expected = sys.argv[1], json.load(open(sys.argv[2], encoding="utf-8"))
    problems = []
    with tempfile.TemporaryDirectory() as scratch:
        balances = os.path.join(scratch, "balances")
        done = subprocess.run([claimctl, "run", "--world", expected["world"], "--results", "-", "--balances", balances],
                              capture_output=True, text=True, timeout=300)
        if done.returncode != expected["exit"]:
            problems.append(f"exit {done.returncode}, want {expected['exit']}: {done.stderr.strip()}")
        results = [json.loads(line) for line in done.stdout.splitlines()]
        rows = [json.loads(line) for line in open(balances, encoding="utf-8")] if os.path.exists(balances) else []
    lines = [r for r in results if "kind" in r]
    if expected.get("subset"):                          # the lines named, wherever they stand
        by_place = {(r["document"], r.get("row", r["position"])): r for r in lines}
        pairs = [(want, by_place.get((want["document"], want["row"]))) for want in expected["lines"]]
    else:
        pairs = list(zip(expected["lines"], lines))
        if len(lines) != len(expected["lines"]):
            problems.append(f"{len(lines)} lines, want {len(expected['lines'])}")
    for want, got in pairs:
        where = f"{want['document']}:{want['row']}"
        if got is None:
            problems.append(f"{where}: no such line")
            continue
        for member in ("document", "position", "partner_id", "accepted_qty"):
            if member in want and not same(want[member], got.get(member)):
                problems.append(f"{where}: {member} is {got.get(member)}, want {want[member]}")
        problems += [f"{where}: {text}" for text in compare_line(want, got)]
    cases = [r for r in results if "case_id" in r]
    if [c["case"] for c in cases] != [c["case"] for c in expected.get("cases", [])]:
        problems.append(f"cases are {cases}, want {expected.get('cases')}")
    kinds = sorted({r["kind"] for r in rows})
    if "balance_kinds" in expected and kinds != sorted(expected["balance_kinds"]):
        problems.append(f"balances of kinds {kinds}, want {expected['balance_kinds']}")
    for want in expected["balances"]:
        if not any(all(same(v, row.get(k)) for k, v in want.items()) for row in rows):
            problems.append(f"no balance {json.dumps(want)} among {json.dumps([r for r in rows if r['kind'] == want['kind']])}")
    print("\n".join(problems) if problems else f"{sys.argv[2]}: as expected")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
