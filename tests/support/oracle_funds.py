#!/usr/bin/env python3
"""oracle_funds.py: the second calculation of funds that accrue or get a share of a rebate, and of reservations, with their worlds.

Layer coop: a co-op program that accrues, a rebate that is split, pre-approvals and claims on them."""
import datetime
from fractions import Fraction as F

import oracle
from oracle import Record, day, period_of, rounded, units, usual
from oracle_claims import LEDGERS
from oracle_stock import Stock, StockLines, StockWorlds

oracle.NUMBERS.update({"PREAPPROVAL_INVALID": 502, "NO_PREAPPROVAL": 501, "ACTIVITY_DATE_OUTSIDE_APPROVAL": 503, "PREAPPROVAL_EXCEEDED": 808})


class Funds(Stock):
    def __init__(self, world):
        super().__init__(world)
        self.approved = {}

    def excluded(self, p, t):
        return False if "mdf" in p else super().excluded(p, t)

    def run(self):
        order = {p["program"]["id"]: n for n, p in enumerate(self.programs)}
        for line in self.w["lines"]:
            self.number += 1
            root = self.roots[line["partner_id"]]
            seq = self.seq.get(root, 0)
            result = self.results[line["line_id"]] = getattr(self, "do_" + line["kind"])(line)
            result["payouts"].sort(key=lambda e: (order[e["program_id"]], LEDGERS.index(e["ledger"])))    # a fund's share stands with its program
            counts = {}
            for n, entry in enumerate(result["payouts"]):
                entry["adjustment_no"] = counts.get(entry["program_id"], 0)
                counts[entry["program_id"]] = entry["adjustment_no"] + 1
                entry["seq"] = seq + n + 1
        return self.results

    # --- what comes into a fund ------------------------------------------------------------------------------------

    def fund(self, program, root, label):
        row = super().fund(program, root, label)
        row.setdefault("accrued", 0)
        row.setdefault("reserved", 0)
        return row

    def available(self, fund):
        return fund["accrued"] + fund["adjusted"] - fund["reserved"] - fund["paid"]

    def arrive(self, program, root, label, ledger, minor):
        """What a volume program posts on ledger FUND."""
        self.fund(program, root, label)["accrued"] += minor

    def split(self, record, result, p, fund, key, minor, qty, date, posted, payable):
        """A part of a rebate goes to the fund's own period of the date, under the fund's program; what is posted now, to that of now."""
        kind, fiscal = self.cut(fund)
        label, _ = period_of(kind, date, fiscal)
        credits = record.kind == "SELL_IN" and "original_line_ref" in record.line
        now = record.kind in ("POS_RETURN", "CANCEL", "REPLACE", "REVERSE") or credits or posted != key[3]
        self.post(record, result, fund, "FUND", qty, minor, label, period_of(kind, self.received(record.line), fiscal)[0] if now else label, payable, None)
        self.arrive(fund, key[4], label, "FUND", minor)

    def fund_of(self, program, date):
        """(label of the fund, last day of its usage period): the fund whose usage period holds the date."""
        kind, fiscal = self.cut(program)
        label, end = period_of(kind, date, fiscal)
        mdf = program["mdf"]
        if mdf.get("usage", "NEXT_PERIOD" if mdf.get("kind", "COOP") == "COOP" else "SAME_PERIOD") == "NEXT_PERIOD":
            _, label = self.end_of(program, label)
        return label, end

    # --- reservations ----------------------------------------------------------------------------------------------

    def do_MDF_PREAPPROVAL(self, line):
        program, root = self.by_id[line["program_id"]], self.roots[line["partner_id"]]
        label, _ = self.fund_of(program, day(line["activity_from"]))
        fund, at = self.fund(program, root, label), (root, line["preapproval_no"])
        row = self.approved.get(at, {"reserved": 0, "paid": 0, "fund": (root, label), "status": "NONE"})
        fund["reserved"] -= row["reserved"]
        wanted = rounded(F(line["approved_amount"]), program["program"]["currency"]) - row["paid"]
        got = max(0, min(wanted, self.available(fund)))
        if got == 0 and wanted > 0:
            fund["reserved"] += row["reserved"]
            return {"outcome": "REJECT", "reasons": ["FUND_EXHAUSTED"], "payouts": []}
        row.update(reserved=got, status="APPROVED", line=line)
        fund["reserved"] += got
        self.approved[at] = row
        return {"outcome": "SHORT" if got < wanted else "PASS", "reasons": ["FUND_EXHAUSTED"] if got < wanted else [], "payouts": []}

    def do_MDF_CLAIM(self, line):
        program, record, reasons = self.by_id[line["program_id"]], Record(line, self.number), []
        currency, root, mdf, date = program["program"]["currency"], self.roots[line["partner_id"]], program["mdf"], day(line["activity_from"])
        say = lambda code, outcome=None: reasons.append((code, outcome or usual(code)))
        kind, fiscal = self.cut(program)
        label, end = self.fund_of(program, date)
        month, _ = period_of(kind, date, fiscal)
        claim, spend = self.stated(line), F(line["spend_amount"])
        quoted, rule = None, mdf.get("preapproval", "REQUIRED")
        figures = {"claimed": claim, "stated": claim is not None}
        if "preapproval_no" in line:
            quoted = self.approved.get((root, line["preapproval_no"]))
            if quoted is None or quoted["status"] != "APPROVED" or quoted["line"]["activity_type"] != line["activity_type"] \
                    or quoted["line"]["program_id"] != line["program_id"]:
                say("PREAPPROVAL_INVALID")
                return self.close_claim(line, record, reasons, program, figures, date)
            label = quoted["fund"][1]
            if date < day(quoted["line"]["activity_from"]) or day(line["activity_to"]) > day(quoted["line"]["activity_to"]):
                say("ACTIVITY_DATE_OUTSIDE_APPROVAL")
        elif rule == "REQUIRED" or rule == "OVER" and spend > F(mdf["preapproval_over"]):
            say("NO_PREAPPROVAL")
        if self.claim_received(line) > end + datetime.timedelta(int(program.get("claim", {}).get("window_days", 45))):
            say("LATE_CLAIM")
        activity = mdf.get("activities", {}).get(line["activity_type"], None if mdf.get("activities") else {})
        if activity is None:
            say("INELIGIBLE_EXPENSE")
        share = F((activity or {}).get("share_percent", mdf.get("share_percent", 50)))
        fund = self.fund(program, root, label)
        limits = []
        if activity and "cap" in activity:
            limits.append(("CAP_REACHED", F(activity["cap"]) - units(quoted["paid"] if quoted else 0, currency)))
        if quoted:
            limits.append(("PREAPPROVAL_EXCEEDED", units(quoted["reserved"], currency)))
            if self.available(fund) < 0:
                limits.append(("FUND_EXHAUSTED", units(quoted["reserved"] + self.available(fund), currency)))
        else:
            limits.append(("FUND_EXHAUSTED", units(self.available(fund), currency)))
        scopes = self.scopes_of(program, line, date)
        amount, payable, claimed = self.settle(line, program, say, spend * share / 100, F(0), F(0), limits, scopes, claim)
        if any(o == "REJECT" for _, o in reasons):
            amount = 0
        record.claim = self.claim_of(program, amount, F(0), F(0), payable, scopes, month, fund=(root, label), quoted=quoted)
        result = self.close_claim(line, record, reasons, program, {"claimed": claimed, "stated": True}, date)
        if result["outcome"] in ("PASS", "SHORT"):
            fund["paid"] += amount
            if quoted:
                for row in (fund, quoted):
                    row["reserved"] -= amount
                quoted["paid"] += amount
                if line.get("final_claim") and amount:
                    fund["reserved"] -= quoted["reserved"]
                    quoted.update(reserved=0, status="USED")
        return result

    def reverse_claim(self, record, result, origin, r, received):
        before = origin.claim["reversed"]
        super().reverse_claim(record, result, origin, r, received)
        quoted, minor = origin.claim.get("quoted"), origin.claim["reversed"] - before
        if quoted:
            quoted["paid"] -= minor
            if quoted["status"] == "APPROVED":
                for row in (quoted, self.fund(self.by_id[origin.claim["program"]], *origin.claim["fund"])):
                    row["reserved"] += minor

    def balances(self):
        out = super().balances()
        for row in out:
            if row["kind"] == "fund":
                currency = self.by_id[row["program_id"]]["program"]["currency"]
                fund = self.fund_rows[row["program_id"], row["partner_root_id"], row["period"]]
                row.update(accrued=units(fund["accrued"], currency), reserved=units(fund["reserved"], currency), available=units(self.available(fund), currency))
        return out


