#!/usr/bin/env python3
"""Each issue of issues.def out of a document as it is sent, through `claimctl submit --check`.

DOCUMENTS names for each code a document that produces it, SERVICE those that need registers, a door or a broker, UNSENT
those for which nobody has written a document. A code that stands nowhere fails, and so does a document that has lost
its code.
"""
import gzip
import io
import re
import subprocess
import sys
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HEAD = "Invoice,Ship Date,Part,Qty,Resale Price,Currency"
ROW = "A1,2026-03-01,SW-24,5,12.50,USD"
LINE = ('{"kind":"POS_SALE","invoice_no":"1","ship_date":"2026-03-01","vendor_part":"P","qty":"2","uom":"EA",'
        '"resale_unit":"2.50","currency":"USD"%s}')
BODY = ("BPT*00*R-1*20260331*02~CUR*DS*USD~PTD*SS***DI*9~DTM*003*20260301~DTM*011*20260301~REF*LI*3~"
        "QTY*39*5*EA~LIN**VP*P~UIT*EA*4.10*RS~")


def csv(*rows, head=HEAD):
    return "\n".join((head,) + rows) + "\n"


def isa(icn="000000001", version="00401", usage="P", tail=":~", date="260408", time="0900"):
    return ("ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *%s*%s*U*%s*%s*1*%s*%s"
            % (date, time, version, icn, usage, tail))


def st(body=BODY, number="0001", kind="867", end=None, count=None):
    size = body.count("~") + 2
    return "ST*%s*%s~%sSE*%s*%s~" % (
        kind, number, body, size if count is None else count, number if end is None else end)


def x12(sets=None, head=None, gs="GS*PT*N*C*20260408*0900*1*X*004010~", ge="GE*1*1~", iea="IEA*1*000000001~"):
    return (isa() if head is None else head) + gs + (st() if sets is None else sets) + ge + iea


def with_(old, new, body=BODY):
    assert old in body, old
    return x12(st(body.replace(old, new)))


def json(more="", line=LINE):
    return line % more + "\n"


def workbook(*sheets):
    """Sheets as rows of cells; a cell is a text, or its XML behind its place. A row that is a text is XML behind them all."""
    out = io.BytesIO()
    main, rels = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://schemas.openxmlformats.org/"
    with zipfile.ZipFile(out, "w") as z:
        numbers = range(1, len(sheets) + 1)
        z.writestr("xl/workbook.xml", '<workbook xmlns="%s" xmlns:r="%sofficeDocument/2006/relationships"><sheets>'
                   '%s</sheets></workbook>' % (main, rels, "".join(
                       '<sheet name="S%d" sheetId="%d" r:id="r%d"/>' % (n, n, n) for n in numbers)))
        related = ('<Relationship Id="r%d" Type="' + rels + 'officeDocument/2006/relationships/worksheet" '
                   'Target="worksheets/s%d.xml"/>')
        z.writestr("xl/_rels/workbook.xml.rels", '<Relationships xmlns="%spackage/2006/relationships">%s'
                   '</Relationships>' % (rels, "".join(related % (n, n) for n in numbers)))
        for n, sheet in enumerate(sheets, 1):
            rows = [row for row in sheet if not isinstance(row, str)]
            behind = "".join(row for row in sheet if isinstance(row, str))
            body = "".join('<row r="%d">%s</row>' % (r, "".join(
                c if c.startswith("<") else '<c r="%s%d" t="inlineStr"><is><t>%s</t></is></c>' % ("ABCDEFGH"[k], r, c)
                for k, c in enumerate(row))) for r, row in enumerate(rows, 1))
            z.writestr("xl/worksheets/s%d.xml" % n,
                       '<worksheet xmlns="%s"><sheetData>%s</sheetData>%s</worksheet>' % (main, body, behind))
    return out.getvalue()


SHEET = [HEAD.split(","), ROW.split(",")]

