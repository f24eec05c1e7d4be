#!/usr/bin/env python3
"""Small worlds, each run once, and the sentences that claimctl must say of them.

usage: sentences.py CLAIMCTL
"""
import json
import pathlib
import subprocess
import sys
import tempfile

CLAIMCTL = str(pathlib.Path(sys.argv[1]).resolve())

PARTNERS = """\
- partner_id: D-2
  name: Prairie Wholesale
  roles: [{role: DISTRIBUTOR}]
  country: US
  currency: USD
  price_list_id: PL
"""
PRODUCTS = "sku,family,vendor_parts\nRTR-1,ROUTER,RTR-1\nCAM-3,CAMERA,CAM-3\n"
PRICES = "list_id,sku,currency,price,valid_from\nPL,CAM-3,USD,210.00,2026-01-01\n"
LIMITS = """\
limits: {id: default, version: 1, valid_from: 2026-01-01}
settings: {approval.auto_max: "100000", approval.one_max: "500000", approval.two_max: "5000000"}
"""
RULES = "ruleset: {id: default, version: 1, valid_from: 2026-01-01}\nsettings: {review.sample_bp: 0}\n"
SUBMITTERS = """\
clock: 2026-01-05T08:00:00Z
submitters:
  - {id: vendor, vendor: true, reports_for: ["*"], kinds: [AGREEMENT, SELL_IN]}
  - {id: dealer, partner_id: D-2, kinds: [POS_SALE, POS_RETURN, CANCEL, REPLACE, SHIP_DEBIT_CLAIM,
                                             TRANSFER_OUT, TRANSFER_IN, STOCK_ADJUST, INVENTORY]}
  - {id: clerk, operator: true, reports_for: ["*"], kinds: [PERIOD_CLOSE, SETTLEMENT, REVERSE, ADJUSTMENT]}
documents:
"""


def program(name, incentive, text):
    return f"program: {{id: {name}, version: 1, incentive: {incentive}, currency: USD, valid_from: 2026-01-01}}\n{text}"


SHIP_DEBIT = program("SD", "SHIP_DEBIT", """\
claim: {window_days: 60}
ship_debit: {cost_basis: FIFO, lot_shortage: BOOK, auto_claim: false}
eligibility: {products: {include: ["family:CAMERA"]}}
""")
REBATE = program("VR", "VOLUME_REBATE", """\
eligibility: {roles: [DISTRIBUTOR], products: {include: ["family:ROUTER"]}}
volume: {source: POS, period: QUARTER, tiers: [{from: "0", percent: "1"}]}
""")

BUYER = {"name": "Tamarack Systems", "id_type": "1", "id": "081446207", "country": "US"}


def agreement(**line):
    terms = {"line_no": 1, "products": ["sku:CAM-3"], "method": "DOWN_TO", "price": "165.00", "authorised_qty": "400",
             "resale_policy": "NONE"}
    terms.update(line)
    if "price" not in line and terms["method"] != "DOWN_TO":
        del terms["price"]
    return {"kind": "AGREEMENT", "partner_id": "D-2", "authorisation_no": "SPA-1", "revision": 1, "program_id": "SD",
            "status": "ACTIVE", "issue_date": "2026-01-02", "valid_from": "2026-01-01", "valid_to": "2026-12-31",
            "currency": "USD", "customers": ["1:081446207"], "lines": [terms]}


def claim(qty, amount, **more):
    return {"kind": "SHIP_DEBIT_CLAIM", "claim_id": "K1", "authorisation_no": "SPA-1", "invoice_no": "P-1",
            "invoice_line": "1", "ship_date": "2026-01-20", "vendor_part": "CAM-3", "qty": str(qty), "currency": "USD",
            "resale_unit": "230.00", "claimed_amount": amount, "sold_to": BUYER, **more}


def receipt(invoice, qty, price, date):
    return {"kind": "SELL_IN", "partner_id": "D-2", "invoice_no": invoice, "invoice_line": "1", "invoice_date": date,
            "receipt_date": date, "vendor_part": "CAM-3", "qty": str(qty), "currency": "USD", "unit_price": price}


def sale(invoice, **more):
    return {"kind": "POS_SALE", "invoice_no": invoice, "invoice_line": "1", "ship_date": "2026-01-20",
            "vendor_part": "RTR-1", "qty": "10", "currency": "USD", "resale_unit": "500.00",
            "sold_to": {"name": "Oak Bank", "country": "US"}, **more}


