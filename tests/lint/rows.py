#!/usr/bin/env python3
"""rows.py [--record]: the layout of each stage's rows against row_layouts.txt: a changed layout needs a higher version.

A layout is what the files below say, less comments, blanks and broken lines. The loop writes the version in front of
every row, renews rows of the versions that it still reads (wire/table_earlier.c) and refuses the others
(ERR_STATE_OUTDATED) before it decides anything, so that nothing is misread and the release that wrote them can go on.
Whoever changes a layout raises the version that stands there (`row_version` in the descriptor of a stage), says how the
one before is read, packs it once more in tests/support/earlier_rows.c, and records it; a change that leaves every
written byte as it was is recorded alone."""
import hashlib
import re
import sys

RECORDED = "tests/lint/row_layouts.txt"
INTAKE = ["common/wire/table_intake.h", "common/wire/table_intake.c"]
WAITING = "common/stage/waiting.c"
WAITING_WRITERS = "encode put_big_endian on_key time_key put_orders".split()
LAYOUTS = {
    "classification": ["common/domain/classification_record.h", "common/wire/table_classification.c"],
    "compliance": ["services/compliance/tables.def", "common/wire/table_compliance.c"],
    "payout": ["common/domain/rating/rows.h", "common/domain/rating/rows.def", "common/wire/table_payout.c"],
}


def digest(text):
    return hashlib.sha256("".join(re.sub(r"/\*.*?\*/|\\\n", "", text, flags=re.S).split()).encode()).hexdigest()[:16]


def read(file):
    return open(file, encoding="utf-8").read()


def layout(files):
    return digest("".join(read(file) for file in files))


def layout_of_waiting():
    """Of the functions that write rows of lines that wait."""
    bodies = [re.search(rf"^static [^\n]*\b{name}\(.*?^}}", read(WAITING), flags=re.S | re.M) for name in WAITING_WRITERS]
    return digest("".join(body.group(0) for body in bodies))


def number_in(file, pattern):
    return int(re.search(pattern + r"\s*=\s*(\d+)", read(file)).group(1))


def layouts():
    """By whose rows they are: where the version stands, the version, the layout."""
    found = {stage: (f"services/{stage}/stage.c", number_in(f"services/{stage}/stage.c", r"\.row_version"), layout(files))
             for stage, files in LAYOUTS.items()}
    found["intake"] = (INTAKE[1], number_in(INTAKE[1], r"\bVERSION"), layout(INTAKE))
    found["waiting"] = ("common/stage/waiting.h", number_in("common/stage/waiting.h", r"\bWAITING_VERSION"),
                        layout_of_waiting())
    return found


def main():
    places = layouts()
    now = {stage: (number, text) for stage, (_, number, text) in places.items()}
    if "--record" in sys.argv:
        with open(RECORDED, "w", encoding="utf-8") as file:
            file.write("# stage, version, layout: written by rows.py --record\n")
            file.writelines(f"{stage} {number} {text}\n" for stage, (number, text) in now.items())
        return 0
    rows = [line.split() for line in open(RECORDED, encoding="utf-8") if line.strip() and not line.startswith("#")]
    then = {stage: (int(number), text) for stage, number, text in rows}
    failed = False
    for stage, (number, text) in now.items():
        if then.get(stage) == (number, text):
            continue
        failed = True
        what = "changed: raise their version" if number == then.get(stage, [0])[0] else "have a new version: say so"
        print(f"{places[stage][0]}: rows {what}, then python3 tests/lint/rows.py --record")
    return failed


if __name__ == "__main__":
    sys.exit(main())
