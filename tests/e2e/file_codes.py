#!/usr/bin/env python3
"""Every file and folder that a command takes, by commands.def: 4 where there is none of that name, 1 where it cannot be
read or is not what it has to be, 78 where a setting names it; said with its name, before anybody is asked over a network.

usage: file_codes.py CLAIMCTL
"""
import pathlib
import re
import subprocess
import sys
import tempfile

CLAIMCTL = str(pathlib.Path(sys.argv[1]).resolve())
TEXT = re.sub(r"/\*.*?\*/", "", pathlib.Path("services/claimctl/commands.def").read_text(encoding="utf-8"), flags=re.S)
SAMPLE = "deploy/sample/tiny"
LINES = SAMPLE + "/inbox/northgate/02-pos.csv"
RULES = SAMPLE + "/programs/ruleset.yaml"
TERMS = SAMPLE + "/programs/SD-26-1.yaml"
LISTS = "deploy/sample/first-hour/lists.yaml"
NOBODY = "http://127.0.0.1:9"

# The place in commands.def, a command with it, and what that ends with when there is none of that name, when it is a folder
# with nothing in it, when its bytes are no such thing; None: fine, or another fault.
READ, FOLDER, SETTING, DOCUMENT = (4, 1, 1), (4, 4, None), (78, 78, 78), (4, 1, None)
PLACES = [
    ("run --world", "run --world {}", (4, 4, None)),
    ("run --input", f"run --world {SAMPLE} --input {{}}", DOCUMENT),
    ("run --set", f"run --world {SAMPLE} --set screening.lists_file={{}}", SETTING),
    ("load DIR", "load {}", FOLDER),
    ("load --token-file", "load --sample tiny --documents --token-file {}", DOCUMENT),
    ("submit FILE", f"submit {{}} --server {NOBODY}", DOCUMENT),
    ("submit FILE --check", "submit --check {}", DOCUMENT),
    ("submit --profile", f"submit --check --profile {{}}.yaml {LINES}", (4, 1, None)),
    ("submit --beside", f"submit --check --beside {{}}.yaml {LINES}", (4, 1, None)),
    ("submit --token-file", f"submit {LINES} --server {NOBODY} --token-file {{}}", DOCUMENT),
    ("submit --ca-file", f"submit {LINES} --server {NOBODY} --ca-file {{}}", DOCUMENT),
    ("trigger --token-file", f"trigger duplicate --server {NOBODY} --token-file {{}}", DOCUMENT),
    ("trigger --ca-file", f"trigger duplicate --server {NOBODY} --ca-file {{}}", DOCUMENT),
    ("documents --token-file", f"documents list --server {NOBODY} --token-file {{}}", DOCUMENT),
    ("documents --ca-file", f"documents list --server {NOBODY} --ca-file {{}}", DOCUMENT),
    ("replay --token-file", f"replay status --server {NOBODY} --token-file {{}}", DOCUMENT),
    ("replay --ca-file", f"replay status --server {NOBODY} --ca-file {{}}", DOCUMENT),
    ("tail --desc", "tail x --desc {} --type y", READ),
    ("payouts --world", f"payouts estimate --world {{}} --input {LINES}", FOLDER),
    ("payouts --input", f"payouts estimate --world {SAMPLE} --input {{}}", DOCUMENT),
    ("deadletters --with", "deadletters redrive X --reason why --with {}", DOCUMENT),
    ("partners --world", "partners classify N-100 --world {}", FOLDER),
    ("partners --world", "partners show N-100 --world {}", FOLDER),
    ("partners FILE", "partners import {}", READ),
    ("programs FILE", "programs echo {}", READ),
    ("programs FILE", "programs test {}", READ),
    ("programs FILE", f"programs diff {TERMS} {{}}", READ),
    ("programs FILE", f"programs diff {{}} {TERMS}", READ),
    ("programs FILE|DIR", "programs lint {}", (4, None, 1)),
    ("programs FILE|DIR", "programs publish {}", (4, None, 1)),
    ("programs --world", f"programs simulate --world {{}} --program {TERMS}", FOLDER),
    ("programs --world", "programs close VR-26 --period 2026-Q1 --phase EARNING --world {}", FOLDER),
    ("programs --token-file", f"programs close VR-26 --period 2026-Q1 --phase EARNING --world {SAMPLE} --execute "
     f"--reason why --server {NOBODY} --token-file {{}}", DOCUMENT),
    ("programs --program", f"programs simulate --world {SAMPLE} --program {{}}", READ),
    ("rules --world", "rules list --world {}", FOLDER),
    ("rules --ruleset", "rules list --ruleset {}", READ),
    ("rules --ruleset", "rules show DUP-03 --ruleset {}", READ),
    ("rules --ruleset", f"rules simulate --world {SAMPLE} --ruleset {{}}", READ),
    ("rules --input", f"rules simulate --world {SAMPLE} --ruleset {RULES} --input {{}}", DOCUMENT),
    ("rules FILE", "rules test {}", READ),
    ("lists --file", "lists search --file {} Kestrel", READ),
    ("lists --set", "lists search --set screening.lists_file={} Kestrel", SETTING),
    ("lists FILE", "lists check {}", READ),
    ("lists FILE", f"lists diff {{}} deploy/sample/first-hour/denied.csv", READ),
    ("lists FILE", f"lists load FIRST-HOUR {{}} --lists {LISTS}", READ),
    ("lists --lists", "lists load FIRST-HOUR deploy/sample/first-hour/denied.csv --lists {}", READ),
    ("lists --set", "lists load FIRST-HOUR deploy/sample/first-hour/denied.csv --set screening.lists_file={}", SETTING),
    ("screen --lists", "screen payouts --state STATE --lists {}", READ),
    ("schemas DIR", "schemas check {}", (4, None, 4)),
    ("state --state-dir", "state list --state-dir {}", (4, 4, 4)),
    ("state --state-dir", "state show --state-dir {}", (4, 4, 4)),
    ("state --state-dir", "state verify --state-dir {}", (4, 4, 4)),
    *[(" --state", words + " --state {}", (4, 4, 4)) for words in
      ("lines list", "lines explain X", "payouts verify", "holds list", "agreements list", "partners statement N-100",
       "screen payouts", "holds take X --as anna", f"rules simulate --ruleset {RULES}")],
    *[(" --config", words + " --config {}", SETTING) for words in
      ("info", "config echo", "topics check", "lines list")],
]
# What is written; and with a broker alone: programs and rules simulate --since … --lists.
WRITTEN = {"run --results", "run --responses", "run --balances", "run --figures", "run --state", "submit --lines",
           "submit --ack", "submit --rejects", "rules --lines", "programs --lists", "rules --lists"}
