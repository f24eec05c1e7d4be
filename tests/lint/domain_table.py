#!/usr/bin/env python3
"""domain_table.py: tests/golden/domain.md names every paragraph of domain.md 2 to 7, and only tests that are there."""
import os
import re
import sys

PAGE = "tests/golden/domain.md"
STEPS = {"2.": range(1, 10), "5.0 R": range(0, 13), "5.1 S": range(1, 17), "5.2 V": range(1, 11), "5.3 M": range(1, 10),
         "5.4 P": range(1, 8), "5.5 G": range(1, 7), "5.6 K": range(1, 10), "5.7 O": range(1, 7), "6.": range(1, 8)}

PARAGRAPHS = {
    "3.1": "required texts dates quantity role test",
    "3.2": "kinds stock operators target",
    "3.3": "K submission T",
    "4.1": "records product price",
    "4.2": "reading status date eligibility caps budget rounding rank payment anchors version",
    "4.3": "revision unit eligible roster",
    "4.4": "order once open back credit moves",
    "7": "stage program zero order park money answer sentence rule",
}


def names_at(place):
    """What stands at a place of the page, or None when there is no such place."""
    if place == "golden":
        return set(os.listdir("tests/golden/cases"))
    if place.endswith(".c"):
        path, pattern = os.path.join("tests/unit", place), r"^TEST\((\w+)\)"
    else:
        path, pattern = f"tests/e2e/scenarios/{place}.scn", r"^expect\s+(\w+)"
    if not os.path.exists(path):
        return None
    return set(re.findall(pattern, open(path, encoding="utf-8").read(), flags=re.M))


def faults_of(step, held_by):
    for part in held_by.split(" · "):
        place, _, names = part.partition(": ")
        there = names_at(place)
        if there is None or not names:
            yield f"{step}: no tests at {place}"
            continue
        for name in names.split():
            if name not in there:
                yield f"{step}: no {name} at {place}"


def main():
    lines = [line for line in open(PAGE, encoding="utf-8") if line.startswith("| ")][1:]
    rows = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in lines]
    steps = [row[0] for row in rows]
    faults = [f"{step} stands twice" for step in steps if steps.count(step) > 1]
    wanted = [f"{prefix}{n}" for prefix, numbers in STEPS.items() for n in numbers]
    wanted += [f"{section} {name}" for section, names in PARAGRAPHS.items() for name in names.split()]
    faults += [f"{step} is missing" for step in wanted if step not in steps]
    for row in rows:
        faults += faults_of(row[0], row[2]) if len(row) == 3 else [f"{row[0]}: three cells"]
    for fault in faults:
        print(f"{PAGE}: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
