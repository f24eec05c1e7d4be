#!/usr/bin/env python3
"""same_dossiers.py FILE FILE...: whether kept runs hold the same dossiers, byte by byte, in whatever order.

A file is dossiers one behind the other, each a protobuf message: its sections are the fields, in the order of their
numbers but for what was appended later. One begins with a submission, that of a case with its receipt."""
import sys

SUBMISSION, RECEIPT = 1, 2
NUMBER = 0                                          # wire type


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def dossiers(path):
    with open(path, "rb") as file:
        data = file.read()
    found, begin, at, before = [], 0, 0, None
    while at < len(data):
        tag, body = varint(data, at)
        size, body = varint(data, body)
        section = tag >> 3
        if tag & 7 == NUMBER:                       # the contract, behind a section: it begins nothing
            at = body
            continue
        begins = section == SUBMISSION or section == RECEIPT and before not in (SUBMISSION, RECEIPT)
        if begins and at > begin:
            found.append(data[begin:at])
            begin = at
        before, at = section, body + size
    return sorted([*found, data[begin:]])


def main():
    first = dossiers(sys.argv[1])
    for path in sys.argv[2:]:
        other = dossiers(path)
        differ = sum(a != b for a, b in zip(first, other)) + abs(len(first) - len(other))
        if differ:
            sys.exit(f"{path}: {differ} of {len(first)} dossiers differ from those of {sys.argv[1]}")
    print(f"  {len(first)} dossiers, byte-equal in {len(sys.argv) - 1} runs")


if __name__ == "__main__":
    main()
