#!/usr/bin/env python3
"""invariants.py CLAIMCTL FIRST_SEED COUNT LAYERS: what must be equal between runs of one random world (domain.md 9: 2, 3, 10, 12, 15).

Every run checks its own books too: `claimctl run` ends with 6 when an invariant that one run can show is broken.
LAYERS as oracle_run.py. KEEP=DIR in the environment keeps the worlds that differ."""
import collections
import datetime
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from fractions import Fraction

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from oracle_sellers import SellerWorlds  # noqa: E402
from oracle_worlds import layers_of, write  # noqa: E402


class Broken(Exception):
    pass


class Run:
    def __init__(self, claimctl, folder, documents, options=()):
        command = [claimctl, "run", "--world", folder, "--received-from-input", "--results", "-", "--balances", os.path.join(folder, "balances"), *options]
        for n, lines in enumerate(documents):
            path = os.path.join(folder, f"document-{n}.ndjson")
            with open(path, "w", encoding="utf-8") as out:
                out.writelines(json.dumps(line) + "\n" for line in lines)
            command += ["--input", path]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if done.returncode not in (0, 3):
            raise Broken(f"exit {done.returncode}: {done.stderr[-300:]}")
        self.results = [json.loads(line) for line in done.stdout.splitlines()]
        self.lines = {r["ref"]: r for r in self.results if "ref" in r}
        self.balances = sorted(without_ids(line) for line in open(os.path.join(folder, "balances"), encoding="utf-8"))

    # What every program paid at the end, over all lines.
    def sums(self):
        sums = collections.Counter()
        for r in self.results:
            for p in r.get("payouts", []):
                sums[p["program_id"], p["ledger"], p.get("currency")] += Fraction(p["amount"])
        return {key: value for key, value in sums.items() if value}


def without_ids(line):
    row = json.loads(line)
    return json.dumps({k: v for k, v in row.items() if v not in ("0", "0.00", 0)}, sort_keys=True)


def differ(what, one, other):
    if one == other:
        return
    if isinstance(one, list):
        one, other = [r for r in one if r not in other], [r for r in other if r not in one]
    raise Broken(f"{what}: {one} and {other}")


