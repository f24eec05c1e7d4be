#!/usr/bin/env python3
"""domain_table.py: tests/golden/domain.md names every paragraph of domain.md 1.3 to 7, 9 and 10, tests/golden/screening.md every
one of screening.md and every rule of the first wave that is not payout's, tests/golden/feeds.md every line of what feeds.md
asks to be proven, tests/golden/kafka.md every rule, paragraph and trap of kafka.md, tests/golden/surfaces.md every one
of surfaces.md; and only tests that are there, or why there is none. Each issue of intake is named by a test."""
import os
import re
import sys

STEPS = {"2.": range(1, 10), "5.0 R": range(0, 13), "5.1 S": range(1, 17), "5.2 V": range(1, 11), "5.3 M": range(1, 10),
         "5.4 P": range(1, 8), "5.5 G": range(1, 7), "5.6 K": range(1, 10), "5.7 O": range(1, 7), "6.": range(1, 8),
         "9.": range(1, 17)}

PARAGRAPHS = {
    "1.3": "matrix version overrides",
    "10": "keeping privacy duties approval change payee ledgers proofs offered tax listed due",
    "3.1": "required texts dates quantity role test",
    "3.2": "kinds stock operators target",
    "3.3": "K submission T",
    "4.1": "records product price",
    "4.2": "reading status date eligibility caps budget rounding rank payment anchors version",
    "4.3": "revision unit eligible roster",
    "4.4": "order once open back credit moves",
    "7": "stage program zero order park money answer sentence rule",
}

SCREENING_STEPS = {"1.": range(1, 6), "4.": range(1, 3), "5.": range(1, 4), "6.3 ": range(1, 9), "7.": range(1, 4),
                   "8.": range(2, 5)}

SCREENING_PARAGRAPHS = {
    "2.2": "order score automatic sampling",
    "4.3": "release verbs void",
    "4.4": "eyes withdrawal",
    "6.1": "folding lists",
    "6.3": "table",
    "6.4": "formats snapshots index",
    "6.5": "bands subjects ownership",
    "6.6": "verdicts snapshots nothing",
    "8.1": "slots away",
    "10.2": "points hybrid",
    "10.3": "drift stability",
    "11": "tables tests",
}
SCREENING_ALONE = ["2.1", "2.3", "3", "4.5", "6.2", "10.1"]


FEEDS_LINES = {"A": range(1, 19), "5.1.": range(1, 17), "5.3.": range(1, 11), "6.": range(1, 8), "7.1.": range(1, 10),
               "7.2.": range(1, 7), "10.": range(1, 5), "11.": range(1, 5), "14.": range(1, 17), "15.": range(1, 12)}
FEEDS_SENTENCES = {
    "2": "spool survey post answer states outcomes held custody ownership order unknown outside vendor",
    "3": "line numbers dates uom missing summary return claim_id copied extras ids position",
    "4": "document segment elements lines row json kafka errors workbook disk memory",
    "5.2": "TA105 AK905 AK502 AK304 AK403 severity conditions",
    "5.4": "867 844 845 852 answers movement versions",
    "5.5": "numbers purpose report claim agreement period currency parties",
    "5.6": "kind multiplier pair claim_line lin01 parts qty uit ctp sii amt invoice authorisation memo "
           "order serials ids dates n1 za unlisted repeated example",
    "7.3": "aliases kinds several parties",
    "7.4": "strings sheets numbers fraction",
    "8": "refused built",
    "9.1": "numbers errors shapes document members",
    "9.2": "mode id partition null submitter",
    "9.3": "header path pinned unknown",
    "13": "load version chain example identity defaults settings answers x12 text json values",
    "6": "purposes", "7.1": "strict", "11": "stored again replay",
    "12": "once model numbers detail untrusted outcomes whole sent ack response rejects errors"}


KAFKA_STEPS = {"R": range(1, 13), "4.": range(1, 5), "5.": range(1, 5), "6.": range(1, 4), "I": range(1, 9)}
KAFKA_PARAGRAPHS = {"2": "pieces names", "3": "phases pull borrowed partition offsets intake",
                    "6.4": "identity lock damage room", "11": "links cache away registry"}
KAFKA_ALONE = ["6.6", "7", "8", "9", "10", "12", "13", "14"]
KAFKA_TRAPS = {"T": range(1, 67)}

SURFACES_STEPS = {"R": range(1, 11), "4.": range(1, 8), "9.": range(1, 19)}
SURFACES_PARAGRAPHS = {
    "2.1": "run load submit trigger tail listen documents lines payouts holds deadletters programs partners agreements "
           "replay recon registry topics schemas state rules lists screen top lag doctor info help config context "
           "audit",
    "2.2": "streams forms lag colour progress", "2.3": "codes pipe services", "2.4": "shape numbers object nearest",
    "2.5": "order contexts times", "2.6": "help completion manual", "2.8": "top questions telemetry",
    "3": "options livez readyz metrics version debug limits sigterm sighup sigusr1 logs notify traces",
    "3.1": "http json yaml csv terminal model",
    "6.1": "compose image kubernetes keda strimzi systemd monitoring kafka config runbook secrets",
    "6.2": "compose image kubernetes prometheus systemd protobuf interfaces grafana texts unverified",
    "7.1": "plain framing readers", "7.2": "letters headers", "7.3": "rules golden published",
    "8": "order blocks not",
    "5": "names loop gauges dashboards ConservationBroken PayoutStalled DuplicatePayoutSuppressed StageLagSeconds "
         "TxnAbortRate RebalanceStorm WorkerStuck OldestHoldAge SlaAtRisk FeedSilent DeadlettersGrowing RejectRateUp "
         "BudgetNearCap FundExhausted StateRebuild StateDiskLow ChangelogNotCompacting RedisDown ListsStale ClockSkew "
         "CertExpiry HotPartition"}
