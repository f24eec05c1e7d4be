#!/usr/bin/env python3
"""documents.py --lines N [--seed S] --out DIR: the same sales as text, JSON lines, X12 867 and a workbook.

Writes pos.csv, pos.ndjson, pos.x12 and pos.xlsx, of which every line is right. Same seed, same bytes."""
import argparse
import json
import os
import random
import zipfile

PARTS = [("CAB-5", 915), ("CAB-7", 1240), ("SW-24", 24000), ("SW-48", 118000), ("AP-9", 16500), ("PS-1", 9200)]
CUSTOMERS = [("Alder Systems", "081446207"), ("Birch Clinic", "604418871"), ("Cedar Schools", "117702946"), ("Dogwood Hotels", "829015533"),
             ("Fir & Sons", "938104425"), ("Hazel County", "150998247")]
HEADER = ["Type", "Invoice No", "Invoice Line", "Invoice Date", "Ship Date", "Mfr Part Number", "Qty Shipped", "UOM", "Resale Price", "Currency",
          "Customer", "Customer DUNS", "Customer Country"]
SETS_OF_LINES = 1000                    # lines of one 867


def sales(rng, count):
    for number in range(count):
        sku, cents = PARTS[rng.randrange(len(PARTS))]
        customer, duns = CUSTOMERS[rng.randrange(len(CUSTOMERS))]
        day, price = 1 + rng.randrange(31), cents * rng.randrange(102, 130) // 100
        yield {"invoice": f"INV-{number + 1:07d}", "day": day, "sku": sku, "qty": rng.randrange(1, 60), "price": f"{price // 100}.{price % 100:02d}",
               "customer": customer, "duns": duns}


def cells(s):
    date = f"2026-03-{s['day']:02d}"
    return ["INV", s["invoice"], "1", date, date, s["sku"], str(s["qty"]), "EA", s["price"], "USD", s["customer"], s["duns"], "US"]


def write_text(path, lines):
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        out.write(",".join(HEADER) + "\n")
        for s in lines:
            out.write(",".join(cells(s)) + "\n")


def write_json(path, lines):
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        for s in lines:
            date = f"2026-03-{s['day']:02d}"
            out.write(json.dumps({"kind": "POS_SALE", "partner_id": "D-001", "invoice_no": s["invoice"], "invoice_line": "1", "invoice_date": date,
                                  "ship_date": date, "vendor_part": s["sku"], "qty": str(s["qty"]), "uom": "EA", "resale_unit": s["price"], "currency": "USD",
                                  "sold_to": {"name": s["customer"], "id_type": "1", "id": s["duns"], "country": "US"}}, separators=(",", ":")) + "\n")


def loop_867(s, number):
    date = f"202603{s['day']:02d}"
    return [f"PTD*SD***DI*{s['invoice']}", f"DTM*003*{date}", f"DTM*011*{date}", "REF*LI*1", f"N1*ST*{s['customer'].upper()}*1*{s['duns']}", "N4*BOSTON*MA*02101*US",
            f"QTY*39*{s['qty']}*EA", f"LIN*{number}*VP*{s['sku']}", f"UIT*EA*{s['price']}*RS"]


def write_x12(path, lines):
    out = ["ISA*00*          *00*          *01*315760012      *01*079999999      *260408*1400*U*00401*000000041*0*P*>",
           "GS*PT*315760012*079999999*20260408*1400*41*X*004010"]
    sets = [lines[i:i + SETS_OF_LINES] for i in range(0, len(lines), SETS_OF_LINES)]
    for number, part in enumerate(sets, 1):
        body = [f"ST*867*{number:04d}", f"BPT*00*R-{number}*20260408*02", "CUR*DS*USD", "DTM*090*20260301", "DTM*091*20260331", "N1*DS*DISTRIBUTOR*1*315760012"]
        for i, s in enumerate(part, 1):
            body += loop_867(s, i)
        body.append(f"CTT*{len(part)}")
        out += body + [f"SE*{len(body) + 1}*{number:04d}"]
    out += [f"GE*{len(sets)}*41", "IEA*1*000000041"]
    with open(path, "w", encoding="ascii", newline="\n") as file:
        file.write("~\n".join(out) + "~\n")


def cell_xml(text, column, row):
    name = f"{chr(ord('A') + column)}{row}"
    if column in (6, 8) and row > 1:
        return f'<c r="{name}"><v>{text}</v></c>'
    return f'<c r="{name}" t="inlineStr"><is><t>{text.replace("&", "&amp;")}</t></is></c>'


def write_workbook(path, lines):
    rows = "".join(f'<row r="{n}">' + "".join(cell_xml(t, c, n) for c, t in enumerate(row)) + "</row>"
                   for n, row in enumerate([HEADER] + [cells(s) for s in lines], 1))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                               '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
                               '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="POS" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in files.items():
            out.writestr(zipfile.ZipInfo(name, (2026, 4, 8, 0, 0, 0)), '<?xml version="1.0" encoding="UTF-8"?>' + text, zipfile.ZIP_DEFLATED)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--lines", type=int, required=True)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--out", required=True)
    a = p.parse_args()
    os.makedirs(a.out, exist_ok=True)
    lines = list(sales(random.Random(a.seed), a.lines))
    write_text(f"{a.out}/pos.csv", lines)
    write_json(f"{a.out}/pos.ndjson", lines)
    write_x12(f"{a.out}/pos.x12", lines)
    write_workbook(f"{a.out}/pos.xlsx", lines)


if __name__ == "__main__":
    main()
