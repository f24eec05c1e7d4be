#!/usr/bin/env python3
"""report_worlds.py CLAIMCTL FIRST COUNT: random reports of sales under one volume program of 10 percent, each world as JSON
and as X12 867; and of a hub that reports for two partners, whose reports have one number: as JSON that names the
partner of the document, as JSON that names that of each line, as X12 with a header party, and as X12 whose
corrections come as sets of one interchange, or all of whose sets do.

A report is posted, replaced as a whole now and then, and perhaps cancelled; rows are refused for their date, wait for a
part that comes at the end, or say the same again. What the partner has in the end is what the last accepted version of
each row says, and nothing of a report that was cancelled (feeds.md 6). A world that ends otherwise is shown."""
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import namedtuple

WORLD = {
    "world.yaml": "clock: 2026-02-03T00:00:00Z\n",
    "lists.yaml": "denied: none\n",
    "partners.yaml": "".join(
        f"- {{partner_id: {partner}, name: Nord, country: US, currency: USD, roles: [{{role: DISTRIBUTOR}}], "
        f"identifiers: [{{type: ZZ, value: {partner}}}]}}\n" for partner in ("N1", "N2")),
    "products.csv": "sku,family,vendor_parts,base_uom\nA,FA,A,EA\n",
    "prices.csv": "list_id,sku,currency,price,valid_from\n",
    "programs/V.yaml": "program: {id: V, version: 1, incentive: VOLUME_REBATE, currency: USD, valid_from: 2026-01-01}\n"
                       "volume: {tiers: [{from: \"0\", percent: \"10\"}]}\n",
    "programs/ruleset.yaml": "ruleset: {id: default, version: 1, valid_from: 1990-01-01}\n"
                             "rules: {DUP-02: {mode: OFF}, DUP-03: {mode: OFF}}\n",
}
PART_COMES = '{"record":{"product":{"sku":"ZZ","family":"FA","vendor_parts":["ZZ"]}}}\n'
PRICE, PERCENT = 100, 10
PURPOSES = {"original": "00", "replace": "05", "cancel": "01"}
IN_TIME, REFUSED = "2026-02-01", "2026-12-01"

Row = namedtuple("Row", "invoice qty part ship_date")
Report = namedtuple("Report", "number purpose rows partner", defaults=["N1"])
Form = namedtuple("Form", "write is_hub joins", defaults=[None])    # joins: the documents of one interchange each


class Generator:
    """`stands`: the quantity of each place that was accepted last."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.stands, self.qty = {}, 10
        self.waits, self.refuses = self.some(0.5), self.some(0.5)

    def some(self, chance):
        return self.random.random() < chance

    def row(self, number, invoice, is_first):
        self.qty += 1
        place, part = (number, invoice), "ZZ" if self.waits and invoice in "34" else "A"
        if self.refuses and not is_first and self.some(0.3):
            return Row(f"{number}-{invoice}", self.qty, part, REFUSED)      # what stands there stays
        if not (place in self.stands and self.some(0.4)):
            self.stands[place] = self.qty
        return Row(f"{number}-{invoice}", self.stands[place], part, IN_TIME)

    def forget(self, number, kept):
        self.stands = {place: qty for place, qty in self.stands.items() if place[0] != number or place[1] in kept}

    def report(self, number):
        for version in range(self.random.randint(2, 5)):
            purpose = "original" if version == 0 else self.random.choice(3 * ["replace"] + ["cancel"])
            if purpose == "cancel":
                self.forget(number, ())
                yield Report(number, purpose, [])
                return
            invoices = self.random.sample("1234", self.random.randint(1, 4))
            yield Report(number, purpose, [self.row(number, invoice, version == 0) for invoice in invoices])
            self.forget(number, invoices)

    def world(self):
        return [report for number in ("R1", "R2")[:self.random.choice((1, 1, 2))] for report in self.report(number)]

    def hub(self):
        """The reports of two partners, in whatever order they come, under the number R."""
        left = [list(self.report(number)) for number in ("R1", "R2")]
        while any(left):
            mine = self.random.choice([reports for reports in left if reports])
            report = mine.pop(0)
            yield report._replace(number="R", partner="N1" if mine is left[0] else "N2")


def as_json(_ordinal, report):
    sale = {"kind": "POS_SALE", "invoice_line": "1", "currency": "USD", "resale_unit": str(PRICE)}
    rows = [sale | {"invoice_no": row.invoice, "qty": str(row.qty), "vendor_part": row.part, "ship_date": row.ship_date,
                    "sold_to": {"name": f"B{row.invoice}", "country": "US"}} for row in report.rows]
    document = {"partner_id": report.partner, "report_id": report.number, "purpose": report.purpose}
    return json.dumps({"document": document, "lines": rows})


def by_lines(ordinal, report):
    whole = json.loads(as_json(ordinal, report))
    for row in whole["lines"]:
        row["partner_id"] = report.partner
    if report.rows:
        del whole["document"]["partner_id"]
    return json.dumps(whole)


def as_x12(ordinal, report):
    control = 100 + ordinal
    segments = ["ST*867*0001", f"BPT*{PURPOSES[report.purpose]}*{report.number}*20260201*02", "CUR*DS*USD",
                f"N1*DS*NORD*ZZ*{report.partner}"]
    for row in report.rows:
        day = row.ship_date.replace("-", "")
        segments += [f"PTD*SD***DI*{row.invoice}", f"DTM*003*{day}", f"DTM*011*{day}", "REF*LI*1",
                     f"N1*ST*B{row.invoice}*92*K{row.invoice}", "N4*TOWN**1000*US", f"QTY*39*{row.qty}*EA",
                     f"LIN*1*VP*{row.part}", f"UIT*EA*{PRICE}*RS"]
    segments += [] if report.rows else ["PTD*SU"]
    segments.append(f"CTT*{max(1, len(report.rows))}")
    segments.append(f"SE*{len(segments) + 1}*0001")
    isa = ("ISA*00*          *00*          *01*111111111      *01*222222222      *260201*1400*U*00401*"
           f"{control:09}*0*P*>~")
    group = f"GS*PT*111111111*222222222*20260201*1400*{control}*X*004010~"
    return isa + group + "".join(f"{s}~" for s in segments) + f"GE*1*{control}~IEA*1*{control:09}~"


def joined(reports):
    """Corrections that follow each other, three at most; behind the cancel of a partner's report none of his."""
    groups = []
    for report in reports:
        last = groups[-1] if groups else []
        goes_on = 0 < len(last) < 3 and "original" not in [r.purpose for r in last + [report]]
        if goes_on and not any(r.purpose == "cancel" and r.partner == report.partner for r in last):
            last.append(report)
        else:
            groups.append([report])
    return groups


