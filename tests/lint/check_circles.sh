#!/usr/bin/env bash
# Files call downwards: no two files need each other, near or far; read from the object files. tests/lint/circles.txt
# names the calls that do not count, by why; a row that no file needs any more fails, too. Only the release variant is
# asked.
set -eu
build=${BUILD:-build/release}
case $build in *release*) ;; *) exit 0 ;; esac
python3 - "$build" << 'P'
import collections
import fnmatch
import pathlib
import subprocess
import sys

sys.setrecursionlimit(10000)
build = pathlib.Path(sys.argv[1])
sources = subprocess.run(["git", "ls-files", "--", "common/*.c", "services/*.c"], capture_output=True, text=True,
                         check=True).stdout.split()
objects = {str(build / source[:-2]) + ".o": source for source in sources}
homes, needs = {}, []
table = subprocess.run(["nm", "-A", "-P", "-g", *objects], stdout=subprocess.PIPE, text=True).stdout
for row in table.splitlines():
    path, name, kind = row.split()[:3]
    source = objects[path.rstrip(":")]
    if kind == "U":
        needs.append((source, name))
    else:
        homes[name] = source
rows = [line.split("#")[0].split() for line in open("tests/lint/circles.txt", encoding="utf-8")]
uncounted = {tuple(row): 0 for row in rows if row}
calls = collections.defaultdict(lambda: collections.defaultdict(set))
for source, name in needs:
    other = homes.get(name, source)
    if other == source:
        continue
    row = next((row for row in uncounted
                if fnmatch.fnmatchcase(source, row[0]) and fnmatch.fnmatchcase(other, row[1])), None)
    if row:
        uncounted[row] += 1
    else:
        calls[source][other].add(name)

index, low, stack, circles = {}, {}, [], []


def visit(source):        # Tarjan: files that reach each other
    index[source] = low[source] = len(index)
    stack.append(source)
    for other in calls[source]:
        if other not in index:
            visit(other)
            low[source] = min(low[source], low[other])
        elif other in stack:
            low[source] = min(low[source], index[other])
    if low[source] == index[source]:
        circle = set(stack[stack.index(source):])
        del stack[stack.index(source):]
        if len(circle) > 1:
            circles.append(circle)


for source in sources:
    if source not in index:
        visit(source)
for circle in circles:
    print("files that need each other: " + " ".join(sorted(circle)) + "; move what they share below them")
    for source in sorted(circle):
        for other in sorted(circle & set(calls[source])):
            print(f"    {source} calls {other}: {' '.join(sorted(calls[source][other]))}")
stale = [" ".join(row) for row, count in uncounted.items() if not count]
for row in stale:
    print(f"tests/lint/circles.txt: {row}: there is no such call any more, take it out")
sys.exit(bool(circles or stale))
P
