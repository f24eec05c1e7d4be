#!/usr/bin/env python3
"""man.py FOLDER BUILD: what the programs say of themselves, each once on the manual page that it belongs to."""
import collections
import json
import pathlib
import re
import subprocess
import sys

FOLDER, BUILD = pathlib.Path(sys.argv[1]), sys.argv[2]
wrong = []


def heads(name):
    """The words in bold that begin an entry of the page."""
    text = (FOLDER / f"{name}.scd").read_text(encoding="utf-8")
    bold = [line for line in text.splitlines() if re.fullmatch(r"\*[^*]*(\\\*[^*]*)*\*", line)]
    return [re.sub(r"\\(.)", r"\1", line[1:-1]) for line in bold]


def read(path):
    return pathlib.Path(path).read_text(encoding="utf-8")


def once(page, wanted, found):
    count = collections.Counter(found)
    wrong.extend(f"{page}: {name} stands {count[name]} times" for name in sorted(set(wanted)) if count[name] != 1)


def ask(*words):
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


claimctl = f"{BUILD}/claimctl"
shown = [line.split()[0] for line in ask(claimctl, "help").splitlines() if re.match(r"  [a-z]+  +[a-z]", line)]
once("claimctl.1", [f"claimctl-{word}(1)" for word in shown], heads("claimctl.1"))
for word in shown:
    told = [head.split()[0] for head in heads(f"claimctl-{word}.1")]
    text = ask(claimctl, "help", word)
    once(f"claimctl-{word}.1", re.findall(rf"^  claimctl {word} ([a-z]+)", text.split("\n\n", 1)[1], flags=re.M), told)
    options = {line.split()[0] for line in text.splitlines() if re.match(r"  -", line)}
    once(f"claimctl-{word}.1", options - {"--quiet", "--color", "--help"}, told)
settings = set()
for service in ("claim-intake", "partner-classifier", "claim-screener", "payout-calculator"):
    settings |= set(re.findall(r"^\| `([^`]+)`", ask(f"{BUILD}/{service}", "--settings=md"), flags=re.M))
once("claimstream.yaml.5", settings, heads("claimstream.yaml.5"))
keys = [json.loads(row)["key"] for row in ask(claimctl, "schemas", "show", "program", "--format", "jsonl").splitlines()]
once("claimstream-program.5", keys, heads("claimstream-program.5"))
codes = re.findall(r"^REASON\(\d+,\s*(\w+)", read("common/domain/reason.def"), flags=re.M)
codes += re.findall(r"^ERR\((\w+)", read("common/base/err.def"), flags=re.M)
codes += re.findall(r"^ISSUE\((\w+)", read("services/intake/issues.def"), flags=re.M)
once("claimstream-errors.7", codes, [head.split()[0] for head in heads("claimstream-errors.7")])
metrics = re.findall(r'^METRIC\(\w+,\s*\w+,\s*"(\w+)"', read("common/runtime/metrics.def"), flags=re.M)
once("claimstream-metrics.7", [f"claimstream_{name}" for name in metrics], heads("claimstream-metrics.7"))
print("\n".join(wrong), end="\n" if wrong else "")
sys.exit(bool(wrong))
