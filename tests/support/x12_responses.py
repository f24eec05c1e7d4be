#!/usr/bin/env python3
"""x12_responses.py: runs a world with an 844 of every outcome and `--responses`, has each 849 read by x12_answers.py, and compares what it
says of each line with what the run's results say. `x12_responses.py CLAIMCTL SAMPLE FOLDER`"""
import json
import os
import subprocess
import sys
from decimal import Decimal

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import x12_answers  # noqa: E402
import x12_cases  # noqa: E402

AGREEMENT = {"kind": "AGREEMENT", "partner_id": "N-100", "authorisation_no": "Q-9000", "revision": 1, "program_id": "SD-26", "status": "ACTIVE",
             "issue_date": "2025-12-15", "valid_from": "2026-01-01", "valid_to": "2026-12-31", "currency": "USD", "customers": ["1:081446207"],
             "lines": [{"line_no": 1, "products": ["sku:CAB-5"], "method": "DOWN_TO", "price": "7.40", "authorised_qty": "100", "resale_policy": "NONE"}]}
MOVEMENT = ["DTM*003*20260411", "DTM*011*20260411", "N1*ST*ALDER SYSTEMS*1*081446207", "N4*AUSTIN*TX*78701*US"]
# number, contract, part, quantity, amount, what is expected
CLAIMS = [(1, "Q-9000", "CAB-5", "10", "17.5", "PASS"), (2, "Q-9000", "CAB-5", "4", "100", "SHORT"), (3, "Q-9000", "NOPE", "1", "1", "PARK"),
          (4, "Q-9000", "CAB-5", "0", "1", "REJECT"), (5, "Q-NONE", "CAB-5", "1", "1.75", "REJECT")]
# the same report once more: what passed is a duplicate, what was refused is judged afresh
AGAIN = [(1, "Q-9000", "CAB-5", "10", "17.5", "REJECT"), (5, "Q-9000", "CAB-5", "1", "1.75", "PASS")]


def claim_set(claims=tuple(CLAIMS), purpose="00"):
    body, contract = [f"BAA*{purpose}*CK*20260408*AM*DM-77", "CUR*VN*USD"], None
    for number, claimed_under, part, qty, amount, _ in claims:
        if claimed_under != contract:
            body += [f"CON*CT*{claimed_under}"] + MOVEMENT
            contract = claimed_under
        body += [f"PAD*{number}*SD", f"LIN*{number}*VP*{part}", f"QTY*39*{qty}*EA", f"AMT*S*{amount}", f"REF*DI*INV-{9000 + number}", f"REF*D9*C{number}"]
    return x12_cases.a_set(body + [f"CTT*{len(claims)}"], name="844")


def code_901(claimctl, reason):
    told = subprocess.run([claimctl, "help", reason], capture_output=True, text=True, check=True).stdout
    return told.split("element 901: ")[1].split()[0] if "element 901: " in told else ""


def dispositions(text):
    """{control number of the line: (codes, approved)} of an 849."""
    told, codes, approved = {}, [], None
    for s in x12_answers.Interchange(text).segments:
        if s[0] == "PAD":
            codes, approved = [], None
        elif s[0] == "AAA":
            codes.append((s[1], s[3] if len(s) > 3 else ""))
        elif s[0] == "AMT" and s[1] == "A":
            approved = Decimal(s[2])
        elif s[0] == "REF" and s[1] == "D9":
            told[s[2]] = (codes, approved)
    return told


def compare(claimctl, claims, lines, told):
    complaints = []
    if len(lines) != len(claims) or len(told) != len(claims):
        complaints.append(f"{len(lines)} lines, {len(told)} answers for {len(claims)} claims")
    for line in lines:
        number = int(line["invoice_no"][4:]) - 9000
        codes, approved = told[f"C{number}"]
        wanted = next(claim[5] for claim in claims if claim[0] == number)
        if line["outcome"] != wanted:
            complaints.append(f"claim {number} is {line['outcome']}, wanted {wanted}: the case shows nothing")
        want = [("Y", "")] if wanted == "PASS" else [("N", "25")] if wanted in ("HOLD", "PARK") else [("N", code_901(claimctl, r)) for r in line["reasons"]]
        paid = None if wanted in ("HOLD", "PARK") else Decimal(line["paid"])
        if codes[:1] != want[:1] or approved != paid:
            complaints.append(f"claim {number} {wanted}: told {codes} {approved}, decided {want} {paid}")
    return complaints


def main():
    claimctl, sample, folder = sys.argv[1:4]
    claims, agreement, results, responses = (os.path.join(folder, name) for name in ("claims.x12", "agreement.ndjson", "results.ndjson", "responses"))
    text = x12_cases.document("004010", [x12_cases.group("004010", [claim_set()], kind="CF")])
    again = os.path.join(folder, "again", "claims.x12")     # the same once more: it has no answer of its own, and takes nobody's
    fixed = os.path.join(folder, "fixed.x12")
    second = x12_cases.document("004010", [x12_cases.group("004010", [claim_set(AGAIN, "15")], kind="CF")], icn="000004712")
    refused = os.path.join(folder, "refused.x12")           # its purpose is none: the header of its 849 says so
    third = x12_cases.document(
        "004010", [x12_cases.group("004010", [claim_set(purpose="99")], kind="CF")], icn="000004713")
    os.makedirs(os.path.dirname(again))
    for path, content in ((claims, text), (again, text), (fixed, second), (refused, third)):
        with open(path, "w", encoding="ascii") as file:
            file.write(content)
    with open(agreement, "w", encoding="ascii") as file:
        file.write(json.dumps(AGREEMENT) + "\n")
    run = subprocess.run([claimctl, "run", "--sample", sample, "--input", agreement, "--input", claims, "--input", again, "--input", fixed,
                          "--input", refused, "--partner", "N-100", "--responses", responses,
                          "--results", results], capture_output=True, text=True, check=False)
    complaints = [f"run ended {run.returncode}: {run.stderr}"] if run.returncode not in (0, 3) else []
    for name in sorted(os.listdir(responses)):
        with open(os.path.join(responses, name), encoding="ascii", newline="") as file:
            found, _ = x12_answers.read(file.read(), text if name == "claims.x12.849" else second if name == "fixed.x12.849" else None)
        complaints += [f"{name}: {finding}" for finding in found]
    with open(os.path.join(responses, "refused.x12.849"), encoding="ascii", newline="") as file:
        header = [s for s in x12_answers.Interchange(file.read()).segments if s[0] in ("BRC", "AAA", "CON")]
    if [s[0] for s in header] != ["BRC", "AAA"] or header[0][4] != "DM-77" or header[1][1:] != ["N", "", "33", "C"]:
        complaints.append(f"a set refused whole is answered {header}")
    compared = 0
    for name, wanted in (("claims.x12", CLAIMS), ("fixed.x12", AGAIN)):
        with open(os.path.join(responses, name + ".849"), encoding="ascii", newline="") as file:
            told = dispositions(file.read())
        lines = [one for one in map(json.loads, open(results, encoding="utf-8")) if one.get("claim_id") == "DM-77" and one["document"] == name]
        complaints += compare(claimctl, wanted, lines, told)
        compared += len(told)
    for complaint in complaints:
        print(complaint)
    print(f"{len(os.listdir(responses))} answers, {compared} lines compared, {len(complaints)} complaints")
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