DOCUMENTS = {
    # documents
    "FORMAT_NOT_AS_NAMED": csv(ROW),
    "FORMAT_UNKNOWN": "\0\1\2\3\4\5\6\7" * 40, "FORMAT_UNSUPPORTED": "UNB+UNOA:1+A+B+260408:0900+1'",
    "ENCODING_BROKEN": gzip.compress(csv(ROW).encode() * 9)[:-20], "FILE_EMPTY": "",
    "DOCUMENT_DUPLICATE": x12() + x12(),
    "DOCUMENT_EMPTY": HEAD + "\n", "NO_LINES_MADE": with_("BPT*00", "BPT*08"),
    "PURPOSE_UNSUPPORTED": '{"document":{"purpose":"change"},"lines":[%s]}' % json(),
    "DOCUMENT_UNCLEAR": json() + '{"document":{}}\n' + json(),
    "JSON_NEEDS_NDJSON": "[" + ",\n".join([json().strip()] * (240 << 10)) + "]",
    "PURPOSE_UNKNOWN": '{"document":{"purpose":"again"},"lines":[%s]}' % json(),
    "CONTROL_DIFFERS": '{"document":{"control":{"lines":7}},"lines":[%s]}' % json(),
    "ENCODING_BOMB": gzip.compress(b"A" * (20 << 20)),
    # the envelope
    "INTERCHANGE_NUMBER_DIFFERS": x12(iea="IEA*1*000000002~"), "INTERCHANGE_NUMBER_INVALID": x12(head=isa("00000000A")),
    "SET_NUMBER_DIFFERS": x12(st(end="0002")), "SEGMENT_COUNT": x12(st(count=41)),
    "INTERCHANGE_VERSION": x12(head=isa(version="00999")), "TERMINATOR_INVALID": x12(head=isa(tail=":A")),
    "ELEMENT_SEPARATOR_INVALID": x12().replace("*", "1"), "COMPONENT_SEPARATOR_INVALID": x12(head=isa(tail="*~")),
    "NO_REPETITION_SEPARATOR": x12(head=isa(version="00501"), gs="GS*PT*N*C*20260408*0900*1*X*005010~"),
    "INTERCHANGE_STRUCTURE": x12(head=isa().replace("CLAIMSTREAM    ", "CLAIM*STREAM   ")),
    "INTERCHANGE_CONTENT": x12(head=isa().replace("CLAIMSTREAM    *260408", "CLAIMSTREAM    260408*")),
    "LEADING_DATA": "mail header\n" + x12(), "TRAILING_DATA": x12() + "goodbye",
    "GROUP_COUNT": x12(iea="IEA*2*000000001~"), "INTERCHANGE_UNFINISHED": x12(iea=""),
    "TERMINATOR_MISSING": x12()[:-1], "INTERCHANGE_REUSED": x12() + with_("*5*EA", "*6*EA"),
    "INTERCHANGE_DATE": x12(head=isa(date="261399")), "INTERCHANGE_TIME": x12(head=isa(time="2599")),
    "GROUP_NUMBER_DIFFERS": x12(ge="GE*1*2~"), "GROUP_NUMBER_INVALID": x12(gs="GS*PT*N*C*20260408*0900*X1*X*004010~"),
    "GROUP_REPEATED": isa() + ("GS*PT*N*C*20260408*0900*1*X*004010~" + st() + "GE*1*1~") * 2 + "IEA*2*000000001~",
    "SET_COUNT": x12(ge="GE*2*1~"), "GROUP_UNFINISHED": x12(ge=""),
    "GROUP_TYPE": x12(gs="GS*XX*N*C*20260408*0900*1*X*004010~"),
    "GROUP_VERSION": x12(gs="GS*PT*N*C*20260408*0900*1*X*009010~"),
    "SET_NUMBER_INVALID": x12(st(number="1")), "SET_REPEATED": x12(st() + st(), ge="GE*2*1~"),
    "SET_REPEATED_005010": x12(st() + st(), head=isa(version="00501").replace("*U*", "*^*"), ge="GE*2*1~",
                               gs="GS*PT*N*C*20260408*0900*1*X*005010~"),
    "SET_UNFINISHED": x12("ST*867*0001~" + BODY), "SET_NOT_IN_GROUP": x12(st(kind="844")),
    "SET_UNSUPPORTED": x12(st(kind="850")), "LINE_COUNT": x12(st(BODY + "CTT*7~")),
    "HASH_TOTAL": x12(st(BODY + "CTT*1*99~")), "PADDING": x12().replace("~GS", "~\n\n\nGS"),
    "BYTE_ORDER_MARK": "\ufeff" + x12(), "SEGMENT_OUTSIDE_SET": x12(st() + "QTY*39*5*EA~"),
    "INTERCHANGE_USAGE": x12(head=isa(usage="Q")),
    "SET_GUIDE": x12(st().replace("ST*867*0001~", "ST*867*0001*005010X215~"),
                     head=isa(version="00501").replace("*U*", "*^*"),
                     gs="GS*PT*N*C*20260408*0900*1*X*005010X214~"),
    "SETS_TOO_MANY": isa() + "".join("GS*PT*N*C*20260408*0900*%d*X*004010~GE*0*%d~" % (n, n) for n in range(1, 100002))
        + "IEA*100001*000000001~",
    "REPETITIONS_TOO_MANY": x12(st(BODY.replace("REF*LI*3~", "REF*LI*%s~" % "^".join("3" * 1200))),
                                head=isa(version="00501").replace("*U*", "*^*"),
                                gs="GS*PT*N*C*20260408*0900*1*X*005010~"),
    "ADDENDUM_UNUSED": x12(st("XQ*H*20260301*20260331~N1*DS*NW*92*NW~LIN**VP*A~ZA*QS*3*EA~", kind="852"),
                           gs="GS*PD*N*C*20260408*0900*1*X*004010~"),
    "ACTION_WITHOUT_ORIGINAL":
        x12(st("BAA*00*CK*20260331*AM*D~N1*DS*NW*92*NW~CON*CT*Q~PAD*1*SD*DI~LIN*1*VP*A~QTY*39*1*EA~AMT*S*1~CTT*1~",
               kind="844"), gs="GS*CF*N*C*20260408*0900*1*X*004010~"),
    # segments and elements
    "SEGMENT_UNKNOWN": with_("REF*LI*3~", "XYZ*1~"),
    "SEGMENT_MISSING": x12(st(BODY.replace("BPT*00*R-1*20260331*02~", ""))),
    "SEGMENT_NOT_IN_SET": with_("REF*LI*3~", "BAA*1~"),
    "ELEMENT_TOO_LONG": with_("REF*LI*3~", "REF*LI*%s~" % ("3" * 40)),
    "ELEMENT_MISSING": with_("QTY*39*5*EA", "QTY**5*EA"), "ELEMENT_EITHER": with_("REF*LI*3~", "REF*LI~"),
    "ELEMENT_CONDITION": with_("UIT*EA*4.10*RS~", "UIT*EA**RS~"),
    "ELEMENTS_TOO_MANY": with_("REF*LI*3~", "REF*LI*3*4*5*6*7*8~"), "ELEMENT_CODE": with_("DTM*003", "DTM*a03"),
    "ELEMENT_DATE": with_("*20260301~DTM*011", "*20261301~DTM*011"),
    "ELEMENT_NUMBER": with_("QTY*39*", "QTY*39*+"),
    "ELEMENT_CHARACTER": with_("REF*LI*3~", "REF*LI*\x01~"),
    "ELEMENT_NOT_BASIC": with_("LIN**VP*P~", "LIN**VP*P~PID*F****Kabel 5m \u00e4~"),
    "SEGMENT_LIMIT": with_("DTM*003*20260301~", "DTM*003*20260301~" * 14), "PURPOSE_CODE": with_("BPT*00", "BPT*77"),
    "LIN_BEFORE_QTY": with_("QTY*39*5*EA~LIN**VP*P~", "LIN**VP*P~QTY*39*5*EA~"),
    "TRAILING_SEPARATORS": with_("REF*LI*3~", "REF*LI*3**~"), "RETURN_HINT": with_("REF*LI*3~", "REF*LI*3~REF*CM*C1~"),
    "REPEATED_QUALIFIER": with_("REF*LI*3~", "REF*LI*3~REF*LI*4~"),
    "TXN_CODE_UNKNOWN": with_("PTD*SS", "PTD*ZZ"), "MULTIPLIER_UNKNOWN": with_("PTD*SS***", "PTD*SS*ZZZ*0.5*"),
    "LINE_BREAK_IN_SEGMENT": with_("REF*LI*3~", "REF*L\nI*3~"),
    "UNIT_OF_PRICE_DIFFERS": with_("UIT*EA", "UIT*CA"), "ELEMENT_TOO_SHORT": with_("CUR*DS*USD", "CUR*DS*US"),
    "COMPONENTS_TOO_MANY": with_("QTY*39*5*EA~", "QTY*39*5*EA%s~" % (":1" * 20)),
    "SEGMENT_TOO_LONG": with_("REF*LI*3~", "REF*LI*3*%s~" % ("X" * 70000)),
    "SII_ASSUMED": with_("QTY*39*5*EA~LIN**VP*P~UIT*EA*4.10*RS~",
                         "N1*ST*ACME*92*C1~SII*VP*P*5*EA*4.10*3.00~"),
    # text
    "HEADER_UNKNOWN": "a,b\n1,2\n", "NUMBER_STYLE_UNDECIDED": csv('A1,2026-03-01,P,5,"1,234",USD'),
    "DATE_ORDER_UNDECIDED": csv("A1,03/02/2026,P,5,1.50,USD"),
    "QUOTE_UNCLOSED": csv('A1,2026-03-01,"P,5,1.50,USD', ROW, ROW),
    "ROW_TOO_LONG": csv("A1,2026-03-01,%s,5,1.50,USD" % ("P" * 70000)),
    "ROW_TOO_WIDE": csv("A1" + "," * 600), "ROW_SHORT": csv("A1,2026-03-01,SW-24,5"), "ROW_LONG": csv(ROW + ",more"),
    "TOTAL_DIFFERS": csv(ROW, "Total,,,7,,"),
    "ENCODING_ASSUMED": csv(ROW + ",M\u00fcller", head=HEAD + ",Customer").encode("cp1252"),
    "ID_IN_EXPONENT_FORM": csv("1.2E+12,2026-03-01,P,5,1.50,USD"),
    "ID_IN_DECIMAL_FORM": csv("70011.0,2026-03-01,P,5,1.50,USD"),
    "PART_LOOKS_LIKE_DATE": csv("A1,2026-03-01,1-Mar,5,1.50,USD"),
    "EMPTY_MARKER": csv("A1,2026-03-01,P,5,N/A,USD"), "COLUMN_REPEATED": csv(ROW + ",P2", head=HEAD + ",Part"),
    "GTIN_PADDED":
        csv("A1,2026-03-01,36000291452,5,1.50,USD", head=HEAD.replace("Part", "UPC")),
    "COLUMN_EXTRA": csv(ROW + ",x", head=HEAD + ",Colour"), "COLUMN_ABSENT": "Invoice,Qty,Part\nA1,5,P\n",
    "COLUMN_UNNAMED": csv(ROW + ",x", head=HEAD + ","), "HEADER_GOES_ON": csv(",,,pcs,USD,", ROW),
    "HEADER_ANOTHER": csv(ROW, "Invoice,Qty,Part", "A2,3,P"),
    "COLUMNS_TOO_MANY": HEAD + "," * 600 + "\n",
    "ENCODING_MIXED":
        csv(ROW + ",M\u00fcller", head=HEAD + ",Customer").encode() + csv(ROW + ",M\u00fcller").encode("cp1252"),
    "ENCODING_UNREADABLE": ("text: {encoding: klingon}", csv(ROW + ",\xfc", head=HEAD + ",Customer").encode("latin-1")),
    "ENCODING_FOREIGN": csv(ROW + ",\u682a\u5f0f\u4f1a\u793e", head=HEAD + ",Customer").encode("shift_jis"),
    "RETURN_UNMARKED": csv(ROW + ",I-1", head=HEAD + ",Original Invoice Number"), "ROW_NOTE": csv(ROW, "End of report"),
    # JSON
    "JSON_SYNTAX": '{"kind":\n', "JSON_TOO_DEEP": '{"a":' + "[" * 40 + "]" * 40 + "}\n" + json(),
    "JSON_MEMBERS_TOO_MANY": "{" + ",".join('"m%d":1' % n for n in range(600)) + "}\n" + json(),
    "JSON_RECORD_TOO_LARGE": '{"a":"%s"}\n' % ("x" * 300000) + json(), "JSON_NUMBER": json() + '{"qty":01}\n',
    "JSON_MEMBER_REPEATED": json() + '{"qty":1,"qty":2}\n', "JSON_ENCODING": json().encode() + b'{"kind":"\xff"}\n',
    "MEMBER_UNKNOWN": json(',"colour":"red"'), "JSON_NOT_A_LINE": json() + "7\n",
    "EVENT_BROKEN": '{"specversion":"1.0","data":%s}' % json().strip(),
    "EVENT_NOT_ALONE": json() + '{"specversion":"1.0","id":"1","source":"s","type":"t","data":%s}\n' % json().strip(),
    "DOCUMENT_MEMBER_UNKNOWN": '{"document":{"colour":"red"},"lines":[%s]}' % json(),
    # workbooks and their like
    "HTML_NOT_A_WORKBOOK": "<html><table></table></html>",
    "XLS_UNSUPPORTED": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "WORKBOOK_ENCRYPTED":
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600,
    "WORKBOOK_TOO_LARGE": workbook(*[SHEET] * 70),
    "WORKBOOK_UNSORTED": workbook([["A", "B"], ['<x/></row><row r="1">' + 17000 * (999 * " " + "\n")]]),
    "WORKBOOK_BROKEN": b"PK\3\4" + b"\0" * 60,
    # typing
    "UOM_ASSUMED": csv(ROW), "DIGITS_ROUNDED": csv("A1,2026-03-01,P,5,1.123456789,USD"),
    "FORMAT_CHARACTERS": csv("A\u200b1,2026-03-01,P,5,1.50,USD"),
    "AMOUNT_ALONE": csv("A1,2026-03-01,P,5,62.50,USD", head=HEAD.replace("Resale Price", "Ext Price")),
    "AMOUNT_DIFFERS": csv(ROW + ",99.00", head=HEAD + ",Ext Price"),
    "EXTRAS_CUT": json("," + ",".join('"x%d":"1"' % n for n in range(80))),
    "CLAIM_IN_POS": csv(ROW + ",Q-1,5.00", head=HEAD + ",SPA Number,Claim Amount"),
    "SHIP_DATE_FROM_REPORT": with_("PTD*SS***DI*9~DTM*003*20260301~DTM*011*20260301~",
                                   "PTD*SU~", BODY.replace("CUR*DS*USD~", "CUR*DS*USD~DTM*091*20260331~")),
    "INVOICE_NO_FROM_MEMO": with_("PTD*SS***DI*9~", "PTD*BN~", BODY.replace("REF*LI*3~", "REF*CM*C-1~")),
    "ORIGINAL_LINE_ASSUMED":
        with_("PTD*SS***DI*9~", "PTD*BN***DI*9~", BODY.replace("REF*LI*3~", "REF*LI*3~REF*OI*I-1~")),
    "SERIAL_DOUBTFUL": csv(ROW + ",UNKNOWN", head=HEAD + ",Serial Number"),
    "CONTACT_DROPPED": with_("REF*LI*3~", "REF*LI*3~PER*IC*JANE DOE*TE*5551234~"),
    # by a profile
    "SET_COUNTS_TOLERATED": ("x12: {tolerate_counts: true}", x12(st(count=41))),
    "COMPLETE_SETS_POSTED": ("x12: {truncated: complete_sets}", x12(iea="", ge="")),
    "ELEMENT_LENGTH_ALLOWED":
        ("x12: {length_limits: [{segment: REF, element: 2, max: 50}]}", with_("REF*LI*3~", "REF*PO*%s~" % ("3" * 40))),
    "KIND_WORDS_UNUSED": ("values: [{field: kind, value: POS_RETURN, names: [GU]}]", csv(ROW)),
    "SHEET_MISSING": ("text: {sheet: Nowhere}", workbook(SHEET)),
    # others
    "UNWRAPPED": "\n".join(re.findall(".{1,80}", x12())) + "\n",
    "INTERCHANGE_SEGMENT": x12(gs="XYZ*1~GS*PT*N*C*20260408*0900*1*X*004010~"),
    "SEGMENT_SEQUENCE": with_("PTD*SS***DI*9~", "PTD*SS***DI*9~REF*LI*3~"),
    "SHEET_UNDECIDED": workbook(SHEET, SHEET), "SHEET_LEFT_OUT": workbook(SHEET, [["Invoice", "Part"], ["A2", "P"]]),
    "FORMULA_WITHOUT_VALUE":
        workbook([HEAD.split(","), ROW.split(",")[:3] + ['<c r="D2"><f>1+1</f></c>', "1.50", "USD"]]),
    "CELL_MERGED": workbook([*SHEET, ROW.split(","), '<mergeCells><mergeCell ref="D2:D3"/></mergeCells>']),
    "CELL_FROM_ABOVE":
        workbook([*SHEET, ["", *ROW.split(",")[1:]], '<mergeCells><mergeCell ref="A2:A3"/></mergeCells>']),
    "CELL_IN_ERROR":
        workbook([HEAD.split(","), ROW.split(",")[:3] + ['<c r="D2" t="e"><v>#REF!</v></c>', "1.50", "USD"]]),
    "DOCUMENT_LINES_MISNAMED": '{"document":{},"line":[%s]}' % json(),
    "SEGMENT_UNEXPECTED": with_("REF*LI*3~", "REF*LI*3~LX*1~"),
    "INTERCHANGE_CHARACTER": x12(head=isa().replace("123456789      ", "12345\x016789     ")),
    "LOOP_LIMIT": with_("QTY*39", "N1*ST*ACME*92*C1~" * 9 + "QTY*39"),
    "ELEMENT_TIME": with_("DTM*003*20260301~", "DTM*003*20260301*2599~"),
    "ELEMENT_EXCLUSION": with_("QTY*39*5*EA~", "QTY*39*5*EA*7~"),
}