def in_fours(reports):
    """Whatever comes, a report and its corrections as well, in interchanges of up to four sets."""
    return [reports[at:at + 4] for at in range(0, len(reports), 4)]


def behind_a_cancel(reports):
    """The second and the third together."""
    return [reports[:1], reports[1:3], *([report] for report in reports[3:])]


FORMS = [Form(as_json, False), Form(as_x12, False), Form(as_json, True), Form(by_lines, True), Form(as_x12, True),
         Form(as_x12, True, joined), Form(as_x12, True, in_fours), Form(as_x12, False, in_fours)]


def one_interchange(texts):
    """The sets of several, in the envelope of the first."""
    head, tail = texts[0].split("ST*867", 1)[0], texts[0][texts[0].index("GE*1*"):]
    sets = [text[text.index("ST*867"):text.index("GE*1*")].replace("*0001~", f"*{number:04}~")
            for number, text in enumerate(texts, 1)]
    return head + "".join(sets) + tail.replace("GE*1*", f"GE*{len(texts)}*")


def documents(reports, form):
    texts = [form.write(n, report) for n, report in enumerate(reports)]
    if not form.joins:
        return texts
    return [one_interchange([texts.pop(0) for _ in group]) for group in form.joins(reports)]


def paid(claimctl, reports, form):
    """What program V paid in the end, in USD."""
    with tempfile.TemporaryDirectory() as folder:
        files = WORLD | {f"{n}.document": text for n, text in enumerate(documents(reports, form))}
        files["part.ndjson"] = PART_COMES
        os.mkdir(os.path.join(folder, "programs"))
        for name, text in files.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
                out.write(text)
        inputs = [word for name in files if name.endswith((".document", ".ndjson"))
                  for word in ("--input", os.path.join(folder, name))]
        named = [] if form.is_hub else ["--partner", "N1"]
        done = subprocess.run([claimctl, "run", "--world", folder, *named, *inputs, "--balances", "-",
                               "--results", "/dev/null"], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        sys.exit(f"claimctl ends with {done.returncode}: {done.stderr}")
    balances = map(json.loads, done.stdout.splitlines())
    return sum(float(balance["paid"]) for balance in balances if balance["kind"] == "volume")


def cancelled_and_replaced(claimctl):
    """A cancel and a replacement of one report in one interchange: the replacement is a duplicate, as it is apart."""
    row = Row("1-1", 10, "A", IN_TIME)
    sent = [Report("1", "original", [row]), Report("1", "cancel", [row]), Report("1", "replace", [row._replace(qty=12)])]
    form = Form(as_x12, False, behind_a_cancel)
    got = [paid(claimctl, sent, form), paid(claimctl, [*sent, Report("1", "cancel", [row])], form)]
    if got != [0.0, 0.0]:
        print(f"cancelled and replaced in one interchange, then cancelled: {got} is paid, [0.0, 0.0] wanted")
    return got != [0.0, 0.0]


def main(claimctl, first, count):
    failed = cancelled_and_replaced(claimctl)
    for seed in range(first, first + count):
        for form in FORMS:
            generator = Generator(seed)
            reports = list(generator.hub()) if form.is_hub else generator.world()
            wanted = sum(generator.stands.values()) * PRICE * PERCENT / 100
            got = paid(claimctl, reports, form)
            failed += got != wanted
            if got != wanted:
                print(f"world {seed} {form}: {got} is paid, {wanted} wanted", *reports, sep="\n")
    print(f"  {count} worlds of reports in eight forms, {failed} end otherwise than their last versions say")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
