#!/usr/bin/env python3
"""oracle_expiry.py: the second calculation of what ends a fund: conversion below its threshold, and expiry, with their worlds.

Layer expiry (5.3 PERIOD_CLOSE)."""
import datetime

from oracle import Record, period_of, rounded, units
from oracle_relative import Relative, RelativeLines, RelativeWorlds

DAY = datetime.timedelta(1)


class Expiry(Relative):
    def fund(self, program, root, label):
        row = super().fund(program, root, label)
        for name in ("expired", "converted"):
            row.setdefault(name, 0)
        return row

    def available(self, fund):
        return super().available(fund) - fund["expired"] - fund["converted"]

    @staticmethod
    def expire(fund):
        if fund.get("ended"):
            left = fund["accrued"] + fund["adjusted"] - fund["reserved"] - fund["paid"] - fund["expired"] - fund["converted"]
            fund["expired"] += max(0, left)

    # --- what arrives after the end ----------------------------------------------------------------------------------

    def arrive(self, program, root, label, ledger, minor):
        super().arrive(program, root, label, ledger, minor)
        fund = self.fund(program, root, label)
        fund["converted"] += fund.pop("part", 0)
        self.expire(fund)

    def part_to_convert(self, fund, minor, after):
        """What a fund lacks is cured first, and no more is taken back than was converted (invariant 6)."""
        fund["part"] = max(minor, -fund["converted"]) if minor < 0 else max(0, min(minor, after))
        return fund["part"]

    def post(self, record, result, p, ledger, qty, minor, earned, posted, payable, rate_date, reverses=None, payout_minor=None, version=None):
        if "mdf" in p and ledger == "FUND":
            reverses = None                                 # a fund's entry reverses none
        super().post(record, result, p, ledger, qty, minor, earned, posted, payable, rate_date, reverses, payout_minor, version)
        fund = self.fund(p, self.roots[record.line["partner_id"]], earned) if ledger == "FUND" else {}
        granted = record.line["kind"] == "FUND_ADJUSTMENT"              # stands in the fund before it is posted
        if minor and fund.get("is_converted") and (part := self.part_to_convert(fund, minor, self.available(fund) + (0 if granted else minor))):
            if part != minor and payout_minor is not None:
                header, (mode, step) = p["program"], self.mode(p)
                rate = self.rate(header["currency"], header.get("payout_currency", header["currency"]), rate_date or self.received(record.line))
                payout_minor = rounded(units(part, header["currency"]) * rate, header.get("payout_currency", header["currency"]), mode, step)
            since = self.end_of(p, earned)[0] if "volume" in p else self.received(record.line)
            payable = since + datetime.timedelta(int(p.get("payment", {}).get("lag_days", 0)))
            super().post(record, result, p, "EARNED", qty, part, earned, posted, payable, rate_date, None, payout_minor, version)
            result["payouts"][-2:] = result["payouts"][:-3:-1]          # what is earned stands before what moves a fund

    def do_FUND_ADJUSTMENT(self, line):
        result = super().do_FUND_ADJUSTMENT(line)
        program, root = self.by_id[line["program_id"]], self.roots[line["partner_id"]]
        fund = self.fund(program, root, line["period_label"])
        fund["converted"] += fund.pop("part", 0)
        self.expire(fund)
        return result

    # --- the end -------------------------------------------------------------------------------------------------------

    def do_PERIOD_CLOSE(self, line):
        p = self.by_id[line["program_id"]]
        if line["close"] == "USAGE":
            return self.close_usage(p, line)
        if "volume" in p:
            result = super().do_PERIOD_CLOSE(line)
        else:
            early = self.received(line) < self.end_of(p, line["period_label"])[0] + 10 * DAY
            result = {"outcome": "REJECT" if early else "PASS", "reasons": ["FIELD_INVALID"] if early else [], "payouts": []}
        if "mdf" in p and result["outcome"] == "PASS":
            self.convert(p, line, result)
        return result

    def convert(self, p, line, result):
        root, label, header = self.roots[line["partner_id"]], line["period_label"], p["program"]
        fund, currency = self.fund(p, root, label), header["currency"]
        if fund.get("earning_closed"):
            return
        fund["earning_closed"] = True
        if units(fund["accrued"] + fund["adjusted"], currency) >= oracle_money(p["mdf"].get("threshold", 0)):
            return
        fund["is_converted"], left = True, self.available(fund)
        if left <= 0:
            return
        fund["converted"] += left
        end, other = self.end_of(p, label)[0], header.get("payout_currency", currency)
        mode, step = self.mode(p)
        payout = left if other == currency else rounded(units(left, currency) * self.rate(currency, other, end), other, mode, step)
        since = end if "volume" in p else self.received(line)
        lag = datetime.timedelta(int(p.get("payment", {}).get("lag_days", 0)))
        self.post(Record(line, self.number), result, p, "EARNED", 0, left, label, label, since + lag, None, payout_minor=payout)

    def close_usage(self, p, line):
        root, label = self.roots[line["partner_id"]], line["period_label"]
        mdf, (end, _) = p["mdf"], self.end_of(p, label)
        if mdf.get("usage", "NEXT_PERIOD" if mdf.get("kind", "COOP") == "COOP" else "SAME_PERIOD") == "NEXT_PERIOD":
            kind, fiscal = self.cut(p)
            _, end = period_of(kind, end + DAY, fiscal)
        result = {"outcome": "PASS", "reasons": [], "payouts": []}
        if self.received(line) <= end + int(p.get("claim", {}).get("window_days", 45)) * DAY:
            return {"outcome": "REJECT", "reasons": ["FIELD_INVALID"], "payouts": []}
        fund = self.fund(p, root, label)
        if fund.get("ended"):
            return result
        for row in self.approved.values():
            if row["fund"] == (root, label) and row["line"]["program_id"] == p["program"]["id"] and row["status"] == "APPROVED" and row["reserved"] and row["paid"] <= 0:
                fund["reserved"] -= row["reserved"]
                row.update(reserved=0, status="LAPSED")
        fund["ended"] = True
        self.expire(fund)
        return result

    # --- what a closed fund does with what comes back ----------------------------------------------------------------

    def do_MDF_PREAPPROVAL(self, line):
        result = super().do_MDF_PREAPPROVAL(line)
        row = self.approved.get((self.roots[line["partner_id"]], line["preapproval_no"]))
        if row:
            self.expire(self.fund(self.by_id[line["program_id"]], *row["fund"]))
        return result

    def do_MDF_CLAIM(self, line):
        result = super().do_MDF_CLAIM(line)
        for fund in self.fund_rows.values():
            if fund.get("ended"):
                self.expire(fund)
        return result

    def reverse_claim(self, record, result, origin, r, received):
        claim = origin.claim
        fund = self.fund(self.by_id[claim["program"]], *claim["fund"]) if "fund" in claim else {}
        quoted, before = claim.get("quoted"), claim["reversed"]
        super().reverse_claim(record, result, origin, r, received)
        if quoted and quoted["status"] == "APPROVED" and fund.get("ended"):
            for row in (quoted, fund):                      # no reservation comes back to a fund that is closed
                row["reserved"] -= claim["reversed"] - before
        if fund:
            self.expire(fund)

    def balances(self):
        out = super().balances()
        for row in out:
            if row["kind"] == "fund":
                fund = self.fund_rows[row["program_id"], row["partner_root_id"], row["period"]]
                for name in ("expired", "converted"):
                    row[name] = units(fund.get(name, 0), self.by_id[row["program_id"]]["program"]["currency"])
                fund.setdefault("expired", 0), fund.setdefault("converted", 0)
                row["available"] = units(self.available(fund), self.by_id[row["program_id"]]["program"]["currency"])
        return out