# Of registers, doors, records of Kafka, a run; and what local, who may everything, never hears.
SERVICE = """REPORT_CANCELLED REPORT_OF_SEVERAL REPORT_OF_TOO_MANY REPORT_LOST
    DOCUMENT_TOO_LARGE READ_FAILED SENDER_UNKNOWN RECEIVER_UNKNOWN SENDER_UNDECIDED SET_NOT_ALLOWED
    SCHEMA_UNKNOWN FRAMING_BROKEN RECORD_UNREADABLE EVENT_ID_REUSED MESSAGE_ID_ASSUMED RECORD_EMPTY
    DOSSIER_TOO_LARGE DOCUMENT_REJECTED DOCUMENT_DISCARDED
    NOTHING_POSTED STATUS_IS_REQUEST LINE_NAME_UNKNOWN LINE_NAME_TAKEN LINE_NAME_INVALID OBJECT_NOT_ALLOWED""".split()

# Held by units alone so far (issue_names, faults, x12_limits): whoever writes a document takes one away.
UNSENT = """SET_TOO_LARGE SET_IN_ERROR LINE_TOO_LARGE""".split()


UNSENT_MAX = 3
# What is said of the name of a file.
NAMES = {"FORMAT_NOT_AS_NAMED": "march.xlsx"}


