#!/usr/bin/env python3
"""rehearse_upgrade.py worlds TRAFFIC OUT: the worlds of rehearse_upgrade.sh. OUT/first and OUT/later are those of
tests/support/engines_agree.py; OUT/step-1 to OUT/step-4 come between two services of the new release, OUT/last behind
the acts: returns, cancels, replacements and repetitions of what the former release had paid, held or parked.

rehearse_upgrade.py acts RECORDS OUT: of the lines that wait for a person in these records: OUT/acts.ndjson for a run,
OUT/acts.txt (stage, line_id, verb) for `claimctl holds`.

rehearse_upgrade.py compare EMBEDDED SERVICES: the same outcome, reasons and ways of every line, the same payouts and
cases; not the day of a payment, which follows that of the act. What a section says beside that is its release's."""
import json
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import engines_agree as agree    # noqa: E402

STEPS, ACTS_MAX = 4, 24
PAYOUT = "line_id program_id program_version ledger amount currency program_amount qty earned_period payee_id".split()


def sales_of(first):
    """Sales whose invoice names nothing else, in the order of receipt."""
    lines = [line for name in sorted(os.listdir(f"{first}/inbox")) for line in agree.read(f"{first}/inbox/{name}")]
    count = {}
    for line in lines:
        key = (line["partner_id"], line.get("invoice_no"))
        count[key] = count.get(key, 0) + 1
    return [line for line in lines if line["kind"] == "POS_SALE" and count[line["partner_id"], line["invoice_no"]] == 1
            and not line.get("serials") and line["invoice_no"].startswith("INV-2")]


def changes(name, sales):
    """A return, a cancel, a replacement, a repetition and a sale of today."""
    returned, cancelled, replaced, repeated = sales
    of = {"original_invoice_no": returned["invoice_no"], "original_invoice_line": returned["invoice_line"]}
    yield {**returned, **of, "kind": "POS_RETURN", "invoice_no": f"RMA-{name}", "ship_date": "2026-04-02", "qty": "1"}
    yield {"kind": "CANCEL", "partner_id": cancelled["partner_id"], "currency": "USD",
           "original_invoice_no": cancelled["invoice_no"], "original_invoice_line": cancelled["invoice_line"]}
    yield {**replaced, "kind": "REPLACE", "replaces_kind": "POS_SALE", "qty": str(int(replaced["qty"]) + 1),
           "original_invoice_no": replaced["invoice_no"], "original_invoice_line": replaced["invoice_line"]}
    yield repeated
    yield {**repeated, "invoice_no": f"INV-97{name}"}


def behind_all():
    """Of what was parked by the former release, woken by the new one, held and released."""
    for invoice in ("INV-9900001", "INV-9900003"):
        yield {"kind": "CANCEL", "partner_id": "D-1", "currency": "USD", "original_invoice_no": invoice,
               "original_invoice_line": "1"}


def step(first, folder, name, lines):
    shutil.copytree(first, folder, ignore=shutil.ignore_patterns("inbox", "world.yaml"))
    agree.write(f"{folder}/inbox/{name}.ndjson", agree.ndjson(lines))
    agree.write(f"{folder}/world.yaml", agree.world_yaml([(f"{name}.ndjson", agree.at(60))]))


def worlds(traffic, out):
    agree.worlds(traffic, out)
    sales = sales_of(f"{out}/first")
    if len(sales) < 4 * (STEPS + 1):
        sys.exit(f"{len(sales)} sales are too few")
    apart = sales[:: len(sales) // (4 * (STEPS + 1))]
    for n in range(1, STEPS + 1):
        step(f"{out}/first", f"{out}/step-{n}", f"step-{n}", changes(n, apart[4 * n:4 * n + 4]))
    step(f"{out}/later", f"{out}/last", "last", [*changes(9, apart[:4]), *behind_all()])


def last_of(path):
    """What stands last of each line, payout and case, and the way of each line."""
    last, ways = agree.said(path)
    short = {}
    for key, value in last.items():
        if key[0] == "payout":
            short[key] = {k: value.get(k) for k in PAYOUT}
        elif key[0] == "case":
            short[key] = {}
    return short, ways


def outcomes_of(path):
    last = {}
    for record in agree.read(path):
        if "line" in record:
            line = record["line"]
            if (line["line_id"], "decided") in last and record["topic"] != "claims.decided.v1":
                continue
            last[line["line_id"], "decided" if record["topic"] == "claims.decided.v1" else "waits"] = line
    return {key[0]: line for key, line in sorted(last.items(), key=lambda item: item[0][1] == "decided")}


def acts(path, out):
    held = [line for line in outcomes_of(path).values() if line["outcome"] == "HOLD"]
    verbs = ["release", "release", "deny"]
    chosen = [(line["stage"].lower(), line["line_id"], verbs[n % 3]) for n, line in enumerate(held[:ACTS_MAX])]
    if not chosen:
        sys.exit("nothing is held")
    agree.write(f"{out}/acts.ndjson", agree.ndjson(
        {"review": {"at": agree.at(61), "stage": stage, "line_id": line_id, "verb": verb, "actor_id": "ann",
                    "actor_roles": ["approver"], "note": "rehearsed"}} for stage, line_id, verb in chosen))
    agree.write(f"{out}/acts.txt", "".join(f"{' '.join(act)}\n" for act in chosen))


def differences_of(embedded, services):
    sides = [(*last_of(path), outcomes_of(path)) for path in (embedded, services)]
    problems = []
    for what, (left, right) in (("", (sides[0][0], sides[1][0])), ("line ", (sides[0][2], sides[1][2]))):
        for key in sorted(set(left) | set(right), key=str):
            a, b = left.get(key), right.get(key)
            if what and a and b:
                a, b = ({k: line.get(k) for k in ("outcome", "reasons")} for line in (a, b))
            if a != b:
                problems.append(f"{what}{key}: {json.dumps(a)} of a run, {json.dumps(b)} of the services")
    return problems


def compare(embedded, services):
    problems = differences_of(embedded, services)
    if problems:
        sys.exit("\n".join(problems[:40]) + f"\n{len(problems)} differences")
    lines = outcomes_of(services)
    ended = {}
    for line in lines.values():
        ended[line["outcome"]] = ended.get(line["outcome"], 0) + 1
    payouts = sum(key[0] == "payout" for key in last_of(services)[0])
    outcomes = ", ".join(f"{n} {outcome}" for outcome, n in sorted(ended.items()))
    print(f"{len(lines)} lines ({outcomes}), {payouts} payouts: as a run ends them")


if __name__ == "__main__":
    {"worlds": worlds, "acts": acts, "compare": compare}[sys.argv[1]](*sys.argv[2:])