def later(lines, hours):
    last = max(line["received_at"] for line in lines)
    return (datetime.datetime.strptime(last, "%Y-%m-%dT%H:%M:%SZ") + datetime.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


# Returns, corrections and the operator's own lines are exempt from business keys (3.3); what was cancelled may come again.
def paid_as_it_stands(line, result, corrected):
    is_exempt = line["kind"] in ("POS_RETURN", "CANCEL", "REPLACE", "FUND_ADJUSTMENT") or line["line_id"] in corrected
    return not is_exempt and result is not None and result["outcome"] in ("PASS", "SHORT")


# 2: the document again, and what it paid again as lines of another document.
def fed_again(claimctl, folder, lines, base):
    differ("2, the document again", base.balances, Run(claimctl, folder, [lines, lines]).balances)
    corrected = {line.get("original_line_ref") for line in lines if line["kind"] in ("CANCEL", "REPLACE")}
    again = [{**{k: v for k, v in line.items() if k != "line_id"}, "received_at": later(lines, 1)}
             for line in lines if paid_as_it_stands(line, base.lines.get(line["line_id"]), corrected)]
    twice = Run(claimctl, folder, [lines, again])
    differ("2, lines again, balances", base.balances, twice.balances)
    differ("2, lines again, sums", base.sums(), twice.sums())
    for ref, result in base.lines.items():
        differ(f"2, {ref}", result, twice.lines.get(ref))


# What may be cancelled, with the member that makes it another one; what may be replaced (6.3).
ONES_OWN = {"POS_SALE": "invoice_no", "SHIP_DEBIT_CLAIM": "invoice_no", "SELL_IN": "invoice_no", "SPIFF_CLAIM": "invoice_no", "DEAL_CLAIM": "invoice_no",
            "MDF_CLAIM": "vendor_invoice_no", "ROTATION_CLAIM": "rma_no"}
REPLACED = ONES_OWN.keys() - {"ROTATION_CLAIM"}


def stamped(lines, *more):
    return lines + [{**line, "received_at": later(lines, n + 10 - len(more))} for n, line in enumerate(more)]


# A paid final claim ends its pre-approval for good (8), and a used one gets no reservation back (5.3).
def ends_preapproval(line, result):
    return bool(line.get("final_claim") and line.get("preapproval_no")) and result["outcome"] in ("PASS", "SHORT")


# The balances without what a reservation is to its fund: part of one pot with what is available.
def pots(balances):
    rows = [json.loads(line) for line in balances]
    for row in rows:
        if row["kind"] == "fund":
            row["pot"] = str(Fraction(row.pop("reserved", 0)) + Fraction(row.pop("available", 0)))
    return rows


# Where 10 ends: of a final claim that was cancelled the money is available, its pre-approval stays USED, so that the claim again
# is refused and all else is as if neither had come.
def used_for_good(claimctl, folder, lines, new, again):
    without = Run(claimctl, folder, [lines])
    number = new["preapproval_no"]
    differ("10, final claim again", ("REJECT", True), (again.lines["N3"]["outcome"], "PREAPPROVAL_INVALID" in again.lines["N3"]["reasons"]))
    differ("10, final claim cancelled, sums", without.sums(), again.sums())
    expected = pots(without.balances)
    for row in expected:
        if row["kind"] == "preapproval" and row["preapproval_no"] == number and row["partner_root_id"] == again.lines["N1"]["partner_root_id"]:
            row.pop("reserved", None)
            row["status"] = "USED"
    differ("10, final claim cancelled, balances", expected, pots(again.balances))


# 10: a line, its CANCEL and the line again are the line alone; REPLACE is CANCEL and the new line. A new sell-in comes in
# behind all sales: units of it that served one do not come back with its CANCEL (4.4, Lots). A refused REPLACE leaves all as it was.
def corrected_to_itself(claimctl, folder, lines, r):
    samples = {}
    for line in lines:
        if line["kind"] in ONES_OWN and not line.get("qty", "1").startswith("-"):
            samples.setdefault(line["kind"], []).append(line)
    for kind in r.sample(sorted(samples), min(2, len(samples))):
        sample = r.choice(samples[kind])
        new = {**sample, "line_id": "N1", ONES_OWN[kind]: f"NEW-{r.randrange(10 ** 6)}"}
        if new["kind"] == "SELL_IN":
            new["invoice_date"] = new["receipt_date"] = later(lines, 1)[:10]
        other = {**new, "line_id": "N2", **({"qty": str(int(new["qty"]) + 3)} if "qty" in new else {"spend_amount": "77.00"})}
        cancel = {"kind": "CANCEL", "line_id": "X1", "partner_id": new["partner_id"], "original_line_ref": "N1"}
        replace = {**other, "kind": "REPLACE", "replaces_kind": other["kind"], "original_line_ref": "N1"}
        alone = Run(claimctl, folder, [stamped(lines, new)])
        again = Run(claimctl, folder, [stamped(lines, new, cancel, {**new, "line_id": "N3"})])
        if ends_preapproval(new, alone.lines["N1"]):
            used_for_good(claimctl, folder, lines, new, again)
        else:
            differ(f"10, {new['kind']} alone and again, balances", alone.balances, again.balances)
            differ(f"10, {new['kind']} alone and again, sums", alone.sums(), again.sums())
        if kind not in REPLACED:
            continue
        two = Run(claimctl, folder, [stamped(lines, new, cancel, other)])
        one = Run(claimctl, folder, [stamped(lines, new, replace)])
        if one.lines["N2"]["outcome"] == "REJECT":
            differ(f"10, {new['kind']} and a refused REPLACE, balances", alone.balances, one.balances)
            continue
        differ(f"10, {new['kind']} cancelled and replaced, balances", two.balances, one.balances)
        differ(f"10, {new['kind']} cancelled and replaced, sums", two.sums(), one.sums())


# 15: cut of the batches and interleaving of the partitions.
def cut_otherwise(claimctl, folder, lines, base):
    for options in (("--batch-lines", "1"), ("--batch-lines", "7", "--seed", "5")):
        other = Run(claimctl, folder, [lines], options)
        differ(f"15, {' '.join(options)}, balances", base.balances, other.balances)
        for ref, result in base.lines.items():
            differ(f"15, {' '.join(options)}, {ref}", result, other.lines.get(ref))


# 3: counted lines of open periods in another order, all of them received when all were shipped. Only where no line's share hangs on
# those before it.
def in_another_order(claimctl, folder, lines, random_order):
    stamped_late = lambda rows: [{**line, "received_at": later(lines, n + 1)} for n, line in enumerate(rows)]
    one, other = (Run(claimctl, folder, [stamped_late(rows)]) for rows in (lines, random_order.sample(lines, len(lines))))
    volumes = lambda run: [row for row in run.balances if '"kind": "volume"' in row]
    differ("3, permuted, volumes", volumes(one), volumes(other))
    earned = lambda run: {key: value for key, value in run.sums().items() if key[1] == "EARNED"}
    differ("3, permuted, sums", earned(one), earned(other))


# 12: a currency that is converted into itself.
def converted_to_itself(claimctl, folder, world, base):
    programs = [{**p, "program": {"payout_currency": p["program"]["currency"], **p["program"]}} for p in world["programs"]]
    write({**world, "programs": programs}, folder)
    other = Run(claimctl, folder, [world["lines"]])
    differ("12, balances", base.balances, other.balances)
    for ref, result in base.lines.items():
        differ(f"12, {ref}", result, other.lines.get(ref))


def check(claimctl, seed, layers):
    world = SellerWorlds(seed, layers).world
    assert world["programs"], f"seed {seed}: nobody earns in this world"
    folder = tempfile.mkdtemp()
    try:
        write(world, folder)
        base = Run(claimctl, folder, [world["lines"]])
        fed_again(claimctl, folder, world["lines"], base)
        corrected_to_itself(claimctl, folder, world["lines"], random.Random(seed))
        cut_otherwise(claimctl, folder, world["lines"], base)
        if layers == {"volumes"}:
            in_another_order(claimctl, folder, world["lines"], random.Random(seed))
        converted_to_itself(claimctl, folder, world, base)
        return None
    except Broken as broken:
        if "KEEP" in os.environ:
            shutil.copytree(folder, os.path.join(os.environ["KEEP"], str(seed)), dirs_exist_ok=True)
        return str(broken)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    claimctl, first, count, layers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), layers_of(sys.argv[4])
    failed = 0
    for seed in range(first, first + count):
        problem = check(claimctl, seed, layers)
        failed += problem is not None
        if problem:
            print(f"seed {seed}: {problem}")
    print(f"{count} worlds of layers {sys.argv[4]}, {failed} break an invariant")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
