#!/usr/bin/env bash
# Every command block of README.md runs, and the text block behind it is what it prints: each line in order, … for what comes
# from the run. `make demo` and `make test` are what runs this.
set -eu
python3 - "${BUILD:-build/release}" <<'P'
import re
import subprocess
import sys

build = sys.argv[1]
text = open("README.md", encoding="utf-8").read()
before, services = text.split("## As services on Apache Kafka")
text = before + services[services.index("\n## "):]         # that section: tests/integration/check_readme_services.sh
blocks = re.findall(r"```(sh|text)\n(.*?)```", text, re.S)
subprocess.run(f"{build}/claimctl run --sample first-hour --state build/demo > build/demo.out", shell=True, check=False)
failed = False
for index, (kind, body) in enumerate(blocks):
    if kind != "sh" or body.startswith("make "):
        continue
    command = body.replace("build/release", build)
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=300)
    if done.returncode not in (0, 3):
        print(f"exit {done.returncode}: {body}{done.stderr}")
        failed = True
    expected = blocks[index + 1][1] if index + 1 < len(blocks) and blocks[index + 1][0] == "text" else ""
    lines = done.stdout.splitlines()
    for want in filter(None, expected.splitlines()):
        pattern = re.compile(".*?".join(re.escape(part) for part in want.split("…")))
        while lines and not pattern.search(lines[0]):
            lines.pop(0)
        if not lines:
            print(f"no such line behind `{body.strip().splitlines()[-1]}`:\n  {want}")
            failed = True
            break
sys.exit(failed)
P
