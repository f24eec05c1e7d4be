#!/usr/bin/env python3
"""lists.py: every member of every list is used by code, or stands in not_built.txt with the reason; what code gives, a test has.

A list is a *.def that the product is generated from. A member counts as used where code names it, not where the list itself, or
a table that only sorts members (services/payout/rules.def), does. A line of not_built.txt that is built after all is told and no
error: the part that was built may have come from another branch."""
import collections
import os
import re
import sys

NOT_BUILT = "tests/lint/not_built.txt"
STALE = f"remove it from {NOT_BUILT}"


def texts(folders, endings):
    for folder in folders:
        for path, _, names in os.walk(folder):
            for name in sorted(names):
                if name.endswith(endings):
                    with open(os.path.join(path, name), encoding="utf-8", errors="replace") as file:
                        yield os.path.join(path, name), file.read()


def words(found):
    return collections.Counter(word for _, text in found for word in re.findall(r"[A-Za-z_][A-Za-z_0-9]*", text))


def without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


CODE = [(path, without_comments(text)) for path, text in texts(["common", "services"], (".c", ".h"))]
DEFS = {path: without_comments(text) for path, text in texts(["common", "services"], (".def",))}
IN_CODE, IN_TESTS = words(CODE), words(texts(["tests/unit", "tests/e2e", "tests/golden", "tests/sim", "tests/support"], (".c", ".h", ".scn", ".json", ".sh", ".py", ".txt", ".csv")))
OUTSIDE_POLICY = words(one for one in CODE if os.path.basename(one[0]) not in ("policy.c", "policy.h"))
# Who only speaks about reasons: how many must sign, and what a person reads.
GIVERS = words(one for one in CODE if not one[0].startswith(("common/stage/review.", "services/claimctl/")))


def arguments(path, macro, place):
    for row in re.findall(rf"^{macro}\((.*)\)\s*$", DEFS[path], flags=re.M):
        yield row.split(",")[place].strip().strip('"')


def in_defs(word, *paths):
    return any(re.search(rf"\b{word}\b", DEFS[path]) for path in paths)


def issue_reasons():
    """Reasons of the issues that intake's code gives: the word behind AK of an ISSUE, the second of a FAULT."""
    rows = DEFS["services/intake/issues.def"]
    issues = re.findall(r"^ISSUE\((\w+),.*?(?:NO_AK|TA1\(\d+\)|AK\d\([^)]*\)),\s*(\w+),", rows, flags=re.M)
    return {reason for name, reason in issues + re.findall(r"^FAULT\((\w+),\s*(\w+),", rows, flags=re.M) if IN_CODE["ISSUE_" + name]}


GIVEN_BY_INTAKE = issue_reasons()


def reason_is_given(name):
    return GIVERS["REASON_" + name] > 0 or name in GIVEN_BY_INTAKE or in_defs(name, "services/compliance/rules.def", "services/classification/eligibility.def")


def rule_is_built(name):
    return in_defs(name, "services/compliance/rules.def", "services/classification/rules.def", "services/payout/rules.def",
                   "services/classification/eligibility.def")


LISTS = {
    "REASON": (arguments("common/domain/reason.def", "REASON", 1), reason_is_given),
    "ERR": (arguments("common/base/err.def", "ERR", 0), lambda name: IN_CODE["ERR_" + name] + IN_TESTS["ERR_" + name] > 0),
    "ISSUE": ([*arguments("services/intake/issues.def", "ISSUE", 0), *arguments("services/intake/issues.def", "FAULT", 0)],
              lambda name: IN_CODE["ISSUE_" + name] > 0),
    "POLICY": (arguments("common/domain/policy.def", "POLICY", 1), lambda name: OUTSIDE_POLICY[name] > 0),
    "COMMAND": (arguments("services/claimctl/commands.def", "COMMAND", 1), lambda name: IN_CODE[name] > 0),
    "SETTING": (arguments("common/runtime/setting.def", "SETTING", 0), lambda name: IN_CODE["SETTING_" + name] > 0),
    "METRIC": (arguments("common/runtime/metrics.def", "METRIC", 0), lambda name: IN_CODE["METRIC_" + name] > 0),
    "RULE": (arguments("common/domain/rule.def", "RULE", 1), rule_is_built),
}
# Kinds whose members a test must name. A fault shows its reason alone, so a test names it as ISSUE_<name>.
TESTED = {"REASON": lambda name: IN_TESTS[name] + IN_TESTS["REASON_" + name] > 0,
          "ISSUE": lambda name: IN_TESTS[name] + IN_TESTS["ISSUE_" + name] > 0}
NUMBERED = {"common/domain/reason.def": ("REASON", 0), "common/base/err.def": ("ERR", 1), "services/intake/issues.def": ("ISSUE", 1),
            "common/domain/rule.def": ("RULE", 0)}


def excused():
    for line in open(NOT_BUILT, encoding="utf-8"):
        if line.strip() and not line.startswith("#"):
            kind, name, why = line.split(None, 2)
            yield (kind, name), why.strip()


def problems():
    excuses = dict(excused())
    known = set()
    for kind, (names, is_used) in LISTS.items():
        for name in names:
            known.add((kind, name))
            used = is_used(name)
            if not used and (kind, name) not in excuses:
                yield f"{kind} {name}: no code uses it; build it, remove it, or say why not in {NOT_BUILT}"
            if used and (kind, name) in excuses:
                yield f"{kind} {name}: is built; {STALE}"
            if not used or kind not in TESTED:
                continue
            known.add((f"{kind}-TEST", name))
            excused_test, tested = (f"{kind}-TEST", name) in excuses, TESTED[kind](name)
            if not tested and not excused_test:
                yield f"{kind} {name}: no test names it"
            if tested and excused_test:
                yield f"{kind} {name}: has a test; {STALE}"
    for kind, name in excuses.keys() - known:
        yield f"{NOT_BUILT}: there is no {kind} {name}"
    for path, (macro, place) in NUMBERED.items():
        numbers = collections.Counter(arguments(path, macro, place))
        yield from (f"{path}: number {number} stands {count} times" for number, count in numbers.items() if count > 1)


def main():
    found = sorted(problems())
    print("\n".join(found), end="\n" if found else "")
    return 0 if all(STALE in problem for problem in found) else 1


if __name__ == "__main__":
    sys.exit(main())