def oracle_money(text):
    from fractions import Fraction
    return Fraction(text)


def oracle_amount(line):
    return oracle_money(line["amount"])


class ExpiryWorlds(RelativeWorlds):
    def lines_of(self, world):
        if "expiry" in self.layers:
            for p in world["programs"]:
                if "mdf" in p:
                    p["claim"] = {"window_days": self.pick("0", "3", "8")}
                    p["mdf"]["threshold"] = self.money(0, 1500)
                    if "volume" in p:
                        p["volume"].update(period="MONTH", grace_days=self.pick("0", "3"))
                    else:
                        p["mdf"]["period"] = "MONTH"
        if "relative" in self.layers:
            self.enrol(world)
        return self.make_lines(world)

    def make_lines(self, world):
        return ExpiryLines(self, world).lines


class ExpiryLines(RelativeLines):
    def end(self):
        funds = [p for p in self.world["programs"] if "mdf" in p]
        if not funds:
            return self.sale()
        p = self.w.pick(*funds)
        block = p.get("volume", p["mdf"])
        date = self.now.date() - datetime.timedelta(self.r.randrange(0, 75))
        label = period_of("MONTH", max(date, datetime.date(2026, 1, 1)), int(block.get("fiscal_start_month", 1)))[0]
        who = ("V1", "V2") if p["program"]["id"] == "MK1" else ("D1", "D1", "D2")
        self.add("PERIOD_CLOSE", self.w.pick(*who), program_id=p["program"]["id"], period_label=label, close=self.w.pick("EARNING", "USAGE", "USAGE"))

    def more(self):
        if "expiry" in self.w.layers and self.w.chance(22):
            return self.end
        return super().more()
