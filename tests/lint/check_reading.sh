#!/usr/bin/env bash
# The table "The code in an hour" of README.md is true: its files are there, and define the functions that it names.
set -eu
python3 - << 'P'
import pathlib
import re
import sys

readme = pathlib.Path("README.md").read_text(encoding="utf-8")
table = readme.split("## The code in an hour")[1].split("\n## ")[0]
failed, rows = False, 0
for row in re.findall(r"^\| `(.*?)\|(.*?)\|", table, re.M):
    files, functions = (re.findall(r"`?([\w./]+)`", cell) for cell in ("`" + row[0], row[1]))
    folder, texts = pathlib.Path(files[0]).parent, []
    for name in files:
        path = pathlib.Path(name) if "/" in name else folder / name
        if path.is_file():
            texts.append(path.read_text(encoding="utf-8"))
        else:
            failed = True
            print(f"README.md: {name} is not there")
    for function in functions:
        rows += 1
        if not any(re.search(rf"^\w[^;\n]*\b{function}\(", text, re.M) for text in texts):
            failed = True
            print(f"README.md: {' '.join(files)} defines no {function}")
if rows < 20:
    failed = True
    print(f"README.md: {rows} functions in the table: is it another one by now?")
sys.exit(failed)
P
