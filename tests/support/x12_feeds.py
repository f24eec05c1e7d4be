#!/usr/bin/env python3
"""x12_feeds.py: resale reports, claims, authorisations and stock reports as distributors, wholesalers and retailers send
them: nested parties, many qualifiers, several references and dates, returns in all their forms. Each is judged: what
EXPECTED says of it is what `submit --check` has to make of it, line by line. `x12_feeds.py CLAIMCTL FOLDER`"""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import x12_cases  # noqa: E402

HEAD = ["BPT*00*R-1*20260408*02", "CUR*SE*USD", "DTM*090*20260301", "DTM*091*20260331",
        "N1*DS*NORTH*9*0814462070000", "N1*SU*VENDOR*1*123456789"]
CLAIM = ["BAA*00*CK*20260331*DB*DM-1", "CUR*DS*USD", "N1*DS*NORTH*92*N1", "N1*SU*VENDOR*1*123456789"]
CUSTOMER = ["N1*ST*ALDER*92*C1", "N4*AUSTIN*TX*78701*US"]
DATES = ["DTM*003*20260305", "DTM*011*20260305"]
PART = "LIN**VP*ABC-1"


def sale(code, reference, qty, *more):
    return HEAD + [f"PTD*{code}"] + DATES + list(reference) + [qty, PART] + list(more)


def claim(reference, qty, amount, head=CLAIM):
    return head + ["CON*CT*Q-7731"] + reference + ["DTM*011*20260305"] + CUSTOMER + ["PAD*1*SD", PART, qty, amount,
            "CTT*1"]


