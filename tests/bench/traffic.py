#!/usr/bin/env python3
"""traffic.py --lines N [--seed S] [--distributors D] --out DIR: a world of seeded distributor traffic.

Writes a folder that `claimctl run --world DIR` takes: partners, programs, products, prices, one agreement file, and one
POS file a distributor. Labels of what was injected stand in DIR/labels.csv (document, row, label). Same seed, same bytes.
The mix: plain sales, ship & debit claims within and above the agreed price, linked returns, exact repeats, unknown parts,
rows that cannot be typed."""
import argparse
import datetime
import os
import random

PARTS = [("CAB-5", "CABLE", 915), ("CAB-7", "CABLE", 1240), ("SW-24", "SWITCH", 24000), ("SW-48", "SWITCH", 118000),
         ("AP-9", "ACCESS", 16500), ("PS-1", "POWER", 9200)]
CUSTOMERS = [("Alder Systems", "081446207"), ("Birch Clinic", "604418871"), ("Cedar Schools", "117702946"),
             ("Dogwood Hotels", "829015533"), ("Elm Street Media", "445120987"), ("Fir & Sons", "938104425"),
             ("Gum Tree Media", "276630018"), ("Hazel County", "150998247")]
HEADER = ("Type,Invoice No,Invoice Line,Invoice Date,Ship Date,Mfr Part Number,Qty Shipped,UOM,Resale Price,Currency,S/D No,"
          "Claim Per Unit,Claim ID,Original Invoice No,Original Invoice Line,Customer,Customer DUNS,Customer Country\n")
# Programs hold for ever, since other feeds than these documents sell today, whenever that is (chaos.py, lines.c).
DAY = datetime.date(2026, 2, 23)        # claims are received on 04-08 and their window is 45 days


def price(cents):
    text = f"${cents // 100:,}.{cents % 100:02d}"
    return f'"{text}"' if "," in text else text


def day(rng):
    d = DAY + datetime.timedelta(days=rng.randrange(36))
    return f"{d.month}/{d.day}/{d.year}"


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        out.write(text)


def numbers_of(name, agreements):
    return [f"Q-{name}" if i == 0 else f"Q-{name}-{i}" for i in range(agreements)]


def write_reference(out, names, agreement_count):
    partners = "".join(f"""- partner_id: {n}
  name: Distributor {n}
  status: ACTIVE
  roles: [{{role: DISTRIBUTOR}}]
  country: US
  currency: USD
  price_list_id: PL-US
  utc_offset_minutes: -300
  payee: {{payee_id: {n}, name: Distributor {n} Inc, country: US}}
""" for n in names)
    write(f"{out}/partners.yaml", partners)
    write(f"{out}/products.csv", "sku,family,product_line,vendor_parts,base_uom\n"
          + "".join(f"{sku},{family},NET,{sku},EA\n" for sku, family, _ in PARTS))
    write(f"{out}/prices.csv", "list_id,sku,currency,price,valid_from\n"
          + "".join(f"PL-US,{sku},USD,{cents // 100}.{cents % 100:02d},2020-01-01\n" for sku, _, cents in PARTS))
    write(f"{out}/programs/SD-26.yaml", """program: {id: SD-26, version: 1, incentive: SHIP_DEBIT, currency: USD, valid_from: 2020-01-01, valid_to: 2099-12-31}
eligibility: {products: {include: ["family:CABLE"]}}
ship_debit: {cost_basis: BOOK_AT_SHIP}
payment: {method: CREDIT_MEMO, lag_days: 30}
""")
    write(f"{out}/programs/VR-26.yaml", """program: {id: VR-26, version: 1, incentive: VOLUME_REBATE, currency: USD, valid_from: 2020-01-01, valid_to: 2099-12-31}
eligibility: {products: {include: ["family:SWITCH"]}}
volume: {source: POS, period: QUARTER, tiers: [{from: "0", percent: "1"}, {from: "500000.00", percent: "2"}, {from: "1000000.00", percent: "2.5"}]}
""")
    write(f"{out}/programs/LG-26.yaml", """program: {id: LG-26, version: 1, incentive: LOGISTICS, currency: USD, valid_from: 2020-01-01, valid_to: 2099-12-31}
eligibility: {products: {include: ["family:CABLE"]}}
volume: {source: POS, period: MONTH, qualifier: QTY, tiers: [{from: "0", per_block: {qty: "24", amount: "1.80", round: DOWN}}]}
""")
    write(f"{out}/programs/limits.yaml", """limits: {id: default, version: 1, valid_from: 2020-01-01}
settings: {approval.auto_max: "1000", approval.one_max: "25000", approval.two_max: "250000"}
""")
    write(f"{out}/profiles/traffic@1.yaml", """profile: traffic
version: 1
effective_from: 2025-01-01
extends: default
text: {dates: mdy}
values: [{field: kind, value: SHIP_DEBIT_CLAIM, names: [SPA]}]
""")
    agreements = "".join(
        f'{{"kind":"AGREEMENT","partner_id":"{n}","authorisation_no":"{number}","revision":1,"program_id":"SD-26","status":"ACTIVE",'
        f'"issue_date":"2025-12-15","valid_from":"2026-01-01","valid_to":"2026-12-31","currency":"USD","blanket":true,'
        f'"lines":[{{"line_no":1,"products":["sku:CAB-5"],"method":"DOWN_TO","price":"7.40","authorised_qty":"100000000"}},'
        f'{{"line_no":2,"products":["sku:CAB-7"],"method":"DOWN_BY_PERCENT","percent":"12.5","authorised_qty":"100000000"}}]}}\n'
        for n in names for number in numbers_of(n, agreement_count))
    write(f"{out}/inbox/vendor/01-agreements.ndjson", agreements)
    documents = "".join(f"  - {{submitter: {n}, file: inbox/{n}/pos.csv, received_at: 2026-04-08T09:00:00Z}}\n" for n in names)
    write(f"{out}/world.yaml", "clock: 2026-01-05T09:00:00Z\nsubmitters:\n"
          "  - {id: vendor, vendor: true, reports_for: [\"*\"], kinds: [AGREEMENT, SELL_IN]}\n"
          + "".join(f"  - {{id: {n}, partner_id: {n}, profile: traffic, kinds: [POS_SALE, POS_RETURN, SHIP_DEBIT_CLAIM]}}\n" for n in names)
          + "documents:\n  - {submitter: vendor, file: inbox/vendor/01-agreements.ndjson, received_at: 2026-01-05T09:00:00Z}\n" + documents)


