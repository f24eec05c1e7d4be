#!/usr/bin/env python3
"""interface.py RESULTS BALANCES: every object of a run is shaped as the embedded interface says: members, their order and types.

Prints what is not, one a line, and ends with 1."""
import json
import re
import sys
from decimal import Decimal

LINE = ("document position row ref kind partner_id partner_root_id line_id claim_id invoice_no role stage outcome reasons programs "
        "accepted_qty currency claimed paid refused outstanding standing errors payouts").split()
PAYOUT = ("payout_id seq program_id program_version adjustment_no incentive ledger role payee qty amount currency program_amount "
          "program_currency earned_period posted_period payable_on reverses_payout_id cause tax_reportable reasons").split()
ERROR = "code number severity level x12 reason field where value message fix".split()
ALWAYS = "document position stage outcome".split()                    # of a line; the others of one that has ids
ALWAYS_OF_PAYOUT = [m for m in PAYOUT if m not in ("role", "qty", "payable_on", "reverses_payout_id", "cause", "tax_reportable", "reasons")]
KINDS = {                                                           # keys, figures
    "agreement_line": ("authorisation_no line_no", "authorised consumed remaining paid currency"),
    "cap": ("program_id cap scope_id period", "used used_qty currency"),
    "deal": ("deal_reg_no", "status qty claimed share_percent"),
    "fund": ("program_id period", "accrued adjusted reserved paid expired converted available currency"),
    "lot": ("location_id sku receipt_date cost currency", "remaining"),
    "preapproval": ("preapproval_no", "status approved reserved paid currency"),
    "purchases": ("month currency", "amount"),
    "serial": ("program_id serial", "generation line_id"),
    "volume": ("program_id aggregate group period", "amount qty benefit_amount benefit_qty paid estimated excess closed currency"),
    "year_to_date": ("payee_id year", "amount currency"),
}
WHOLE = "position row seq program_version adjustment_no number line_no cap year generation offset column".split()
MONEY = "claimed paid refused outstanding amount program_amount reserved approved accrued adjusted expired converted available estimated excess benefit_amount used".split()
EXPONENTS = {"JPY": 0, "KRW": 0, "KWD": 3, "BHD": 3}
OUTCOMES = {"PASS", "SHORT", "HOLD", "PARK", "REJECT", "DEAD"}
FIGURE = re.compile(r"-?(0|[1-9]\d*)(\.\d*[1-9])?")
DATES = {"payable_on": r"\d{4}-\d\d-\d\d", "receipt_date": r"\d{4}-\d\d-\d\d"}
problems = []


def blame(text, found):
    problems.append(f"{text}: {json.dumps(found)[:200]}")


def check_order(found, names, what):
    for member in found:
        if member not in names:
            blame(f"{what} has {member}", found)
    places = [names.index(m) for m in found if m in names]
    if places != sorted(places):
        blame(f"{what}: order of its members", found)


def is_money(text, currency):
    digits = EXPONENTS.get(currency, 2)
    return isinstance(text, str) and re.fullmatch(rf"-?(0|[1-9]\d*)(\.\d{{{digits}}})" if digits else r"-?(0|[1-9]\d*)", text) is not None


def check_values(found, what):
    for member, value in found.items():
        if value in ("", None) or value == [] or value == {}:
            if what != "balance":                                   # its keys may be empty
                blame(f"{what}: {member} has nothing to say and is there", found)
        elif isinstance(value, float):
            blame(f"{what}: {member} is a number with a fraction", found)
        elif member in WHOLE and type(value) is not int:
            blame(f"{what}: {member} is no integer", found)
        elif member in DATES and not re.fullmatch(DATES[member], value):
            blame(f"{what}: {member} is no date", found)


def check_errors(found, has_place):
    for error in found.get("errors", []):
        check_order(error, ERROR, "error")
        check_values(error, "error")
        for member in ("code", "number", "severity", "level", "message"):
            if member not in error:
                blame(f"error without {member}", error)
        if has_place and "offset" not in error.get("where", {}):
            blame("error without offset", error)


def check_payout(entry):
    check_order(entry, PAYOUT, "payout")
    check_values(entry, "payout")
    for member in ALWAYS_OF_PAYOUT:
        if member not in entry:
            blame(f"payout without {member}", entry)
    if not is_money(entry.get("amount"), entry.get("currency")) or not is_money(entry.get("program_amount"), entry.get("program_currency")):
        blame("payout: its money", entry)
    if "qty" in entry and not FIGURE.fullmatch(entry["qty"]):
        blame("payout: its quantity", entry)