class World:
    """A folder with one run in it: `out` is what it printed, `ask` puts a question to its state."""

    def __init__(self, programs, documents, **more):
        self.folder = tempfile.TemporaryDirectory()
        root = pathlib.Path(self.folder.name)
        files = {"partners.yaml": PARTNERS, "products.csv": PRODUCTS, "prices.csv": PRICES,
                 "lists.yaml": "denied: none\n", "programs/limits.yaml": LIMITS, "programs/rules.yaml": RULES}
        files.update({f"programs/p{i}.yaml": text for i, text in enumerate(programs)})
        files.update({f"{name}.csv": text for name, text in more.items()})
        world = SUBMITTERS
        for i, (submitter, day, lines) in enumerate(documents):
            name = f"{i}.csv" if isinstance(lines, str) else f"{i}.ndjson"
            files["inbox/" + name] = lines if isinstance(lines, str) else "".join(json.dumps(x) + "\n" for x in lines)
            world += f"  - {{submitter: {submitter}, file: inbox/{name}, received_at: {day}T09:00:00Z}}\n"
        files["world.yaml"] = world
        for name, text in files.items():
            path = root / "world" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.state = str(root / "state")
        self.out = self.call("run", "--world", str(root / "world"), "--explain", "--state", self.state)

    def call(self, *words):
        done = subprocess.run([CLAIMCTL, *words], capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    def ask(self, *words):
        return self.call("--state", self.state, *words)


FAILED = []


def says(text, *wanted):
    """Each is a piece of a line, blanks in a row counting as one."""
    flat = [" ".join(line.split()) for line in text.splitlines()]
    for piece in wanted:
        if not any(piece in line for line in flat):
            FAILED.append(f"no '{piece}' in:\n{text}")


def never_says(text, *unwanted):
    FAILED.extend(f"'{piece}' in:\n{text}" for piece in unwanted if piece in text)


# --- agreements and claims ---

def a_sale_on_an_agreement_says_that_a_claim_asks_for_it():
    quoted = sale("P-1", vendor_part="CAM-3", authorisation_no="SPA-1", sold_to=BUYER)
    claimed = {**quoted, "invoice_no": "P-3", "claim_id": "K-3"}
    documents = [("vendor", "2026-01-06", [agreement()]), ("dealer", "2026-02-01", [quoted, sale("P-2"), claimed])]
    out = World([SHIP_DEBIT], documents).out
    nothing = "line 1 pays nothing. No program pays on this line."
    says(out, f"P-1 {nothing} Agreement SPA-1 pays nothing on it by itself: a SHIP_DEBIT_CLAIM asks for it.")
    never_says(out, f"P-2 {nothing} Agreement", f"P-3 {nothing} Agreement")
    by_itself = SHIP_DEBIT.replace("auto_claim: false", "auto_claim: true")
    never_says(World([by_itself], documents).out, "by itself")


def a_statement_counts_a_line_of_a_claim_by_its_last_submission():
    least = agreement(resale_policy="MIN", resale_min="200.00")
    first, again = claim(10, "450.00", resale_unit="190.00"), claim(10, "450.00", submission_no=2)
    world = World([SHIP_DEBIT], [("vendor", "2026-01-06", [least]), ("dealer", "2026-02-01", [first]),
                                 ("dealer", "2026-02-02", [again]), ("dealer", "2026-02-03", [again])])
    says(world.ask("partners", "statement", "D-2", "--claims"),
         "claim K1 1 line paid 450.00 USD refused 0.00 USD waits 0.00 USD")


# --- the claim that closes a run ---

def every_part_of_the_cost_stands_in_the_closing_block():
    lots = [receipt("B-1", 4, "180.55", "2026-01-02"), receipt("B-2", 3, "190.55", "2026-01-05")]
    out = World([SHIP_DEBIT], [("vendor", "2026-01-06", [agreement(), *lots]),
                               ("dealer", "2026-02-01", [claim(10, "450.00")])]).out
    says(out, "lot cost of 2026-01-20 180.55, agreed 165.00: debit 15.55 a unit 4 × 15.55 = 62.20",
         "lot cost of 2026-01-20 190.55, agreed 165.00: debit 25.55 a unit 3 × 25.55 = 76.65",
         "book price of 2026-01-20 210.00, agreed 165.00: debit 45.00 a unit 3 × 45.00 = 135.00",
         "together 10 units 273.85", "paid 273.85, refused 176.15, claimed 450.00")


def a_reduction_has_no_book_price_and_a_percent_is_one():
    fixed = World([SHIP_DEBIT], [("vendor", "2026-01-06", [agreement(method="DOWN_BY_AMOUNT", amount="33.33")]),
                                 ("dealer", "2026-02-01", [claim(5, "300.00")])]).out
    says(fixed, "agreed reduction 33.33: debit 33.33 a unit 5 × 33.33 = 166.65")
    never_says(fixed, "book price of")
    percent = World([SHIP_DEBIT], [("vendor", "2026-01-06", [agreement(method="DOWN_BY_PERCENT", percent="12.5")]),
                                   ("dealer", "2026-02-01", [claim(5, "300.00")])]).out
    says(percent, "book price of 2026-01-20 210.00, agreed 12.5 % of it: debit 26.25 a unit 5 × 26.25 = 131.25")


def a_limit_stands_between_the_debit_and_what_was_paid():
    terms = {**agreement(), "amount_limit": "200.00"}
    out = World([SHIP_DEBIT], [("vendor", "2026-01-06", [terms]), ("dealer", "2026-02-01", [claim(5, "225.00")])]).out
    says(out, "limit 200.00 left of it of 225.00 there stay 200.00", "paid 200.00, refused 25.00, claimed 225.00")


def a_payout_that_was_taken_back_closes_no_run():
    out = World([SHIP_DEBIT], [
        ("vendor", "2026-01-06", [agreement()]),
        ("dealer", "2026-02-01", [claim(12, "540.00")]),
        ("dealer", "2026-02-06", [claim(10, "450.00", kind="REPLACE", replaces_kind="SHIP_DEBIT_CLAIM",
                                        original_invoice_no="P-1", original_invoice_line="1")])]).out
    says(out, "gets 450.00 USD for 10 × CAM-3", "the agreement has 390 left")
    never_says(out, "gets 540.00")


# --- what a reason leaves open ---

def return_of(invoice, original, **more):
    return sale(invoice, kind="POS_RETURN", qty="-4", original_invoice_no=original, ship_date="2026-02-01", **more)


def a_return_without_match_says_what_was_looked_for():
    world = World([REBATE], [
        ("dealer", "2026-02-02", [sale("P-1")]),
        ("dealer", "2026-02-03", [return_of("C-1", "P-1"), return_of("C-2", "P-7", original_invoice_line="2")])])
    unnumbered = "No sale in force is on file of invoice P-1 without a line number, part RTR-1: name its line in" \
                 " original_invoice_line. Until it is, a release takes nothing back."
    says(world.out, unnumbered, "No sale in force is on file of invoice P-7 line 2, part RTR-1.")
    says(world.ask("lines", "explain", "1.ndjson:1"), unnumbered)


def a_return_of_what_came_back_whole_says_so():
    back = return_of("C-1", "P-1", original_invoice_line="1")
    out = World([REBATE], [("dealer", "2026-02-02", [sale("P-1")]),
                           ("dealer", "2026-02-03", [{**back, "qty": "-10"}, {**back, "invoice_no": "C-2"}])]).out
    says(out, "We cannot match this return to a sale. All of 0.ndjson:1 has come back already.")


def a_cancel_without_a_part_has_no_hole():
    out = World([REBATE], [("dealer", "2026-02-03", [{"kind": "CANCEL", "original_invoice_no": "H2"}])]).out
    says(out, "CANCEL of invoice H2 is held. We cannot match this line to H2. No line is on file of invoice H2 without a"
         " line number, or lines of several parts are: name the part;")


def a_rate_that_is_too_old_is_told():
    rates = "table_id,from,to,rate,valid_from\ndefault,EUR,USD,1.1,2026-01-01\n"
    out = World([REBATE], [("dealer", "2026-02-02", [
        {**sale("P-1"), "currency": "EUR", "ship_date": "2026-02-01"},
        {**sale("P-2"), "currency": "EUR", "ship_date": "2026-02-02"},
        {**sale("P-3"), "currency": "GBP"}])], rates=rates).out
    says(out, "0.ndjson:1 PASS", "It is the rate from EUR to USD of table default on 2026-02-02; the last on file is of"
         " 2026-01-01, older than fx_max_age_days lets it be.",
         "It is the rate from GBP to USD of table default on 2026-01-20.")


def a_cancel_names_what_it_takes_back():
    documents = [("dealer", "2026-02-02", [sale("P-1"), return_of("C-1", "P-1", original_invoice_line="1")])]
    listed = World([REBATE], documents).ask("lines", "list", "--json")
    ids = [json.loads(line)["line_id"] for line in listed.splitlines()]
    cancel = {"kind": "CANCEL", "original_invoice_line": "1", "vendor_part": "RTR-1"}
    out = World([REBATE], documents + [
        ("dealer", "2026-02-03", [{**cancel, "original_invoice_no": "C-2"},
                                  {"kind": "CANCEL", "original_line_ref": "back"},
                                  {"kind": "CANCEL", "original_line_ref": ids[1]}]),
        ("dealer", "2026-02-04", [{**cancel, "original_invoice_no": "P-1"}, {"kind": "CANCEL"},
                                  {**sale("P-1"), "kind": "REPLACE"}])]).out
    says(out, "CANCEL of RTR-1 of invoice C-2 line 1 is held. We cannot match this line to C-2. No line is on file of"
         " invoice C-2 line 1, part RTR-1; original_line_ref names any line by its line_id.",
         "We cannot match this line to back. It is no line_id of a line that can be taken back",
         "CANCEL of 0.ndjson:2 pays 20.00 USD (VR).",
         "CANCEL of RTR-1 of invoice P-1 line 1 takes back 50.00 USD (VR).",
         "original_line_ref is missing. Name the line by original_invoice_no and original_invoice_line, or by",
         "Say in replaces_kind of which kind the new content is")


def a_close_that_is_too_early_says_from_when_it_may_come():
    close = {"kind": "PERIOD_CLOSE", "partner_id": "D-2", "program_id": "VR", "period_label": "2026-Q1",
             "close": "EARNING"}
    out = World([REBATE], [("dealer", "2026-02-02", [sale("P-1")]), ("clerk", "2026-04-05", [close])]).out
    says(out, "period_label has a value we cannot use: 2026-Q1. It is too early: send it from 2026-04-10 on.")


def a_missing_rate_and_another_unit_are_named():
    out = World([REBATE], [("dealer", "2026-02-02", [sale("P-1", currency="GBP"), sale("P-2", uom="BOX")])]).out
    says(out, "It is the rate from GBP to USD of table default on 2026-01-20.", "10 BOX × RTR-1 of invoice P-2")


def entries_of_one_program_are_one_sum():
    back = {**return_of("C-1", ""), "qty": "-15"}
    del back["original_invoice_no"]
    out = World([REBATE], [("dealer", "2026-02-02", [sale("P-1"), sale("P-2"), back])]).out
    says(out, "takes back 75.00 USD (VR, 2 entries).")


def what_an_operator_got_wrong_is_told():
    adjust = {"kind": "ADJUSTMENT", "partner_id": "D-2", "amount": "5.00", "currency": "USD", "reason_text": "goodwill"}
    close = {"kind": "PERIOD_CLOSE", "partner_id": "D-2", "period_label": "2026-Q1", "close": "EARNING"}
    out = World([REBATE], [("clerk", "2026-04-12", [{**adjust, "program_id": "NO"}, {**close, "program_id": "VX"}])]).out
    says(out, "program_id has a value we cannot use: VX. No program on file has that id, or it is none that such a line can"
         " be for.")


# --- what a file says of money and nobody takes ---

def a_control_amount_is_told_where_it_decides_nothing():
    header = "Kind,Invoice No,Invoice Line,Ship Date,Part,Qty,Currency,Customer,Customer Country,Extended Amount\n"
    out = World([REBATE], [("dealer", "2026-02-02", header + "INV,E1,1,2026-01-20,RTR-1,3,USD,Oak,US,1000.00\n")]).out
    says(out, "resale_unit is missing. The extended amount is a control value: no unit price is made of it.")


def a_statement_tells_lines_that_pass_and_earn_nothing_for_want_of_a_price():
    unpriced = {name: value for name, value in sale("P-1").items() if name != "resale_unit"}
    world = World([REBATE], [("dealer", "2026-02-02", [unpriced, sale("P-2")])])
    says(world.ask("partners", "statement", "D-2"), "unpaid FIELD_MISSING VR 1 line -")


# --- lines that ask for no money ---

def goods_that_move_say_where():
    move = {"vendor_part": "RTR-1", "qty": "5", "ship_date": "2026-01-20", "location_id": "W1", "order_no": "TR-1"}
    out = World([REBATE], [("dealer", "2026-02-02", [
        {**move, "kind": "TRANSFER_OUT"}, {**move, "kind": "TRANSFER_IN", "location_id": "W2"},
        {**move, "kind": "STOCK_ADJUST", "order_no": "AJ-1", "qty": "-2"},
        {"kind": "INVENTORY", "vendor_part": "RTR-1", "qty": "13", "snapshot_date": "2026-01-31",
         "location_id": "W1"}])]).out
    says(out, "5 × RTR-1 leaves W1 under order TR-1; stock that moves earns nothing.",
         "5 × RTR-1 arrives at W2 under order TR-1;", "-2 × RTR-1 corrects the stock of W1 under order AJ-1;",
         "13 × RTR-1 is on hand at W1 on 2026-01-31; stock that is counted earns nothing.")
    never_says(out, "pays nothing")


def what_was_settled_is_told_apart_from_what_is_owed():
    documents = [("vendor", "2026-01-06", [agreement()]),
                 ("dealer", "2026-02-01", [claim(10, "450.00"), sale("P-9")])]
    entries = World([SHIP_DEBIT, REBATE], documents).ask("payouts", "export", "--program", "SD", "--format", "jsonl")
    payout = json.loads(entries)["payout_id"]
    paid = {"kind": "SETTLEMENT", "partner_id": "D-2", "payout_ids": [payout], "currency": "USD", "amount": "400.00",
            "settled_date": "2026-02-10", "settled_reference": "SEPA-1"}
    world = World([SHIP_DEBIT, REBATE], documents + [("clerk", "2026-02-11", [paid])])
    says(world.out, f"SETTLEMENT settles 400.00 USD of payout {payout} (SD), paid on 2026-02-10 as SEPA-1.")
    page = world.ask("partners", "statement", "D-2")
    says(page, "total paid EARNED 500.00 USD", "settled SD 1 entry 400.00 USD", "total settled 400.00 USD",
         "total open 100.00 USD")
    never_says(page, "SETTLED")
    early = world.ask("partners", "statement", "D-2", "--until", "2026-02-05")
    never_says(early, "settled", "open")
    listed = [json.loads(row) for row in world.ask("partners", "statement", "D-2", "--json").splitlines()]
    told = {row["part"]: row.get("amount") for row in listed}
    if (told.get("total settled"), told.get("open")) != ("400.00", "100.00"):
        FAILED.append(f"settled as rows: {listed}")


def what_two_people_sign_says_what_it_is():
    documents = [("vendor", "2026-01-06", [agreement()]), ("dealer", "2026-02-01", [claim(10, "450.00")])]
    payout = json.loads(World([SHIP_DEBIT], documents).ask("payouts", "export", "--format", "jsonl"))["payout_id"]
    act = {"partner_id": "D-2", "reason_text": "audit of Q1", "program_id": "SD"}
    world = World([SHIP_DEBIT], documents + [("clerk", "2026-02-11", [
        {**act, "kind": "REVERSE", "payout_ids": [payout], "cause": "AUDIT"},
        {**act, "kind": "ADJUSTMENT", "amount": "-840.00", "currency": "USD", "payee_id": "D-2"}])])
    says(world.out, f"REVERSE of payout {payout} (audit of Q1) is held.",
         "ADJUSTMENT of -840.00 USD to D-2 (audit of Q1) is held.")
    page = world.ask("partners", "statement", "D-2")
    never_says(page, "SANCTIONS_HIT", "NEAR_DUPLICATE")


def a_period_that_ends_has_a_name():
    close = {"kind": "PERIOD_CLOSE", "partner_id": "D-2", "program_id": "VR", "period_label": "2026-Q1",
             "close": "EARNING"}
    out = World([REBATE], [
        ("dealer", "2026-03-25", [sale("P-1", ship_date="2026-03-20")]), ("clerk", "2026-04-11", [close]),
        ("dealer", "2026-04-12", [{**return_of("C-1", "P-1", original_invoice_line="1"), "ship_date": "2026-04-12"},
                                  sale("P-2", ship_date="2026-03-21", qty="1")])]).out
    says(out, "PERIOD_CLOSE EARNING of VR 2026-Q1 moves no money.",
         "2.ndjson:1 PASS -4 × RTR-1 of invoice C-1 line 1 takes back 20.00 USD (VR). Counted in 2026-Q1, posted now.")
    for line in out.splitlines():
        if line.count("posted now") > 1:
            FAILED.append(f"said twice: {line}")


# --- what is left of agreements ---

def an_agreement_shows_what_used_each_line_and_what_has_no_limit():
    terms = agreement()
    first = terms["lines"][0]
    open_line = {name: value for name, value in first.items() if name != "authorised_qty"}
    both = {**terms, "blanket": True, "lines": [open_line, {**first, "line_no": 2, "products": ["sku:RTR-1"]}]}
    later = {**both, "revision": 2, "lines": [{**first, "authorised_qty": "40"}, both["lines"][1]]}
    back = claim(-4, "-180.00", invoice_no="C-1", original_invoice_no="P-1", original_invoice_line="1")
    given = [("vendor", "2026-01-06", [both]), ("dealer", "2026-02-01", [claim(10, "450.00"), back])]
    world = World([SHIP_DEBIT], given)
    page = world.ask("agreements", "balance")
    says(page, "SPA-1 line 1 D-2 no quantity agreed 6 used without a limit 270.00 USD paid",
         "SPA-1 line 2 D-2 400 authorised 0 used 400 remaining 0.00 USD paid")
    if page.count("-4 used") != 1 or not page.index("-4 used") < page.index("line 2"):
        FAILED.append(f"a return stands under the line that it gives back to:\n{page}")
    shown = [json.loads(row) for row in world.ask("agreements", "show", "SPA-1").splitlines()]
    if [len(x["used_by"]) for x in shown] != [2, 0] or "authorised" in shown[0] or shown[1]["remaining"] != "400":
        FAILED.append(f"as objects: {shown}")
    says(world.ask("agreements", "list", "--format", "csv"), "SPA-1,1,D-2,,6,,270.00,USD")
    says(world.ask("partners", "statement", "D-2"), "left agreement SPA-1 line 1 no limit",
         "left agreement SPA-1 line 2 400 of 400")
    limited = World([SHIP_DEBIT], given + [("vendor", "2026-02-02", [later])])
    says(limited.ask("agreements", "balance"), "SPA-1 line 1 D-2 40 authorised 6 used 34 remaining")


def what_two_reasons_promise_alike_is_said_once():
    forwarder = {"name": "Atlas Freight Forwarding", "country": "US"}
    w = World([REBATE], [("dealer", "2026-01-25", [sale("INV-00812")]),
                         ("dealer", "2026-01-26", [sale("812", ship_to=forwarder)])])
    says(w.out, "The line is under review. We answer by")
    held = [line for line in w.out.splitlines() if "HOLD" in line]
    if len(held) != 1 or held[0].count("under review") != 1 or held[0].count("We answer by") != 1:
        FAILED.append(f"one line held for two reasons, each sentence once:\n{w.out}")
    says(w.ask("lines", "list", "--json"), "NEAR_DUPLICATE", "SHIP_TO_NOT_ALLOWED")


CHECKS = [
    goods_that_move_say_where,
    what_was_settled_is_told_apart_from_what_is_owed,
    what_two_people_sign_says_what_it_is,
    a_period_that_ends_has_a_name,
    an_agreement_shows_what_used_each_line_and_what_has_no_limit,
    a_sale_on_an_agreement_says_that_a_claim_asks_for_it,
    a_statement_counts_a_line_of_a_claim_by_its_last_submission,
    every_part_of_the_cost_stands_in_the_closing_block,
    a_reduction_has_no_book_price_and_a_percent_is_one,
    a_limit_stands_between_the_debit_and_what_was_paid,
    a_payout_that_was_taken_back_closes_no_run,
    a_return_without_match_says_what_was_looked_for,
    a_return_of_what_came_back_whole_says_so,
    a_cancel_without_a_part_has_no_hole,
    a_rate_that_is_too_old_is_told,
    a_cancel_names_what_it_takes_back,
    a_close_that_is_too_early_says_from_when_it_may_come,
    entries_of_one_program_are_one_sum,
    what_an_operator_got_wrong_is_told,
    a_missing_rate_and_another_unit_are_named,
    a_control_amount_is_told_where_it_decides_nothing,
    a_statement_tells_lines_that_pass_and_earn_nothing_for_want_of_a_price,
    what_two_reasons_promise_alike_is_said_once,
]

if __name__ == "__main__":
    for check in CHECKS:
        check()
    print("\n".join(FAILED), end="\n" if FAILED else "")
    sys.exit(1 if FAILED else 0)