# name: (set, version, segments)
FEEDS = {
    "a sale with customer, buyer and end user, and parts by seven qualifiers": (
        "867", "004010",
        HEAD + ["PTD*SD***IV*INV-1", "DTM*003*20260305", "DTM*011*20260304", "REF*CO*SO-77", "REF*LI*4", "PRF*PO-9",
                "N1*ST*ALDER*92*C1", "N3*1 ROAD", "N4*AUSTIN*TX*78701*US", "N1*BT*ALDER HQ*92*C0", "N1*EN*ENDUSER INC",
                "N4*DALLAS*TX*75001*US", "QTY*32*25*EA", "LIN*1*VP*ABC-1*BP*77-ABC*UP*012345678905*SK*S1*MF*ACME",
                "UIT*EA*4.1*RS", "UIT*EA*3.6*CA", "PID*F****CABLE"]),
    "available for sale is no sale": ("867", "004010", sale("SS", ["REF*IV*I-2"], "QTY*33*4*PC")),
    "back-ordered is no sale": ("867", "004010", sale("SD", ["REF*IV*I-3"], "QTY*74*4*EA")),
    "a return by movement and quantity, with memo, original invoice and its line": (
        "867", "004010", sale("RP", ["REF*CM*CM-1", "REF*OI*INV-1", "REF*LI*4"], "QTY*76*2*EA", "UIT*EA*4.1*RS")),
    "a quantity transferred in is no return": ("867", "004010", sale("RB", ["REF*IV*CM-2"], "QTY*77*2*EA")),
    "a minus is a return": (
        "867", "004010", sale("SD", ["REF*IV*INV-1", "REF*LI*4"], "QTY*39*-2*EA", "UIT*EA*4.1*RS", "AMT*1*-8.20")),
    "minus, movement and quantity code together are one minus": (
        "867", "004010", sale("RU", ["REF*IV*CM-3", "REF*OI*INV-1"], "QTY*84*-2*EA", "AMT*S*-3*C")),
    "lines by SII": (
        "867", "004010", HEAD + ["PTD*SD"] + DATES + ["REF*IV*I-7", "N1*ST*ALDER*92*C1", "SII*VP*ABC-1*5*EA*4.10*3.60",
                                                      "N9*LI*1", "SII*VP*ABC-2*6*EA*5.10*4.60", "N9*LI*2"]),
    "a summary without dates": (
        "867", "004010", ["BPT*00*R-8*20260408*SS", "DTM*090*20260301", "DTM*091*20260331", "N1*DS*NORTH*92*N1",
                          "PTD*SU", "QTY*39*100*EA", PART]),
    "a wholesaler's trace report with DEA numbers and an NDC": (
        "867", "004010",
        ["BPT*00*R-9*20260408*02", "CUR*DS*USD", "DTM*090*20260301", "DTM*091*20260331", "REF*19*ABC",
         "N1*DB*WHOLESALER*11*RW0123456", "N1*SU*MFR*11*RM0123456", "PTD*SS***DI*901"] + DATES +
        ["PRF*PO1", "N1*ST*PHARMACY*11*FP0123456", "N3*1 ROAD", "N4*AUSTIN*TX*78701", "REF*HI*HIN123", "QTY*39*3*EA",
         "LIN**N4*00000111122*VN*ABC-1", "UIT*EA*12.5*RS", "AMT*LM*37.5", "CTT*1*3"]),
    "an invoice under a qualifier that names none": (
        "867", "004010", HEAD + ["PTD*DS***IN*I-10"] + DATES + ["N1*ST*ALDER", "QTY*39*3*EA", PART]),
    "dates by the qualifiers of delivery, and a time with its zone": (
        "867", "004010", HEAD + ["PTD*SD", "DTM*035*20260306", "DTM*011*20260305", "DTM*003*20260305*1200*ET",
                                 "REF*IK*I-11", "QTY*39*3*EA", PART]),
    "a price list segment that 867 does not have": (
        "867", "004010", sale("SD", ["REF*IV*I-13"], "QTY*39*3*EA", "CTP*WH*NET*4.1*3*EA")),
    "references of every kind, and serials at three places": (
        "867", "004010",
        HEAD + ["PTD*SD"] + DATES + ["REF*IV*I-14", "REF*CT*CT-1", "REF*Q1*QUOTE-1", "REF*PD*PROMO", "REF*QK*SALES",
                                     "REF*SE*SN1", "QTY*39*2*EA", "LIN**VP*ABC-1*SN*SN3", "REF*SE*SN4", "REF*D9*L14"]),
    "sold and returned under one movement": (
        "867", "004010", sale("SD", ["REF*IV*I-15"], "QTY*39*5*EA") + ["QTY*76*1*EA", PART]),
    "parties with departments, two address lines, contacts and numbers of their own": (
        "867", "004010",
        HEAD[:2] + ["N1*DS*NORTH*92*N1", "N2*DIVISION", "N3*1 ROAD", "N4*AUSTIN*TX*78701*US", "REF*IA*V1",
                    "PER*IC*JOHN*TE*555", "N1*SE*SELLER*92*S1", "PER*IC*JANE", "PTD*SD***IV*I-30"] + DATES +
        ["PER*SR*REP", "N1*ST*ALDER*92*C1", "N2*DEPT", "N3*1 ROAD*SUITE 2", "N4*AUSTIN*TX*78701*US", "REF*DP*1",
         "PER*BD*BUYER", "QTY*39*1*EA", PART, "PER*SR*X", "DTM*011*20260304"]),
    "a transfer between two sites": (
        "867", "004010", HEAD + ["PTD*IB***IV*T-1", "DTM*011*20260305", "N1*SF*WH1*92*W1", "N1*ST*WH2*92*W2",
                                 "QTY*78*5*EA", PART]),
    "stock that was adjusted, and scrapped": (
        "867", "004010", HEAD + ["PTD*IA", "DTM*011*20260305", "QTY*39*-5*EA", PART, "PTD*SC", "DTM*011*20260305",
                                 "QTY*39*5*EA", PART]),
    "cases of forty, priced by the piece": (
        "867", "004010", sale("SD", ["REF*IV*I-25"], "QTY*39*2*CA:1:40", "UIT*EA*4.1*RS")),
    "a price with its discount": (
        "867", "004010", HEAD + ["PTD*SD*DIS*.9"] + DATES + ["REF*IV*I-26", "QTY*39*2*EA", PART, "UIT*EA*10*RS"]),
    "what 005010 has more": (
        "867", "005010", HEAD + ["PTD*SD***IV*I-27"] + DATES + ["LQ*1*A", "QTY*39*25*EA", PART, "UIT*EA*4.1*RS"]),
    "price protection": (
        "867", "004010", HEAD + ["PTD*PA", "DTM*007*20260305", "REF*IV*PP-1", "QTY*39*10*EA", PART, "AMT*S*50"]),
    "nothing sold": (
        "867", "004010", ["BPT*00*R-22*20260408*02", "DTM*090*20260301", "DTM*091*20260331", "N1*DS*NORTH*92*N1",
                          "PTD*SU"]),
    "a report taken back that nobody sent": (
        "867", "004010", ["BPT*01*R-21*20260408*02*****R-1", "PTD*SU"]),
    "meter readings of a utility": (
        "867", "004010", ["BPT*SU*R1*20261028", "REF*Q5**100001", "N1*8S*WIRES CO*1*007000001", "PTD*BJ***MG*134000001",
                          "QTY*QD***NV"]),
    "a claim with agreed and book cost": (
        "844", "004010",
        CLAIM + ["CON*CT*Q-7731", "REF*IV*I-16", "DTM*003*20260305", "DTM*011*20260305"] + CUSTOMER +
        ["PAD*1*SD", PART, "UIT*EA*7.4*CT", "UIT*EA*9.15*CA", "QTY*39*100*EA", "AMT*S*175", "REF*D9*X1", "CTT*1"]),
    "a claim given back by credit memo": (
        "844", "004010", claim(["REF*CM*CM-9", "REF*OI*I-16", "REF*LI*2"], "QTY*39*-10*EA", "AMT*S*-17.5")),
    "a rebill: the old price back, the new one claimed": (
        "844", "004010",
        ["BAA*00*RE*20260331*DB*DM-18"] + CLAIM[1:] + ["CON*CT*Q-7731", "REF*IV*I-18", "REF*OI*I-16",
                "DTM*011*20260305"] +
        CUSTOMER + ["PAD*1*SD", PART, "QTY*39*-10*EA", "AMT*S*-17.5", "PAD*2*SD", PART, "QTY*39*10*EA", "AMT*S*15",
                    "CTT*2"]),
    "an authorisation with a class of trade": (
        "845", "004010",
        ["BPA*00*Q-19*20260105*AC", "CUR*SE*USD", "N1*DS*NORTH*92*N-100", "CON*CT*Q-19*VA", "REF*PR*P1",
         "DTM*092*20260101", "DTM*093*20261231", "N1*EN*ALDER*1*081446207", "PAD*1*SD", "QTY*38*600*EA",
         "LIN*1*VP*CAB-5", "CTP*DI*CON*7.40*1*EA", "CTP*WS*RES*12.00"]),
    "a store's stock, sales and prices": (
        "852", "004010",
        ["XQ*G*20260301*20260331", "N9*IA*123", "N1*RL*STORE*92*W1", "LIN**VP*ABC-1*UP*012345678905", "ZA*QA*40*EA",
         "ZA*QS*3*EA", "ZA*QP*3*EA"]),
    "a store's stock with prices in no currency": (
        "852", "004010",
        ["XQ*G*20260301*20260331", "N1*RL*STORE*92*W1", "LIN**VP*ABC-1", "CTP**RES*4.1", "ZA*QA*40*EA"]),
}
# What has to become of each, judged by the page: its lines, then its state and what is said of it.
EXPECTED = {
    "a sale with customer, buyer and end user, and parts by seven qualifiers": [
        "PASS kind=POS_SALE qty=25 invoice_no=INV-1 invoice_line=4 vendor_part=ABC-1 sold_to=ALDER "
        "end_customer=ENDUSER INC ship_date=2026-03-04 resale_unit=4.1 book_unit=3.6 order_no=PO-9",
        "POSTED",
    ],
    "available for sale is no sale": [
        "REJECT qty=4 invoice_no=I-2 vendor_part=ABC-1 ship_date=2026-03-05 !TXN_TYPE_UNKNOWN",
        "REJECTED TXN_CODE_UNKNOWN",
    ],
    "back-ordered is no sale": [
        "REJECT qty=4 invoice_no=I-3 vendor_part=ABC-1 ship_date=2026-03-05 !TXN_TYPE_UNKNOWN",
        "REJECTED TXN_CODE_UNKNOWN",
    ],
    "a return by movement and quantity, with memo, original invoice and its line": [
        "PASS kind=POS_RETURN qty=-2 invoice_no=CM-1 invoice_line=4 original_invoice_no=INV-1 "
        "original_invoice_line=4 vendor_part=ABC-1 ship_date=2026-03-05 resale_unit=4.1",
        "POSTED INVOICE_NO_FROM_MEMO ORIGINAL_LINE_ASSUMED",
    ],
    "a quantity transferred in is no return": [
        "PASS kind=TRANSFER_IN qty=2 invoice_no=CM-2 vendor_part=ABC-1 ship_date=2026-03-05 order_no=CM-2",
        "POSTED",
    ],
    "a minus is a return": [
        "PASS kind=POS_RETURN qty=-2 invoice_no=INV-1 invoice_line=4 vendor_part=ABC-1 "
        "ship_date=2026-03-05 resale_unit=4.1",
        "POSTED",
    ],
    "minus, movement and quantity code together are one minus": [
        "PASS kind=POS_RETURN qty=-2 invoice_no=CM-3 original_invoice_no=INV-1 vendor_part=ABC-1 "
        "ship_date=2026-03-05 claimed_amount=-3",
        "POSTED",
    ],
    "lines by SII": [
        "PASS kind=POS_SALE qty=5 invoice_no=I-7 vendor_part=ABC-1 sold_to=ALDER ship_date=2026-03-05 "
        "resale_unit=4.1 book_unit=3.6",
        "PASS kind=POS_SALE qty=6 invoice_no=I-7 vendor_part=ABC-2 sold_to=ALDER ship_date=2026-03-05 "
        "resale_unit=5.1 book_unit=4.6",
        "POSTED SII_ASSUMED",
    ],
    "a summary without dates": [
        "PASS kind=POS_SALE qty=100 vendor_part=ABC-1 ship_date=2026-03-31 summary=True",
        "POSTED SHIP_DATE_FROM_REPORT",
    ],
    "a wholesaler's trace report with DEA numbers and an NDC": [
        "PASS kind=POS_SALE qty=3 invoice_no=901 vendor_part=ABC-1 sold_to=PHARMACY "
        "ship_date=2026-03-05 resale_unit=12.5 order_no=PO1",
        "POSTED",
    ],
    "an invoice under a qualifier that names none": [
        "REJECT kind=POS_SALE qty=3 vendor_part=ABC-1 sold_to=ALDER ship_date=2026-03-05 "
        "direct_ship=True !FIELD_MISSING",
        "REJECTED",
    ],
    "dates by the qualifiers of delivery, and a time with its zone": [
        "PASS kind=POS_SALE qty=3 invoice_no=I-11 vendor_part=ABC-1 ship_date=2026-03-05",
        "POSTED",
    ],
    "a price list segment that 867 does not have": [
        "REJECTED SEGMENT_NOT_IN_SET",
    ],
    "references of every kind, and serials at three places": [
        "PASS kind=POS_SALE qty=2 invoice_no=I-14 vendor_part=ABC-1 ship_date=2026-03-05 serials=SN3+SN4+SN1",
        "POSTED",
    ],
    "sold and returned under one movement": [
        "PASS kind=POS_SALE qty=5 invoice_no=I-15 vendor_part=ABC-1 ship_date=2026-03-05",
        "PASS kind=POS_RETURN qty=-1 invoice_no=I-15 vendor_part=ABC-1 ship_date=2026-03-05",
        "POSTED",
    ],
    "parties with departments, two address lines, contacts and numbers of their own": [
        "PASS kind=POS_SALE qty=1 invoice_no=I-30 vendor_part=ABC-1 sold_to=ALDER ship_date=2026-03-04",
        "POSTED",
    ],
    "a transfer between two sites": [
        "PASS kind=TRANSFER_OUT qty=5 invoice_no=T-1 vendor_part=ABC-1 sold_to=WH2 location_id=W1 "
        "ship_date=2026-03-05 order_no=T-1",
        "POSTED",
    ],
    "stock that was adjusted, and scrapped": [
        "PASS kind=STOCK_ADJUST qty=-5 vendor_part=ABC-1 ship_date=2026-03-05",
        "PASS kind=STOCK_ADJUST qty=-5 vendor_part=ABC-1 ship_date=2026-03-05",
        "POSTED",
    ],
    "cases of forty, priced by the piece": [
        "PASS kind=POS_SALE qty=2 invoice_no=I-25 vendor_part=ABC-1 ship_date=2026-03-05 resale_unit=164",
        "POSTED",
    ],
    "a price with its discount": [
        "PASS kind=POS_SALE qty=2 invoice_no=I-26 vendor_part=ABC-1 ship_date=2026-03-05 resale_unit=9",
        "POSTED",
    ],
    "what 005010 has more": [
        "PASS kind=POS_SALE qty=25 invoice_no=I-27 vendor_part=ABC-1 ship_date=2026-03-05 resale_unit=4.1",
        "POSTED",
    ],
    "price protection": [
        "PASS kind=PRICE_PROTECTION_CLAIM qty=10 invoice_no=PP-1 vendor_part=ABC-1 claimed_amount=50 "
        "price_change_date=2026-03-05",
        "POSTED",
    ],
    "nothing sold": [
        "POSTED",
    ],
    "a report taken back that nobody sent": [
        "HELD TARGET_UNKNOWN",
    ],
    "meter readings of a utility": [
        "REJECTED PURPOSE_CODE TXN_CODE_UNKNOWN",
    ],
    "a claim with agreed and book cost": [
        "PASS kind=SHIP_DEBIT_CLAIM qty=100 invoice_no=I-16 vendor_part=ABC-1 sold_to=ALDER "
        "ship_date=2026-03-05 book_unit=9.15 claimed_cost_unit=7.4 claimed_amount=175 claim_id=DM-1 "
        "authorisation_no=Q-7731",
        "POSTED",
    ],
    "a claim given back by credit memo": [
        "PASS kind=SHIP_DEBIT_CLAIM qty=-10 invoice_no=CM-9 invoice_line=2 original_invoice_no=I-16 "
        "original_invoice_line=2 vendor_part=ABC-1 sold_to=ALDER ship_date=2026-03-05 "
        "claimed_amount=-17.5 claim_id=DM-1 authorisation_no=Q-7731",
        "POSTED INVOICE_NO_FROM_MEMO ORIGINAL_LINE_ASSUMED",
    ],
    "a rebill: the old price back, the new one claimed": [
        "PASS kind=SHIP_DEBIT_CLAIM qty=-10 invoice_no=I-18 original_invoice_no=I-16 "
        "vendor_part=ABC-1 sold_to=ALDER ship_date=2026-03-05 claimed_amount=-17.5 claim_id=DM-18 "
        "authorisation_no=Q-7731",
        "PASS kind=SHIP_DEBIT_CLAIM qty=10 invoice_no=I-18 original_invoice_no=I-16 vendor_part=ABC-1 "
        "sold_to=ALDER ship_date=2026-03-05 claimed_amount=15 claim_id=DM-18 authorisation_no=Q-7731",
        "POSTED",
    ],
    "an authorisation with a class of trade": [
        "PASS kind=AGREEMENT authorisation_no=Q-19",
        "POSTED",
    ],
    "a store's stock, sales and prices": [
        "PASS kind=INVENTORY qty=40 vendor_part=ABC-1 location_id=W1",
        "POSTED",
    ],
    "a store's stock with prices in no currency": [
        "REJECT kind=INVENTORY qty=40 vendor_part=ABC-1 location_id=W1 resale_unit=4.1 !FIELD_MISSING",
        "REJECTED",
    ],
}
KINDS = {"867": "PT", "844": "CF", "845": "PA", "852": "PD"}
SHOWN = ("kind", "qty", "invoice_no", "invoice_line", "original_invoice_no", "original_invoice_line", "vendor_part",
        "sold_to",
         "end_customer", "location_id", "ship_date", "resale_unit", "book_unit", "claimed_cost_unit", "claimed_amount",
         "claim_id", "authorisation_no", "order_no", "serials", "summary", "direct_ship", "price_change_date")