def codes_of(claimctl, work, code, document):
    path, options = Path(work, NAMES.get(code, code)), []
    if isinstance(document, tuple):
        options = ["--profile", code.lower() + "@1.yaml"]
        Path(work, options[1]).write_text("profile: %s\nversion: 1\n%s\n" % (code.lower(), document[0]))
        options[1], document = str(Path(work, options[1])), document[1]
    path.write_bytes(document if isinstance(document, bytes) else document.encode())
    run = subprocess.run([claimctl, "submit", "--check", "--partner", "N-100", *options, "--lines", "-", str(path)],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=300)
    assert run.returncode in (0, 3), (code, run.returncode)
    return set(re.findall(rb'"code":"([A-Z0-9_]+)"', run.stdout))


def main():
    claimctl = sys.argv[1]
    text = Path("services/intake/issues.def").read_text()
    codes = re.findall(r"^ISSUE\((\w+)", text, re.M)
    wrong = [code for code in codes if code not in DOCUMENTS and code not in SERVICE and code not in UNSENT]
    wrong = ["%s: no document produces it" % code for code in wrong]
    wrong += ["UNSENT has grown"] * (len(UNSENT) > UNSENT_MAX)
    wrong += ["%s: is no issue" % code for code in list(DOCUMENTS) + SERVICE + UNSENT if code not in codes]
    with tempfile.TemporaryDirectory() as work, ThreadPoolExecutor(2) as pool:
        said = {code: pool.submit(codes_of, claimctl, work, code, document) for code, document in DOCUMENTS.items()}
        for code, found in said.items():
            if code.encode() not in found.result():
                wrong.append("%s: its document says %s" % (code, sorted(c.decode() for c in found.result())))
    print("\n".join(wrong) if wrong else "%d issues by documents, %d by services" % (len(DOCUMENTS), len(SERVICE)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
