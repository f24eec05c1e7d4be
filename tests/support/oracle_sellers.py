#!/usr/bin/env python3
"""oracle_sellers.py: the second calculation of what a sale earns its seller by itself, and of tax years, with their worlds.

Layers: sellers (5.4, together with spiffs); automatic lets agreements pay by themselves (5.1 auto_claim)."""
import datetime
from fractions import Fraction as F

import oracle
from oracle import Record, ordered, rounded, units, usual
from oracle_credits import Credits, CreditLines, CreditWorlds

oracle.NUMBERS.update({"TAX_FORM_MISSING": 721, "TAX_REPORTABLE": 961})


class Sellers(Credits):
    def __init__(self, world):
        super().__init__(world)
        self.years, self.forms = {}, {}

    def do_REP_ROSTER(self, line):
        self.forms[line["rep_id"]] = line["tax_form_on_file"]
        return super().do_REP_ROSTER(line)

    # --- the year of a seller ------------------------------------------------------------------------------------------

    def judge_year(self, line, program, amount, payable, date, say, hold):
        """(key, charge) of a payment to a person; says what its year asks for."""
        header, table = program["program"], self.w.get("tax")
        currency, (mode, step) = header["currency"], self.mode(program)
        other, payout = header.get("payout_currency", currency), amount
        if other != currency:
            payout = rounded(payable * self.rate(currency, other, date), other, mode, step)
        payable_on = self.received(line) + datetime.timedelta(int(program.get("payment", {}).get("lag_days", 0)))
        key = (self.roots[line["partner_id"]], line["rep_id"], payable_on.year)
        if table is None:
            return None
        charge = payout if other == "USD" else rounded(units(payout, other) * self.rate(other, "USD", date), "USD", mode)
        if units(self.years.get(key, 0) + charge, "USD") >= F(table):
            say("TAX_REPORTABLE")
            if not self.forms[line["rep_id"]]:
                say("TAX_FORM_MISSING", hold)
        return key, charge

    def settle(self, line, program, say, entitled, q, qty, extra=(), scopes=(), claim=None, t=None):
        said = []

        def note(code, outcome=None):
            said.append((code, outcome or usual(code)))
            say(code, outcome)
        amount, payable, claimed = super().settle(line, program, note, entitled, q, qty, extra, scopes, claim, t)
        self.charge = None
        if "spiff" in program and amount > 0 and not self.refused(said) and line["kind"] == "SPIFF_CLAIM":
            if not any(o in ("REJECT", "HOLD") for _, o in self.said_before):
                self.charge = self.judge_year(line, program, amount, payable, self.date_of(line), say, "HOLD")
        return amount, payable, claimed

    @staticmethod
    def refused(said):
        return any(o == "REJECT" for _, o in said)

    @staticmethod
    def date_of(line):
        return oracle.day(line["ship_date"])

    def per_transaction(self, line, program, date, checks, entitle):
        self.said_before, self.charge = [], None

        def check(accepted, say):
            def note(code, outcome=None):
                self.said_before.append((code, outcome or usual(code)))
                say(code, outcome)
            return checks(accepted, note)

        def entitled(q, t, say):
            def note(code, outcome=None):
                self.said_before.append((code, outcome or usual(code)))
                say(code, outcome)
            return entitle(q, t, note)
        self.excluded_now = self.excluded(program, self.key(line))
        if self.excluded_now:
            self.said_before.append(("EXCLUSIVE_PROGRAM_PAID", "REJECT"))
        result, record = super().per_transaction(line, program, date, check, entitled)
        if result["outcome"] in ("PASS", "SHORT") and self.charge:
            self.put_on_year(record, *self.charge)
        return result, record

    def put_on_year(self, record, key, charge):
        self.years[key] = self.years.get(key, 0) + charge
        record.claim["year"], record.claim["charge"] = key, charge

    @staticmethod
    def charged(claim, minor):
        if minor == claim["payout"]:
            return claim["charge"]
        return oracle.whole(F(claim["charge"]) * minor / claim["payout"], "HALF_UP")

    def follow_year(self, claim, before):
        if "year" in claim and claim["payout"]:
            self.years[claim["year"]] -= self.charged(claim, claim["reversed_payout"]) - self.charged(claim, before)

    def reverse_claim(self, record, result, origin, r, received):
        before = origin.claim["reversed_payout"]
        super().reverse_claim(record, result, origin, r, received)
        self.follow_year(origin.claim, before)

    def pay_again(self, record, result, p, piece, received):
        before = piece[0].claim["reversed_payout"]
        super().pay_again(record, result, p, piece, received)
        self.follow_year(piece[0].claim, before)

    # --- on a sale -----------------------------------------------------------------------------------------------------

    def by_itself(self, p, line, record, result):
        """What a SPIFF or an agreement makes of a sale: (whether it stands, notes); None: it says nothing."""
        if p.get("ship_debit", {}).get("auto_claim") == "true" and line["kind"] == "POS_SALE":
            return self.by_agreement(p, line, record, result)
        if "spiff" not in p or line["kind"] != "POS_SALE" or "rep_id" not in line or p["spiff"].get("trigger_pos", "true") != "true":
            return None
        t, qty, date, reasons = self.key(line), F(line["qty"]), oracle.day(line["ship_date"]), []
        say = lambda code, outcome=None: reasons.append((code, outcome or usual(code)))
        if not self.eligible(p, line):
            return False, [("PART_NOT_ELIGIBLE", "REJECT")]
        accepted = self.transaction_left(t, p, qty, say)
        if accepted is None:
            return False, reasons
        if self.excluded(p, t):
            say("EXCLUSIVE_PROGRAM_PAID")
        if p.get("stacking", {}).get("base") == "NET_OF_HIGHER_RANK" and self.paid_before(p, t, date) > 0:
            say("STACKED_NET")
        if self.claim_received(line) > date + datetime.timedelta(int(p.get("claim", {}).get("window_days", 30))):
            say("LATE_CLAIM")
        scopes = self.scopes_of(p, line, date)
        q = self.cap_q(scopes, accepted, say)
        rate = next((r for r in p["spiff"]["rates"] if self.matches(r.get("products"), line["vendor_part"])), None)
        entitled = F(0)
        if rate is None:
            say("PART_NOT_ELIGIBLE")
        elif "per_unit" in rate:
            entitled = q * F(rate["per_unit"])
        else:
            unit = F(line["resale_unit"]) * self.rate(line["currency"], p["program"]["currency"], date)
            entitled = self.base_of(p, unit, q, t, date) * F(rate["percent"]) / 100
        amount, payable, _ = self.settle(line, p, say, entitled, q, qty, (), scopes, None, t)
        charge = None
        if amount > 0 and not self.refused(reasons):
            charge = self.judge_year(line, p, amount, payable, date, say, "REJECT")
        reasons = list(dict.fromkeys(reasons))
        if self.refused(reasons):
            return False, reasons
        own = Record(line, self.number)
        own.claim = self.claim_of(p, amount, q, accepted, payable, scopes, f"{date.year}-{date.month:02}")
        self.drop_unpaid(own.claim, reasons)
        self.pay_by_itself(p, line, record, own, result, date)
        if charge:
            self.put_on_year(own, *charge)
        return True, reasons

    @staticmethod
    def drop_unpaid(claim, reasons):
        """What was cut to nothing paid no unit."""
        if claim["paid"] == 0 and any((outcome or usual(code)) == "SHORT" for code, outcome in reasons):
            claim["units"] = F(0)

    def pay_by_itself(self, p, line, record, own, result, date):
        """What a claim that a sale made by itself leaves, and its entry."""
        claim, t = own.claim, self.key(line)
        amount, payable, scopes = claim["paid"], claim["payable"], claim["scopes"]
        record.sellers.append(own)
        self.claims.setdefault(t, []).append(own)
        for key, _ in scopes:
            used = self.caps.setdefault(key, [0, F(0)])
            used[0] += amount
            used[1] += own.claim["units"]
        header, (mode, step) = p["program"], self.mode(p)
        other, own.claim["payout"] = header.get("payout_currency", header["currency"]), amount
        if other != header["currency"] and amount:
            own.claim["payout"] = rounded(payable * self.rate(header["currency"], other, date), other, mode, step)
        lag = datetime.timedelta(int(p.get("payment", {}).get("lag_days", 0)))
        self.post(record, result, p, "EARNED", own.claim["units"], amount, own.claim["month"], own.claim["month"], self.received(line) + lag, None,
                  payout_minor=own.claim["payout"])

    def agreement_for(self, p, line):
        """The number of the agreement that a sale takes (5.1 auto_claim), or None."""
        root, ship, best = self.roots[line["partner_id"]], oracle.day(line["ship_date"]), None
        for (owner, number), revisions in self.agreements.items():
            if owner != root or revisions[0]["program_id"] != p["program"]["id"]:
                continue
            a = self.agreement(root, number, ship)
            rows = [l for l in sorted(a["lines"], key=lambda l: int(l["line_no"])) if self.matches(l.get("products"), line["vendor_part"])]
            if a["status"] != "ACTIVE" or not rows or not oracle.day(a["valid_from"]) <= ship <= oracle.day(a["valid_to"]) or ship < oracle.day(a["issue_date"]):
                continue
            if self.claim_received(line) > ship + datetime.timedelta(self.claim_window(p, a)):
                continue
            blanket = a.get("blanket") == "true"
            if not blanket and line["sold_to"]["id"] not in a["customers"]:
                continue
            if "authorised_qty" in rows[0] and F(rows[0]["authorised_qty"]) <= self.consumed.get((root, number, rows[0]["line_no"]), 0):
                continue
            key = (blanket, a["valid_to"], number)
            best = key if best is None or key < best else best
        return best[2] if best else None

    def by_agreement(self, p, line, record, result):
        if not self.eligible(p, line):
            return False, [("PART_NOT_ELIGIBLE", "REJECT")]
        number = self.agreement_for(p, line)
        if number is None:
            return None
        own, date = Record(line, self.number), oracle.day(line["ship_date"])
        plain = {k: v for k, v in line.items() if k not in ("claimed_amount", "claimed_debit_unit", "auth_line")}
        reasons, _ = self.rate_claim({**plain, "authorisation_no": number}, own)
        reasons = list(dict.fromkeys(reasons))
        if own.claim is None or self.refused(reasons):
            return False, reasons
        claim = own.claim
        claim["month"] = line["ship_date"][:7]
        self.drop_unpaid(claim, reasons)
        self.consumed[claim["at"]] = self.consumed.get(claim["at"], 0) + claim["units"]
        self.agreement_paid[claim["at"]] = self.agreement_paid.get(claim["at"], 0) + claim["paid"]
        self.pay_by_itself(p, line, record, own, result, date)
        return True, reasons

    def end_sellers(self, record, result, origin, received):
        for own in origin.sellers:
            if own.claim["back"] < own.claim["accepted"] and not own.cancelled:
                self.reverse_claim(record, result, own, own.claim["accepted"] - own.claim["back"], received)
            own.cancelled = record.kind != "REVERSE"        # a sale that was reversed stays one: its return may be cancelled

    def cancel(self, record, result, origin, posted_date):
        programs = super().cancel(record, result, origin, posted_date)
        self.end_sellers(record, result, origin, posted_date)
        return programs

    def do_REVERSE(self, line):
        result = super().do_REVERSE(line)
        origin = self.records.get(line["line_refs"][0])
        if origin is not None and origin.sellers and not origin.cancelled:
            kept = dict(self.consumed)
            self.end_sellers(Record(line, self.number), result, origin, self.received(line))
            if line["cause"] == "FRAUD":
                self.consumed = kept
        return result

    def balances(self):
        out = super().balances()
        for (root, rep, year), amount in self.years.items():
            out.append({"kind": "year_to_date", "partner_root_id": root, "payee_id": rep, "year": str(year), "amount": units(amount, "USD")})
        return out