def name_of(value):
    if isinstance(value, dict):
        return value.get("name")
    return "+".join(value) if isinstance(value, list) else value


def shown(o):
    if "state" in o:
        codes = [e["code"] for e in o["errors"] if "field" not in e] + sorted({w["code"] for w in o["warnings"]})
        return " ".join([o["state"], *codes])
    parts = [o["outcome"]] + [f"{k}={name_of(o[k])}" for k in SHOWN if k in o]
    return " ".join(parts + ["!" + e["code"] for e in o["errors"]])


def read(claimctl, path, name, version, segments):
    text = x12_cases.document(version, [x12_cases.group(version, [x12_cases.a_set(segments, name=name)],
            kind=KINDS[name])])
    with open(path, "w", encoding="ascii") as out:
        out.write(text)
    done = subprocess.run([claimctl, "submit", "--check", "--lines", "-", "--partner", "P-17", path], check=False,
                          stdout=subprocess.PIPE, text=True)
    return [shown(json.loads(line)) for line in done.stdout.splitlines()]


def main():
    claimctl, folder = sys.argv[1:3]
    complaints = 0
    for feed, (name, version, segments) in FEEDS.items():
        said = read(claimctl, os.path.join(folder, "feed.x12"), name, version, segments)
        if said != EXPECTED[feed]:
            complaints += 1
            print(f"{feed}:", *said, "instead of", *EXPECTED[feed], sep="\n    ")
    print(f"{len(FEEDS)} feeds as they are sent, {complaints} read otherwise")
    return 1 if complaints or FEEDS.keys() != EXPECTED.keys() else 0


if __name__ == "__main__":
    sys.exit(main())
