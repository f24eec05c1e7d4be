#!/usr/bin/env python3
"""acts_on_all.py RESULTS: acts of people on each line that waits and each open case, of six sorts in turn: released,
denied, asked and answered, declined and proposed anew, cut; some of them without effect."""
import json
import sys

SIGN = {"actor_roles": ["approver"], "note": "seen"}
SORTS = [
    [("propose", "release", "ann"), ("confirm", "release", "bob"), ("confirm", "release", "cyd")],
    [("propose", "deny", "ann"), ("confirm", "deny", "bob")],
    [("take", None, "ann"), ("propose", "ask", "ann"), ("propose", "answer", "ann")],
    [("propose", "release", "ann"), ("decline", None, "bob"), ("propose", "release", "cyd")],
    [("propose", "adjust", "ann"), ("confirm", "adjust", "bob")],
    [],
]


def put(act, verb, actor, subject):
    review = {"act": act, "actor_id": actor, **SIGN, **subject}
    if verb:
        review["verb"] = verb
    if verb == "adjust":
        review["accepted_qty"] = "1"
    print(json.dumps({"review": review}))


rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
waiting = [row for row in rows if row.get("outcome") in ("HOLD", "PARK")]
for i, row in enumerate(waiting):
    for act, verb, actor in SORTS[i % len(SORTS)]:
        put(act, verb, actor, {"stage": row["stage"].lower(), "line_id": row["line_id"]})
for i, row in enumerate(row for row in rows if "case_id" in row):
    verb = ("clear_party", "confirm_party", "release")[i % 3]
    put("propose", verb, "ann", {"case_id": row["case_id"]})
    put("confirm", verb, "bob", {"case_id": row["case_id"]})