FAILED = []


def places_of_the_list():
    for command, _, name, value in re.findall(r'OPTION\("(\w*)",\s*"([^"]*)",\s*"(--[\w-]+)",\s*"([^"]*)"', TEXT):
        if re.search(r"\b(FILE|DIR|LIST)\b", value) and name not in ("--brokers", "--roles"):
            yield f"{command} {name}"
    for command, arguments in re.findall(r'(?:COMMAND|VERB)\("(\w+)",\s*\w*(?:"\w+")?,\s*"([^"]*)"', TEXT):
        for word in re.findall(r"(?:^|\s)(FILE(?:\|DIR)?|DIR)(?:\b|\.)", re.sub(r"--[\w-]+ [\w|]+", "", arguments)):
            yield f"{command} {word}"


def ends(words, wanted, what, named):
    done = subprocess.run([CLAIMCTL, *words.split()], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          check=False, timeout=300)
    said = done.stderr
    if done.returncode != wanted or "error[" not in said or named not in said or "KAFKA" in said:
        FAILED.append(f"{what}: claimctl {words}\n  exit {done.returncode}, want {wanted}\n  {said[:400]}")


def main():
    known = {place for place, _, _ in PLACES}
    for place in places_of_the_list():
        if place not in known | WRITTEN:
            FAILED.append(f"{place}: no row says how it ends when the file cannot be used")
    with tempfile.TemporaryDirectory() as folder:
        state = folder + "/state"
        subprocess.run([CLAIMCTL, "run", "--sample", "tiny", "--state", state], capture_output=True, check=False)
        pathlib.Path(folder, "folder").mkdir()
        pathlib.Path(folder, "folder.yaml").mkdir()
        for name in ("broken.yaml", "broken.yaml.yaml"):
            pathlib.Path(folder, name).write_text("x: [\n\x01", encoding="utf-8")
        for place, words, codes in PLACES:
            words = words.replace("STATE", state)
            for name, code in zip(("nowhere", "folder", "broken.yaml"), codes):
                if code is not None:
                    ends(words.replace("{}", f"{folder}/{name}"), code, f"{place}, {name}", name)
    print("\n".join(FAILED), end="\n" if FAILED else "")
    return bool(FAILED)


if __name__ == "__main__":
    sys.exit(main())