def rows(rng, name, count, agreements):
    """Yields (row, label); what came before is remembered for returns and repeats, at most a few hundred rows."""
    recent = []
    for number in range(count):
        customer, duns = CUSTOMERS[rng.randrange(len(CUSTOMERS))]
        sku, _, cents = PARTS[rng.randrange(len(PARTS))]
        qty, date, invoice = rng.randrange(1, 60), day(rng), f"INV-{number + 1:07d}"
        resale = price(cents * rng.randrange(102, 130) // 100)
        roll = rng.random()
        if roll < 0.08:
            sku, claim = ("CAB-5", "1.75") if rng.random() < 0.7 else ("CAB-7", "1.55")
            label = "claim"
            number_of_agreement = agreements[rng.randrange(len(agreements))] if len(agreements) > 1 else agreements[0]
            if rng.random() < 0.1:
                claim, label = "1.80", "claim above terms"
            yield f"SPA,{invoice},1,{date},{date},{sku},{qty},EA,$8.10,USD,{number_of_agreement},{claim},C-{number + 1},,,{customer},{duns},US\n", label
        elif roll < 0.11 and recent:
            sale = rng.choice(recent)
            back = rng.randrange(1, 1 + max(1, sale[4] // 4))
            yield (f"RTN,CM-{number + 1:07d},1,4/1/2026,4/1/2026,{sale[1]},-{back},EA,{sale[2]},USD,,,,{sale[0]},1,"
                   f"{sale[3][0]},{sale[3][1]},US\n"), "return"
        elif roll < 0.12 and recent:
            yield rng.choice(recent)[5], "exact repeat"
        elif roll < 0.123:
            yield f"INV,{invoice},1,{date},{date},{sku}X,{qty},EA,{resale},USD,,,,,,{customer},{duns},US\n", "unknown part"
        elif roll < 0.125:
            yield f"INV,{invoice},1,{date},{date},{sku},12O,EA,{resale},USD,,,,,,{customer},{duns},US\n", "bad quantity"
        else:
            row = f"INV,{invoice},1,{date},{date},{sku},{qty},EA,{resale},USD,,,,,,{customer},{duns},US\n"
            recent.append((invoice, sku, resale, (customer, duns), qty, row))
            if len(recent) > 400:
                recent.pop(rng.randrange(200))
            yield row, "sale"


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--lines", type=int, required=True)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--distributors", type=int, default=20)
    p.add_argument("--agreements", type=int, default=1, help="of each distributor")
    p.add_argument("--out", required=True)
    a = p.parse_args()
    names = [f"D-{n + 1:03d}" for n in range(a.distributors)]
    write_reference(a.out, names, a.agreements)
    labels = open(f"{a.out}/labels.csv", "w", encoding="utf-8", newline="\n")
    labels.write("document,row,label\n")
    for index, name in enumerate(names):
        rng = random.Random(f"{a.seed}/{name}")
        share = a.lines // len(names) + (index < a.lines % len(names))
        os.makedirs(f"{a.out}/inbox/{name}", exist_ok=True)
        with open(f"{a.out}/inbox/{name}/pos.csv", "w", encoding="utf-8", newline="\n") as out:
            out.write(HEADER)
            for number, (row, label) in enumerate(rows(rng, name, share, numbers_of(name, a.agreements))):
                out.write(row)
                if label != "sale":
                    labels.write(f"{name},{number + 2},{label}\n")


if __name__ == "__main__":
    main()
