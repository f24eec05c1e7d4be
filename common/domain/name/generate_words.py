#!/usr/bin/env python3
"""Writes the word lists of name comparison as one hash table in C, at build time only (screening.md 6.1).

    generate_words.py WORD_TABLE

A row is a word and all that the lists beside this file say of it; a slot is the number of a row, counted from 1, where its
hash sends it or in the next free slot behind it. word.c hashes in the same way. Legal forms stand by the word that ends
them, and by the one that begins them, the longest of a word first: its row says where, and how many.
"""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
NICKNAME_ROWS_MAX = 4
SHORT_FORM_ROWS_MAX = 4
LISTS = (("connective", "WORD_CONNECTIVE"), ("honorific", "WORD_HONORIFIC"), ("title", "WORD_TITLE"), ("common_word", "WORD_COMMON"),
         ("filler_word", "WORD_FILLER"), ("place", "WORD_PLACE"))


def calls(name):
    """(macro, arguments as written) of every row of a list."""
    with open(os.path.join(HERE, name + ".def"), encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    return re.findall(r"(\w+)\(([^)]*)\)", text)


def entries(name):
    """(macro, texts) of every row of a list."""
    for macro, arguments in calls(name):
        yield macro, re.findall(r'"([^"]*)"', arguments)


def forms_by(at, *sides):
    """Legal forms of these sides by the word at that place of theirs: {word: forms}, the longest form first."""
    groups = {}
    for _, arguments in calls("legal_form"):
        form, side = re.fullmatch(r'"([^"]*)", (\w+)', arguments).groups()
        if side in sides:
            groups.setdefault(form.split()[at], []).append(form)
    return {word: sorted(forms, key=lambda form: -len(form.split())) for word, forms in sorted(groups.items())}


FORMS_AT_END, FORMS_AT_FRONT = forms_by(-1, "END", "BOTH"), forms_by(0, "FRONT", "BOTH")


def hash_of(word):
    value = 2166136261
    for byte in word.encode():
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value ^ value >> 15


def rows():
    table = {}
    row = lambda word: table.setdefault(word, {"classes": set(), "short": 0, "synonym": 0, "of_short": [],
                                               "nicknames": [], "last_of": (0, 0), "first_of": (0, 0)})
    for list_name, word_class in LISTS:
        for _, (word,) in entries(list_name):
            row(word)["classes"].add(word_class)
    for _, (name, _) in entries("country_name"):
        if " " not in name:
            row(name)["classes"].add("WORD_PLACE")
    for _, (form,) in entries("legal_form"):
        if " " not in form:
            row(form)["classes"].add("WORD_FORM")
    short_forms = 0
    for macro, (short, words) in entries("abbreviation"):
        if macro == "ABBREVIATION":                     # folding has put the word in its place
            row(words)["classes"].add("WORD_COMMON")
            continue
        short_forms += 1
        row(short)["short"] = short_forms
        row(short)["classes"].add("WORD_COMMON")
        for word in words.split():
            if len(row(word)["of_short"]) < SHORT_FORM_ROWS_MAX:
                row(word)["of_short"].append(short_forms)
            row(word)["classes"].add("WORD_COMMON")
    for number, (_, names) in enumerate([*entries("nickname"), *entries("known_name"), *entries("family_name")], 1):
        for name in dict.fromkeys("".join(names).split()):
            if len(row(name)["nicknames"]) < NICKNAME_ROWS_MAX:
                row(name)["nicknames"].append(number)
    for number, (_, words) in enumerate(entries("synonym"), 1):
        for word in "".join(words).split():
            row(word)["synonym"] = row(word)["synonym"] or number
    for place, groups in (("last_of", FORMS_AT_END), ("first_of", FORMS_AT_FRONT)):
        first = 0
        for word, forms in groups.items():
            row(word)[place] = first, len(forms)
            first += len(forms)
    return sorted(table.items()), 1 + sum(1 for name in ("nickname", "known_name") for _ in entries(name))


def main():
    table, family_row_first = rows()
    size = 1
    while size < 4 * len(table):
        size *= 2
    slots = [0] * size
    for number, (word, _) in enumerate(table, 1):
        at = hash_of(word) % size
        while slots[at]:
            at = (at + 1) % size
        slots[at] = number
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        out.write("/* Made by generate_words.py. */\n")
        out.write(f"enum {{ WORD_SLOTS = {size}, FAMILY_ROW_FIRST = {family_row_first} }};\n\n")
        out.write("static const struct word_row word_rows[] = {\n")
        for word, r in table:
            numbers = lambda rows: ", ".join(str(n) for n in rows) or "0"
            out.write(f'    {{ SLICE_INIT("{word}"), {" | ".join(sorted(r["classes"])) or 0}, {r["short"]}, {r["synonym"]}, {len(r["of_short"])}, '
                      f'{len(r["nicknames"])}, {{ {numbers(r["of_short"])} }}, {{ {numbers(r["nicknames"])} }}, '
                      f'{{ {numbers(r["last_of"])} }}, {{ {numbers(r["first_of"])} }} }},\n')
        for name, groups in (("forms_at_end", FORMS_AT_END), ("forms_at_front", FORMS_AT_FRONT)):
            out.write(f"}};\n\nstatic const struct slice {name}[] = {{\n")
            for form in sum(groups.values(), []):
                out.write(f'    SLICE_INIT("{form}"),\n')
        out.write("};\n\nstatic const uint16_t word_slots[WORD_SLOTS] = {\n")
        for at in range(0, size, 16):
            out.write("    " + " ".join(f"{n}," for n in slots[at:at + 16]) + "\n")
        out.write("};\n")


if __name__ == "__main__":
    main()