class FundWorlds(StockWorlds):
    def lines_of(self, world):
        return FundLines(self, world).lines

    def resellers(self):
        return super().resellers() or ([{"partner_id": v, "roles": [{"role": "VAR"}]} for v in ("V1", "V2")] if "coop" in self.layers else [])

    def more_programs(self):
        out = super().more_programs()
        if "coop" in self.layers:
            out.append(self.coop("CO1"))
        return out

    def programs(self):
        out = super().programs()
        split = [p for p in out if "volume" in p]
        if "coop" in self.layers and split and self.chance(70):
            p = self.pick(*split)
            p["program"].pop("payout_currency", None)
            p["volume"]["coop_split"] = {"percent": self.pick("40", "33.3", "100"), "program": "CO1"}
            self.currency_of_fund = p["program"]["currency"]
        return out

    def coop(self, pid):
        program = self.volume(pid, self.pick("POS", "SELL_IN"))
        program["program"].update(incentive="MDF", currency=getattr(self, "currency_of_fund", program["program"]["currency"]))
        program["program"].pop("payout_currency", None)
        program.pop("stacking", None)
        for name in ("expected_volume", "constraint_percent", "guarantee", "per", "aggregate", "coop_split"):
            program["volume"].pop(name, None)
        program["volume"]["period"] = self.pick("MONTH", "QUARTER")
        mdf = {"kind": "COOP", "usage": "SAME_PERIOD", "preapproval": self.pick("REQUIRED", "OVER", "NONE"), "share_percent": self.pick("50", "33.3", "100")}
        if program["volume"]["period"] == "MONTH" and self.chance(60):
            mdf["usage"] = "NEXT_PERIOD"
        if mdf["preapproval"] == "OVER":
            mdf["preapproval_over"] = self.money(50, 600)
        if self.chance(50):
            mdf["activities"] = {"EVENT": {"cap": self.money(100, 900)}, "DIGITAL": {"share_percent": self.pick("40", "75")}}
        program["mdf"] = mdf
        return program