SURFACES_ALONE = ["2.7", "2.9", "7.4"]


def rules_of_the_first_wave():
    """DUP-01 and so on, less payout's."""
    catalogue = open("common/domain/rule.def", encoding="utf-8").read()
    rows = re.findall(r"^RULE\(\s*\d+,\s*(\w+),[^\n]*?,\s*(\w+),\s*\w+,\s*(\d)\)", catalogue, flags=re.M)
    return [f"9 {rule.replace('_', '-')}" for rule, stage, wave in rows if wave == "1" and stage != "PAYOUT"]


def wanted_of(steps, paragraphs):
    yield from (f"{prefix}{n}" for prefix, numbers in steps.items() for n in numbers)
    yield from (f"{section} {name}" for section, names in paragraphs.items() for name in names.split())


def names_at(place):
    """What stands at a place of the page, or None when there is no such place."""
    if place == "golden":
        return set(os.listdir("tests/golden/cases"))
    if place == "alerts":
        folder = "deploy/monitoring/tests"
        return {name for file in os.listdir(folder)
                for name in re.findall(r'alertname="(\w+)"', open(os.path.join(folder, file), encoding="utf-8").read())}
    if place in ("e2e", "integration", "lint", "deploy"):
        return {file[:-3] for file in os.listdir(f"tests/{place}") if file.endswith(".sh")}
    if place in ("fuzz", "bench"):
        return {file[:-2] for file in os.listdir(f"tests/{place}") if file.endswith(".c")}
    if place == "feeds":
        return set(os.listdir("tests/golden/feeds"))
    if place == "tolerances":
        documents = open("tests/unit/services/intake/test_tolerances.c", encoding="utf-8").read()
        return {name.replace(" ", "_") for name in re.findall(r'DOC\("([^"]+)"', documents)}
    if place.endswith(".c"):
        folder = "tests" if place.startswith(("sim/", "integration/")) else "tests/unit"
        path, pattern = os.path.join(folder, place), r"^TEST\((\w+)\)"
    else:
        path, pattern = f"tests/e2e/scenarios/{place}.scn", r"^expect\s+(\w+)"
    if not os.path.exists(path):
        return None
    return set(re.findall(pattern, open(path, encoding="utf-8").read(), flags=re.M))


def faults_of(step, held_by):
    if held_by.startswith(("not built: ", "untested: ")) and len(held_by) > 20:
        return                                      # and says why
    for part in held_by.split(" · "):
        place, _, names = part.partition(": ")
        there = names_at(place)
        if there is None or not names:
            yield f"{step}: no tests at {place}"
            continue
        for name in names.split():
            if name not in there:
                yield f"{step}: no {name} at {place}"


def faults_on(page, wanted):
    lines = [line for line in open(page, encoding="utf-8") if line.startswith("| ")][1:]
    rows = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in lines]
    steps = [row[0] for row in rows]
    yield from (f"{page}: {step} stands twice" for step in sorted(set(steps)) if steps.count(step) > 1)
    yield from (f"{page}: {step} is missing" for step in wanted if step not in steps)
    for row in rows:
        for fault in faults_of(row[0], row[2]) if len(row) == 3 else [f"{row[0]}: three cells"]:
            yield f"{page}: {fault}"


def untested_issues():
    """Rows of issues.def that no test names."""
    rows = open("services/intake/issues.def", encoding="utf-8").read()
    paths = [os.path.join(folder, file) for folder, _, files in os.walk("tests") for file in files
             if "corpus" not in folder and file.endswith((".c", ".h", ".py", ".sh"))]
    texts = " ".join(open(path, encoding="utf-8", errors="replace").read() for path in paths)
    said = set(re.findall(r"[A-Z][A-Z0-9_]+", texts))
    for name in re.findall(r"^(?:ISSUE|FAULT)\((\w+)", rows, flags=re.M):
        if not {name, f"ISSUE_{name}"} & said:
            yield f"services/intake/issues.def: no test names {name}"


def main():
    screening = [*wanted_of(SCREENING_STEPS, SCREENING_PARAGRAPHS), *SCREENING_ALONE, *rules_of_the_first_wave()]
    faults = [*faults_on("tests/golden/domain.md", ["1.4", "1.5", *wanted_of(STEPS, PARAGRAPHS)]),
              *faults_on("tests/golden/screening.md", screening),
              *faults_on("tests/golden/feeds.md", list(wanted_of(FEEDS_LINES, FEEDS_SENTENCES))),
              *faults_on("tests/golden/kafka.md",
                         [*wanted_of(KAFKA_STEPS | KAFKA_TRAPS, KAFKA_PARAGRAPHS), *KAFKA_ALONE]),
              *faults_on("tests/golden/surfaces.md",
                         [*wanted_of(SURFACES_STEPS, SURFACES_PARAGRAPHS), *SURFACES_ALONE]),
              *untested_issues()]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
