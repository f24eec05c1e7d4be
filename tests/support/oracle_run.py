#!/usr/bin/env python3
"""oracle_run.py CLAIMCTL FIRST_SEED COUNT LAYERS: random worlds through the product and through oracle.py, compared line by line.

LAYERS are names joined by +, as debits+volumes; oracle_worlds.py lists them, and oracle_claims, _periods, _stock, _funds,
_relative, _expiry, _credits, _sellers stand each upon the one before. KEEP=DIR in the environment keeps the worlds that differ."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
from fractions import Fraction

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from oracle_sellers import Sellers, SellerWorlds
from oracle_credits import sent  # noqa: E402
from oracle_worlds import layers_of, write  # noqa: E402


def number(value):
    try:
        return Fraction(value)
    except (ValueError, TypeError):
        return value


def compare_line(ref, want, got):
    if got is None:
        yield f"{ref}: no result"
        return
    for member in ("outcome", "reasons", "claimed", "paid", "refused", "outstanding"):
        if member in want and want[member] != got.get(member, [] if member == "reasons" else None):
            yield f"{ref}: {member} is {got.get(member)}, calculated {want[member]}"
    programs = {k: v for k, v in got.get("programs", {}).items() if "programs" in want}
    mine = {k: v for k, v in want.get("programs", {}).items() if v}
    if programs != mine:
        yield f"{ref}: programs are {programs}, calculated {mine}"
    have, mine = got.get("payouts", []), want["payouts"]
    if len(have) != len(mine):
        short = lambda rows: [(p["program_id"], p["ledger"], p["amount"]) for p in rows]
        yield f"{ref}: payouts are {short(have)}, calculated {short(mine)}"
        return
    for h, m in zip(have, mine):
        for member, value in m.items():
            if member != "reverses" and number(value) != number(h.get(member)):
                yield f"{ref}: {m['program_id']} {m['ledger']} {member} is {h.get(member)}, calculated {value}"
        if (m["reverses"] is None) != ("reverses_payout_id" not in h):
            yield f"{ref}: {m['program_id']} reverses_payout_id is {h.get('reverses_payout_id')}, calculated {m['reverses']}"


KEYS = {"agreement_line": ("authorisation_no", "line_no"), "volume": ("program_id", "aggregate", "group", "period"),
        "cap": ("program_id", "cap", "scope_id", "period"), "lot": ("sku", "receipt_date", "cost", "currency"),
        "purchases": ("month", "currency"), "fund": ("program_id", "period"), "deal": ("deal_reg_no",),
        "year_to_date": ("payee_id", "year")}


def compare_balances(want, got):
    def index(rows):
        return {(r["kind"], r["partner_root_id"]) + tuple(number(r.get(k, "")) for k in KEYS[r["kind"]]): r for r in rows if r["kind"] in KEYS}
    mine, have = index(want), index(got)
    for key, row in mine.items():
        figures = {k: v for k, v in row.items() if k not in KEYS[row["kind"]] + ("kind", "partner_root_id")}
        other = have.pop(key, {})
        for member, value in figures.items():
            if number(value) != number(other.get(member, 0)):
                yield f"balance {key}: {member} is {other.get(member)}, calculated {float(value)}"
    for key in have:
        no_tax_table = key[0] == "year_to_date" and not any(k[0] == "year_to_date" for k in mine)
        if key[0] not in ("agreement_line", "fund") and not no_tax_table:
            yield f"balance {key}: not calculated: {have[key]}"


def world_of(seed, layers):
    worlds = SellerWorlds(seed, layers)
    if "credits" in layers:
        worlds.world["sent"] = sent(worlds.world["lines"], worlds.r)
    return worlds.world


def run(claimctl, seed, layers):
    world = world_of(seed, layers)
    folder = tempfile.mkdtemp()
    try:
        write(world, folder)
        done = subprocess.run([claimctl, "run", "--world", folder, "--input", os.path.join(folder, "input.ndjson"), "--received-from-input",
                               "--results", "-", "--balances", os.path.join(folder, "balances")], capture_output=True, text=True, timeout=300)
        if done.returncode not in (0, 3):
            return 0, [f"exit {done.returncode}: {done.stderr[-400:]}"], folder
        results = {r["ref"]: r for r in map(json.loads, done.stdout.splitlines()) if "ref" in r}
        balances = [json.loads(line) for line in open(os.path.join(folder, "balances"), encoding="utf-8")]
        model = Sellers(world)
        want = model.run()
        problems = [text for ref, line in want.items() for text in compare_line(ref, line, results.get(ref))]
        problems += compare_balances(model.balances(), balances)
        return len(want), problems, folder
    finally:
        if "KEEP" in os.environ:
            shutil.copytree(folder, os.path.join(os.environ["KEEP"], str(seed)), dirs_exist_ok=True)
        shutil.rmtree(folder, ignore_errors=True)


def main():
    claimctl, first, count, layers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), layers_of(sys.argv[4])
    lines = failed = 0
    for seed in range(first, first + count):
        agreed, problems, _ = run(claimctl, seed, layers)
        lines += agreed
        failed += bool(problems)
        for text in problems[:int(os.environ.get("SHOW", 6))]:
            print(f"seed {seed}: {text}")
    print(f"{count} worlds of layers {sys.argv[4]}, {lines} lines, {failed} worlds differ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
