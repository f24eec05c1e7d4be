#!/usr/bin/env python3
"""feed_golden.py: has each document of a folder read by `submit --check`, and compares what comes out with what
expected.json says of it, written by the page and not from our output: state, the code of every issue of document and
line, the named members of each line, the acknowledgement in order. `feed_golden.py CLAIMCTL FOLDER`"""
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

PROFILE = "profile: golden\nversion: 1\neffective_from: 2020-01-01\nextends: default\n"
UNSAID = {"UOM_ASSUMED"}                # nearly every report leaves the unit out


def member(line, path):
    for name in path.split("."):
        if isinstance(line, list):
            line = line[int(name)] if int(name) < len(line) else None
        else:
            line = line.get(name) if isinstance(line, dict) else None
    return line


def codes(record):
    return {issue["code"] for issue in record.get("errors", []) + record.get("warnings", [])} - UNSAID


def read(claimctl, path, want, work):
    """Lines, receipts and acknowledgement of a document."""
    lines, ack = os.path.join(work, "lines"), os.path.join(work, "ack")
    options = ["--partner", "P-1", "--lines", lines, "--ack", ack] + want.get("options", "").split()
    for old in (lines, ack):
        if os.path.exists(old):
            os.remove(old)
    if "profile" in want:
        with open(os.path.join(work, "golden@1.yaml"), "w", encoding="utf-8") as out:
            out.write(PROFILE + want["profile"])
        options += ["--profile", "golden", "--set", f"intake.profiles_dir={work}"]
    subprocess.run([claimctl, "submit", "--check", *options, path], capture_output=True, check=False, timeout=300)
    records, answer = [], ""
    if os.path.exists(lines):
        with open(lines, encoding="utf-8") as text:
            records = [json.loads(record) for record in text]
    if os.path.exists(ack):
        with open(ack, encoding="latin-1") as text:
            answer = text.read()
    return records, answer


def compare_lines(want, lines):
    if len(want) != len(lines):
        yield f"{len(lines)} lines, want {len(want)}"
    for number, (expected, line) in enumerate(zip(want, lines)):
        for path, value in expected.items():
            if path != "issues" and member(line, path) != value:
                yield f"line {number}: {path} is {member(line, path)!r}, want {value!r}"
        if codes(line) != set(expected.get("issues", "").split()):
            yield f"line {number}: issues {sorted(codes(line))}, want {expected.get('issues', '')!r}"


def compare(want, records, answer):
    receipts = [record for record in records if "document_id" in record and "state" in record]
    lines = [record for record in records if record not in receipts]
    states = " ".join(receipt["state"] for receipt in receipts)
    if states != want["state"]:
        yield f"state {states}, want {want['state']}"
    found = set().union(*(codes(receipt) for receipt in receipts))
    if found != set(want.get("issues", "").split()):
        yield f"issues {sorted(found)}, want {want.get('issues', '')!r}"
    if "claimed" in want and receipts and receipts[-1]["claimed"] != want["claimed"]:
        yield f"claimed {receipts[-1]['claimed']}, want {want['claimed']}"
    if "lines" in want:
        yield from compare_lines(want["lines"], lines)
    at = 0
    for part in want.get("acknowledgement", "").split():
        at = answer.find(part, at)
        if at < 0:
            yield f"the acknowledgement lacks {part}: {answer}"
            return


def main():
    claimctl, folder = sys.argv[1:3]
    with open(os.path.join(folder, "expected.json"), encoding="utf-8") as text:
        expected = json.load(text)
    failed = sorted(set(os.listdir(folder)) - set(expected) - {"expected.json"})
    for name in failed:
        print(f"{name}: nothing is expected of it")

    def wrong_with(name):
        with tempfile.TemporaryDirectory() as work:
            return list(compare(expected[name], *read(claimctl, os.path.join(folder, name), expected[name], work)))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, wrong in zip(expected, pool.map(wrong_with, expected)):
            failed += [name] * bool(wrong)
            for text in wrong:
                print(f"{name}: {text}")
    print(f"{len(expected)} documents")
    sys.exit(bool(failed))


main()
