"""The pages of deploy/manual against the program: tables of keys as `claimctl schemas show` prints them, examples as
their files stand. `python3 tests/lint/manual.py CLAIMCTL` compares, with --write it writes them."""
import csv
import glob
import io
import re
import subprocess
import sys

FOLDER = "deploy/manual"


def cell(text):
    return text.replace("|", "\\|")


def code(text):
    return f"`{cell(text)}`" if text else ""


def ask(claimctl, *words):
    command = [claimctl, "schemas", *words, "--format", "csv"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = csv.DictReader(io.StringIO(shown))
    return [{name: value.lstrip("'") for name, value in row.items()} for row in rows]    # guards against formulas


def table(claimctl, record):
    rows = ask(claimctl, "show", record)
    head = "| key | type | default | meaning | example |\n|---|---|---|---|---|\n"
    return head + "".join(
        f"| {code(r['key'])} | {cell(r['type'])} | {cell(r['default'])} | {cell(r['meaning'])} "
        f"| {code(r['example'])} |\n" for r in rows)


def example(name):
    path = f"{FOLDER}/examples/{name}.yaml"
    with open(path, encoding="utf-8") as file:
        text = file.read()
    first, rest = text.split("\n", 1)
    incentive = re.search(r"incentive: ([A-Z_]+)", rest).group(1)
    link = f"[examples/{name}.yaml](examples/{name}.yaml)"
    return f"### {incentive}\n\n{first.lstrip('# ')}\n\n```yaml\n{rest}```\n\n{link}\n"


def rewritten(claimctl, text):
    def block(match):
        kind, name = match.group(1), match.group(2)
        inside = table(claimctl, name) if kind == "keys" else example(name)
        return f"<!-- {kind} {name} -->\n{inside}<!-- end -->"
    return re.sub(r"<!-- (keys|example) ([a-z_-]+) -->\n.*?<!-- end -->", block, text, flags=re.S)


def main():
    claimctl, write, wrong, told, shown = sys.argv[1], "--write" in sys.argv, [], set(), set()
    for page in sorted(glob.glob(f"{FOLDER}/*.md")):
        with open(page, encoding="utf-8") as file:
            text = file.read()
        now = rewritten(claimctl, text)
        told |= set(re.findall(r"<!-- keys ([a-z_]+) -->", text))
        shown |= set(re.findall(r"<!-- example ([a-z-]+) -->", text))
        if now == text:
            continue
        if write:
            with open(page, "w", encoding="utf-8") as file:
                file.write(now)
        else:
            wrong.append(f"{page} is behind the program: python3 tests/lint/manual.py {claimctl} --write")
    records = {r["record"] for r in ask(claimctl, "list")}
    files = {path.split("/")[-1][:-5] for path in glob.glob(f"{FOLDER}/examples/*.yaml")}
    wrong += [f"no page tells the keys of {r}" for r in sorted(records - told)]
    wrong += [f"no page shows {f}.yaml" for f in sorted(files - shown)]
    print("\n".join(wrong), end="\n" if wrong else "")
    return bool(wrong)


sys.exit(main())
