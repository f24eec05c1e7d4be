#!/usr/bin/env python3
"""golden.py CLAIMCTL CASES [ID...]: runs each case folder as a world and compares what it pays with expected.json.

Results and balances must be shaped as interface.py says.
Decimals compare as numbers; a line that expected.json does not name must end PASS without payout."""
import json
import os
import re
import subprocess
import sys
from decimal import Decimal

import interface


def worlds(case):
    """A case is one world or has numbered worlds inside."""
    if os.path.exists(os.path.join(case, "expected.json")):
        return [case]
    return [os.path.join(case, n) for n in sorted(os.listdir(case)) if os.path.exists(os.path.join(case, n, "expected.json"))]


def same(want, got):
    if got is None:
        return False
    try:
        return Decimal(str(want)) == Decimal(str(got))
    except ArithmeticError:
        return want == got


def compare_line(want, got):
    for member in ("kind", "outcome", "currency", "claimed", "paid", "refused"):
        if member in want and not same(want[member], got.get(member)):
            yield f"{member} is {got.get(member)}, want {want[member]}"
    if want["outcome"] != "PASS" or "reasons" in want:
        if want.get("reasons", []) != got.get("reasons", []):
            yield f"reasons are {got.get('reasons')}, want {want.get('reasons', [])}"
    payouts = got.get("payouts", [])
    if len(payouts) != len(want["payouts"]):
        yield f"{len(payouts)} payouts, want {len(want['payouts'])}: {json.dumps(payouts)}"
        return
    for index, (entry, seen) in enumerate(zip(want["payouts"], payouts)):
        for member, value in entry.items():
            if not same(value, seen.get(member)):
                yield f"payout {index}: {member} is {seen.get(member)}, want {value}"


def run(claimctl, folder):
    command = [claimctl, "run", "--world", ".", "--input", "input.ndjson", "--received-from-input", "--results", "-", "--balances", "-"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    if done.returncode not in (0, 3):
        return None, f"exit {done.returncode}: {done.stderr.strip()}"
    lines = done.stdout.splitlines()
    left = next((at for at, line in enumerate(lines) if re.match(r'\{"kind":"[a-z_]*","partner_root_id"', line)), len(lines))
    shape = interface.problems_of("\n".join(lines[:left]), "\n".join(lines[left:]))
    return [json.loads(line) for line in lines[:left]], "; ".join(shape[:3])


def check_world(claimctl, folder):
    expected = json.load(open(os.path.join(folder, "expected.json"), encoding="utf-8"))
    results, failure = run(claimctl, folder)
    if failure:
        return [failure]
    problems = []
    named = {line["ref"]: line for line in expected["lines"]}
    seen = {r.get("ref"): r for r in results if "kind" in r}
    for ref, want in named.items():
        if ref not in seen:
            problems.append(f"{ref}: no result")
            continue
        problems += [f"{ref}: {text}" for text in compare_line(want, seen[ref])]
    for ref, got in seen.items():
        if ref not in named and (got["outcome"] != "PASS" or got.get("payouts")):
            problems.append(f"{ref}: {got['outcome']} {got.get('reasons')} {json.dumps(got.get('payouts', []))}, want PASS without payout")
    return problems


def main():
    claimctl, cases = os.path.abspath(sys.argv[1]), sys.argv[2]
    ids = sys.argv[3:] or sorted(n for n in os.listdir(cases) if os.path.isdir(os.path.join(cases, n)))
    failed = 0
    for case in ids:
        problems = []
        for folder in worlds(os.path.join(cases, case)):
            problems += [f"{folder}: {p}" for p in check_world(claimctl, folder)]
        failed += bool(problems)
        for problem in problems:
            print(problem)
    print(f"golden: {len(ids) - failed} of {len(ids)} cases")
    return 1 if failed or not ids else 0


if __name__ == "__main__":
    sys.exit(main())