def check_money_of(line):
    if "claimed" not in line:
        if any(m in line for m in ("paid", "refused", "outstanding")):
            blame("line: money without a claim", line)
        return
    waits = line["outcome"] in ("HOLD", "PARK")
    rest = "outstanding" if waits else "refused"
    if rest not in line or ("refused" if waits else "outstanding") in line or "paid" not in line or "currency" not in line:
        blame("line: members of its money", line)
    elif not all(is_money(line[m], line["currency"]) for m in ("claimed", "paid", rest)):
        blame("line: digits of its money", line)
    elif Decimal(line["claimed"]) != Decimal(line["paid"]) + Decimal(line[rest]):
        blame("line: claimed is not paid and the rest", line)


def check_line(line, seqs):
    check_order(line, LINE, "line")
    check_values(line, "line")
    check_errors(line, True)
    has_ids = "line_id" in line
    for member in ALWAYS + (["kind", "partner_id", "partner_root_id"] if has_ids else []):
        if member not in line:
            blame(f"line without {member}", line)
    if line["outcome"] not in OUTCOMES or line["stage"] not in ("INTAKE", "CLASSIFICATION", "COMPLIANCE", "PAYOUT"):
        blame("line: a word", line)
    if line["outcome"] == "DEAD" and has_ids:
        blame("line: dead with ids", line)
    if ("errors" in line) != (line["stage"] == "INTAKE" and line["outcome"] in ("REJECT", "DEAD")):
        blame("line: errors are of what intake refused", line)
    if line.get("standing") not in (None, "ADJUSTED", "REVERSED"):
        blame("line: standing", line)
    if "accepted_qty" in line and not FIGURE.fullmatch(line["accepted_qty"]):
        blame("line: accepted_qty", line)
    check_money_of(line)
    for entry in line.get("payouts", []):
        check_payout(entry)
        seqs.setdefault(line["partner_root_id"], []).append(entry["seq"])


def check_results(text):
    seqs, has_case = {}, False
    for row in text.splitlines():
        found = json.loads(row)
        if has_case and "case" not in found:
            blame("cases stand at the end", found)
        if "case" in found:
            has_case = True
            check_order(found, ["case_id", "case", "subject", "line_ids"], "case")
            check_values(found, "case")
        elif "review" in found:
            check_order(found, ["document", "row", "review", "line_id", "case_id", "errors"], "review")
            check_errors(found, False)
        elif "state" in found:
            check_order(found, ["document", "state", "errors"], "document")
            check_values(found, "document")
            check_errors(found, True)
            if found["state"] not in ("REJECTED", "HELD", "DUPLICATE", "VALIDATED"):
                blame("document: its state", found)
        else:
            check_line(found, seqs)
    for root, found in seqs.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            blame(f"seq of {root} counts from 1", sorted(found))


def check_balances(text):
    last = None
    for row in text.splitlines():
        found = json.loads(row)
        keys, figures = (part.split() for part in KINDS[found["kind"]])
        if list(found) != ["kind", "partner_root_id"] + keys + figures:
            blame("balance: its members", found)
        check_values(found, "balance")
        for member in figures:
            value = found[member]
            if member in MONEY and "currency" in found and not (found["kind"] == "deal" or is_money(value, found["currency"])):
                blame(f"balance: digits of {member}", found)
            if member == "closed" and not isinstance(value, bool):
                blame("balance: closed", found)
        if all(found[m] in ("0", "0.00", "0.000", False) for m in figures if m not in ("currency", "status", "line_id", "generation")) and figures != ["generation", "line_id"]:
            blame("balance: all its figures are 0", found)
        order = [found["kind"], found["partner_root_id"]] + [found[k] for k in keys]
        order = [(0, part, b"") if isinstance(part, int) else (1, 0, part.encode()) for part in order]
        if last and last > order:
            blame("balances: their order", found)
        last = order


def problems_of(results, balances):
    """Of the texts of both; for other checks that have them at hand."""
    problems.clear()
    check_results(results)
    check_balances(balances)
    return list(problems)


def main():
    texts = [open(path, encoding="utf-8").read() for path in sys.argv[1:3]]
    found = problems_of(*texts)
    print("\n".join(found[:20]), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