class FundLines(StockLines):
    def coop_day(self):
        return max(self.date(40), "2026-02-01")

    def coop_grant(self):
        p = next(p for p in self.world["programs"] if p["program"]["id"] == "CO1")
        label = period_of(p["volume"]["period"], datetime.date.fromisoformat(self.coop_day()), int(p["volume"].get("fiscal_start_month", 1)))[0]
        self.add("FUND_ADJUSTMENT", self.w.pick("D1", "D1", "D2"), program_id="CO1", period_label=label, amount=self.w.money(50, 1500), reason_text="grant",
                 currency=p["program"]["currency"])

    def reservation(self):
        p = next(p for p in self.world["programs"] if p["program"]["id"] == "CO1")
        old = [l for l in self.lines if l["kind"] == "MDF_PREAPPROVAL"]
        start = self.coop_day()
        line = {"preapproval_no": f"PA-{self.number}", "revision": "1", "activity_type": self.w.pick("EVENT", "DIGITAL"), "activity_from": start,
                "activity_to": (datetime.date.fromisoformat(start) + datetime.timedelta(self.r.randrange(1, 20))).isoformat()}
        partner = self.w.pick("D1", "D1", "D2")
        if old and self.w.chance(30):
            first = self.w.pick(*old)
            same = [l for l in old if l["preapproval_no"] == first["preapproval_no"]]
            line = {k: first[k] for k in line}
            line["revision"], partner = str(len(same) + 1), first["partner_id"]
        self.add("MDF_PREAPPROVAL", partner, program_id="CO1", **line, approved_amount=self.w.money(50, 1200), currency=p["program"]["currency"])

    def coop_claim(self):
        p = next(p for p in self.world["programs"] if p["program"]["id"] == "CO1")
        start, old = self.coop_day(), [l for l in self.lines if l["kind"] == "MDF_PREAPPROVAL"]
        line = self.add("MDF_CLAIM", self.w.pick("D1", "D1", "D2"), program_id="CO1", activity_type=self.w.pick("EVENT", "DIGITAL"), activity_from=start,
                        activity_to=start, expense_type="HALL", spend_amount=self.w.money(20, 1500), claim_id=f"CL-{self.number}",
                        vendor_invoice_no=f"M-{self.number}", vendor={"name": "Agency", "country": "US", "id": "A-1"},
                        documents=[{"type": "INVOICE", "name": "x"}], currency=p["program"]["currency"])
        if old and self.w.chance(70):
            said = self.w.pick(*old)
            line.update({k: said[k] for k in ("partner_id", "preapproval_no", "activity_type", "activity_from")}, activity_to=said["activity_from"])
            if self.w.chance(30):
                line["final_claim"] = True
        line["claimed_amount"] = self.w.money(5, 900)
        self.more_claims.append(line)

    def more(self):
        if "coop" in self.w.layers and self.w.chance(35):
            return self.w.pick(self.coop_grant, self.reservation, self.reservation, self.coop_claim, self.coop_claim, self.coop_claim)
        return super().more()
