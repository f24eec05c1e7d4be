#!/usr/bin/env python3
"""rows.py [--record]: the layout of each stage's rows against row_layouts.txt: a changed layout needs a higher version.

A layout is what the files below say, less comments, blanks and broken lines. The loop writes the version in front of every
row and refuses rows of another one (ERR_STATE_OUTDATED), so that nothing is misread. Whoever changes a layout raises
`row_version` in the descriptor of the stage and records it; a change that leaves every written byte as it was is recorded
alone."""
import hashlib
import re
import sys

RECORDED = "tests/lint/row_layouts.txt"
LAYOUTS = {
    "classification": ["common/domain/classification_record.h", "common/wire/table_classification.c"],
    "compliance": ["services/compliance/tables.def", "common/wire/table_compliance.c"],
    "payout": ["common/domain/rating/rows.h", "common/domain/rating/rows.def", "common/wire/table_payout.c"],
}


def layout(files):
    text = "".join(open(file, encoding="utf-8").read() for file in files)
    return hashlib.sha256("".join(re.sub(r"/\*.*?\*/|\\\n", "", text, flags=re.S).split()).encode()).hexdigest()[:16]


def version(stage):
    return int(re.search(r"\.row_version\s*=\s*(\d+)", open(f"services/{stage}/stage.c", encoding="utf-8").read()).group(1))


def main():
    now = {stage: (version(stage), layout(files)) for stage, files in LAYOUTS.items()}
    if "--record" in sys.argv:
        with open(RECORDED, "w", encoding="utf-8") as file:
            file.write("# stage, version, layout: written by rows.py --record\n")
            file.writelines(f"{stage} {number} {text}\n" for stage, (number, text) in now.items())
        return 0
    rows = [line.split() for line in open(RECORDED, encoding="utf-8") if line.strip() and not line.startswith("#")]
    then = {stage: (int(number), text) for stage, number, text in rows}
    failed = False
    for stage, (number, text) in now.items():
        if then[stage] == (number, text):
            continue
        failed = True
        what = "changed: raise row_version" if number == then[stage][0] else "have a new version: say so"
        print(f"services/{stage}/stage.c: rows {what}, then python3 tests/lint/rows.py --record")
    return failed


if __name__ == "__main__":
    sys.exit(main())
