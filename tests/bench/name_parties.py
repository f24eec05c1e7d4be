#!/usr/bin/env python3
"""name_parties.py [FILE]: labelled pairs of names for bench_pairs, from parties written by hand (name_parties.txt).

A line is: kind; PERSON, ORGANISATION or VESSEL; spellings of one party, parted by bars; others that could be taken for
it. Each two spellings of a party are a pair of one party; each other party is a pair of two with the two spellings that
stand first, which say the name in full. Of each fourth pair the sort is UNKNOWN. A line that begins with 1 or 0 is a
pair by itself: label; kind; sort; query; entry."""
import itertools
import os
import random
import sys


def parted(text):
    return [name.strip() for name in text.split("|") if name.strip()]


def pairs_of(own, others):
    """(label, one name, another)"""
    yield from ((1, *two) for two in itertools.combinations(own, 2))
    yield from ((0, name, other) for other in others for name in own[:2])


def pairs_in(cells):
    """kind, sort, its pairs"""
    if cells[0] in "01":
        label, kind, sort, one, other = cells
        return kind.replace(" ", "_"), sort, [(int(label), one, other)]
    kind, sort, own, others = cells
    return kind, sort, pairs_of(parted(own), parted(others))


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    path = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "name_parties.txt")
    chance = random.Random(3)
    for line in open(path, encoding="utf-8"):
        if line.startswith("#") or not line.strip():
            continue
        kind, sort, pairs = pairs_in([cell.strip() for cell in line.split(";")])
        for label, one, other in pairs:
            query, entry = (one, other) if chance.random() < .5 else (other, one)
            said = "UNKNOWN" if chance.random() < .25 else "ORGANISATION" if sort == "VESSEL" else sort
            print(label, f"{'same' if label else 'other'}_{kind}", said, query, entry, sep="\t")


if __name__ == "__main__":
    main()
