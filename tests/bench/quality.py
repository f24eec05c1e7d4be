#!/usr/bin/env python3
"""quality.py CLAIMCTL [RESULTS.ndjson] [--lines N] [--seed S]: precision and recall of each rule on labelled traffic.

Runs the world of labelled.py, compares what each rule said of each line with what was injected, prints a table and appends
the figures that have an aim (screening.md 11) to RESULTS."""
import argparse
import collections
import csv
import json
import os
import subprocess
import sys
import tempfile

from figure import put

HERE = os.path.dirname(os.path.abspath(__file__))
IDLE = "ruleset: {id: idle, version: 1, valid_from: 2099-01-01}\n"


def labelled_run(claimctl, lines, seed, folder, rule=None):
    """[(label, outcome, {rule: value})] over all lines."""
    subprocess.run([sys.executable, os.path.join(HERE, "labelled.py"), "--lines", str(lines), "--seed", str(seed), "--out", folder]
                   + (["--rule", rule] if rule else []), check=True)
    idle = os.path.join(folder, "idle.yaml")
    with open(idle, "w", encoding="utf-8") as out:
        out.write(IDLE)
    said = {}
    done = subprocess.run([claimctl, "rules", "simulate", "--world", folder, "--ruleset", idle, "--lines", "-"], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"rules simulate: {done.stderr[-2000:]}")
    for text in done.stdout.splitlines():
        line = json.loads(text)
        said[line["document"], line["row"]] = (line["now"]["outcome"], line["now"]["rules"])
    with open(os.path.join(folder, "labels.csv"), encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield (row["label"], *said.get((row["document"], int(row["row"])), ("PASS", {})), (row["document"], row["row"]))


# Rules of payout, which is not asked while a stage before holds, parks or refuses the line (screening.md 1).
PAYOUT = ("AGR-01", "AGR-02", "AGR-03", "AGR-04", "AGR-05", "PRC-01", "PRC-02", "PRC-03", "STK-01", "STK-02",
          "MDF-01", "MDF-02", "DOC-01", "DUP-04", "INV-03", "TAX-01", "TAX-02")


def is_stopped_before(rule, outcome, fired):
    return rule in PAYOUT and outcome in ("HOLD", "PARK", "REJECT") and any(other not in PAYOUT for other in fired)


def measure(rows):
    """By rule: found, missed, fired on clean lines, not asked because another rule stopped the line before."""
    table = collections.OrderedDict()
    for label, outcome, rules, _ in rows:
        fired = {r for r, value in rules.items() if value.startswith(("TRUE", "WAIT", "FAULT"))}
        for rule in fired | ({label} if label else set()):
            t = table.setdefault(rule, [0, 0, 0, 0])
            before = label == rule and rule not in fired and is_stopped_before(rule, outcome, fired)
            t[0] += label == rule and rule in fired
            t[1] += label == rule and rule not in fired and not before
            t[2] += label == "" and rule in fired
            t[3] += before
    return table


def main():
    p = argparse.ArgumentParser()
    p.add_argument("claimctl")
    p.add_argument("results", nargs="?")
    p.add_argument("--lines", type=int, default=20000)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--show", help="print lines of this label on which the rule was silent, and clean lines on which it fired")
    a = p.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = list(labelled_run(os.path.abspath(a.claimctl), a.lines, a.seed, folder))
        if a.show:
            for label, outcome, rules, (document, row) in rows:
                if (label == a.show) != (a.show in rules) and label in ("", a.show):
                    print(label or "clean", outcome, rules, open(os.path.join(folder, "inbox", document), encoding="utf-8").read().splitlines()[int(row) - 1])
    table = measure(rows)
    clean = [row for row in rows if not row[0]]
    held = [row for row in rows if row[1] == "HOLD"]
    print(f"{'rule':8} {'found':>6} {'missed':>6} {'clean':>6} {'before':>6}  recall  precision")
    for rule, (hit, missed, false, before) in sorted(table.items()):
        recall = 100 * hit / (hit + missed) if hit + missed else 0
        precision = 100 * hit / (hit + false) if hit + false else 0
        print(f"{rule:8} {hit:6} {missed:6} {false:6} {before:6}  {recall:5.1f}%  {precision:5.1f}%")
    share = lambda part, whole: 100 * part / whole if whole else 0.0
    exact, near = table.get("DUP-01", [0] * 4), table.get("DUP-03", [0] * 4)
    figures = [("exact_duplicates_found", share(exact[0], exact[0] + exact[1]), 100, ">="),
               ("near_duplicates_found", share(near[0], near[0] + near[1]), 95, ">="),
               ("clean_lines_called_near", share(near[2], len(clean)), 0.2, "<="),
               ("clean_lines_held", share(sum(r[1] == "HOLD" for r in clean), len(clean)), 2.5, "<="),
               ("precision_of_holds", share(sum(bool(r[0]) for r in held), len(held)), 40, ">=")]
    for name, value, target, sign in figures:
        holds = value >= target if sign == ">=" else value <= target
        print(f"{name:32} {value:12.2f} %        target {sign}{target} {'holds' if holds else 'MISSED'}")
        if a.results:
            with open(a.results, "a", encoding="utf-8") as out:
                put(out, name, value, "%", target, holds, len(rows), a.seed)


if __name__ == "__main__":
    main()