class SellerWorlds(CreditWorlds):
    def make_lines(self, world):
        if "sellers" in self.layers:
            world["tax"] = self.pick("100", "600", "2000")
            world["files"] = {"programs/tax.yaml": 'tax_table: {country: US, form: "1099", entries: [{valid_from: "2020-01-01", threshold: "%s", currency: USD}]}\n' % world["tax"]}
        return SellerLines(self, world).lines

    def ship_debit(self, pid):
        program = super().ship_debit(pid)
        if "automatic" in self.layers and self.chance(70):
            program["ship_debit"].update(auto_claim="true", lot_shortage="BOOK")
        return program

    def spiff(self, pid):
        program = super().spiff(pid)
        if "sellers" in self.layers and self.chance(75):
            program["spiff"]["trigger_pos"] = "true"
        return program


class SellerLines(CreditLines):
    def agreement(self, number, p, partner, revision):
        super().agreement(number, p, partner, revision)
        if "automatic" in self.w.layers:                             # a sale that nobody can cost would wait
            for row in self.lines[-1]["lines"]:
                row.setdefault("book_price", self.w.money(25, 60, 4))

    def begin(self):
        super().begin()
        if "sellers" in self.w.layers:
            for line in self.lines:
                if line["kind"] == "REP_ROSTER":
                    line["tax_form_on_file"] = self.w.chance(70)

    def reseller_sale(self):
        super().reseller_sale()
        line = self.lines[-1]
        if "sellers" in self.w.layers and self.w.chance(80):
            line["rep_id"] = f"{line['partner_id']}-{self.w.pick('ann', 'bob')}"
            claims = [c for c in self.more_claims if c["kind"] == "SPIFF_CLAIM" and c["partner_id"] == line["partner_id"]]
            if claims and self.w.chance(30):
                base = self.w.pick(*claims)
                line.update({k: base[k] for k in ("vendor_part", "invoice_no", "ship_date", "sold_to")})
                same = lambda l: (l.get("invoice_no"), l.get("vendor_part"), l.get("ship_date"), l.get("qty"), l["kind"])
                while same(line) in [same(l) for l in self.lines[:-1]]:
                    line["qty"] = str(int(line["qty"]) + 1)

    def more(self):
        if "sellers" in self.w.layers and "spiffs" in self.w.layers and self.w.chance(25):
            return self.reseller_sale
        return super().more()
