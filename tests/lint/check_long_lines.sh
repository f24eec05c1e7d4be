#!/usr/bin/env bash
# Lines above 120 columns: each folder has at most as many as tests/lint/long_lines.txt allows, and that number only goes down:
# `bash tests/lint/check_long_lines.sh --lower` writes what there is now where it is less.
set -eu
allowed=tests/lint/long_lines.txt
python3 - "$allowed" "${1:-}" << 'P'
import subprocess
import sys

path, lower = sys.argv[1], sys.argv[2] == "--lower"
limits = dict(line.split() for line in open(path, encoding="utf-8"))
failed = False
for folder, limit in limits.items():
    names = subprocess.run(["git", "ls-files", "-z", "--", *(f"{folder}/*.{end}" for end in ("c", "h", "def", "sh", "py"))],
                           capture_output=True, text=True, check=True).stdout.split("\0")
    count, worst = 0, {}
    for name in filter(None, names):
        with open(name, encoding="utf-8", errors="replace") as lines:
            worst[name] = sum(len(line.rstrip("\n")) > 120 for line in lines)
            count += worst[name]
    if count > int(limit):
        failed = True
        most = sorted(worst, key=worst.get, reverse=True)[:5]
        print(f"{folder}: {count} lines above 120 columns, {limit} are allowed: wrap those that you write "
              f"(git diff main | grep -E '^\\+.{{121,}}' shows them). Most: {' '.join(f'{n} {worst[n]}' for n in most)}")
    if lower and count < int(limit):
        limits[folder] = str(count)
if lower:
    with open(path, "w", encoding="utf-8") as out:
        out.writelines(f"{folder} {limit}\n" for folder, limit in limits.items())
sys.exit(failed)
P
