#!/usr/bin/env python3
"""engines_compare.py ONE OTHER: whether two engines said the same of each line and case, member by member.

Each file is what `claimctl tail claims.decided.v1 claims.held.v1 payouts.v1` prints as JSON. The last dossier of a line or case
holds, a decided one before one that waits; a payout is known by its id. Left out is what an engine cannot know of the other:
where a profile was read, and by whose clock."""
import collections
import json
import sys

APART = {"profile_source"}                              # of a member, wherever it stands
SHOWN = 12


def read(path):
    lines, payouts = {}, {}
    for text in open(path, encoding="utf-8"):
        record = json.loads(text)
        topic, value = record["topic"], record["value"]
        if topic.startswith("payouts"):
            payouts[value["payout_id"]] = value
            continue
        clearances = value.get("clearance") or [{}]
        name = (value.get("receipt") or {}).get("line_id") or clearances[-1].get("case_id")
        if topic.startswith("claims.decided") or name not in lines or not lines[name][0]:
            lines[name] = (topic.startswith("claims.decided"), value)
    return {**{f"line {k}": v[1] for k, v in lines.items()}, **{f"payout {k}": v for k, v in payouts.items()}}


def differences(one, other, place=""):
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(set(one) | set(other)):
            if key not in APART:
                yield from differences(one.get(key), other.get(key), f"{place}.{key}" if place else key)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for at, (a, b) in enumerate(zip(one, other)):
            yield from differences(a, b, f"{place}[{at}]")
    elif one != other:
        yield place, one, other


def main():
    one, other = read(sys.argv[1]), read(sys.argv[2])
    found, kinds = [], collections.Counter()
    for name in sorted(set(one) | set(other)):
        for place, a, b in differences(one.get(name), other.get(name)):
            found.append(f"{name} {place}: {json.dumps(a)[:300]} | {json.dumps(b)[:300]}")
            kinds["".join(c for c in place if not c.isdigit())] += 1
    if found:
        print(f"{len(found)} members differ, of {len(one)} lines, cases and payouts: {dict(kinds)}")
        print("\n".join(found[:SHOWN]))
        sys.exit(1)
    print(f"  {len(one)} lines, cases and payouts, alike in every member")


if __name__ == "__main__":
    main()
