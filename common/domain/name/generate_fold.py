#!/usr/bin/env python3
"""Writes the tables of name folding and of invoice keys as C, at build time only (screening.md 6.1, domain.md 1.1).

    generate_fold.py FOLD_TABLE NFKC_TABLE

Names: one row per code point, from ICU's Any-Latin, Latin-ASCII, upper case (uconv of Debian icu-devtools), with rows of
our own for Cyrillic, because lists write ZH KH TS CH SH SHCH YU YA, and for
a few letters of Hebrew and Greek. A row is text over A-Z, 0-9 and blank, where blank
separates and the empty row vanishes. Invoice keys: what NFKC and upper case leave of A-Z and 0-9.
"""
import re
import subprocess
import sys
import unicodedata

LAST = 0x1FFFF
HANGUL_FIRST, HANGUL_LAST = 0xAC00, 0xD7A3
TRANSFORM = "Any-Latin; Latin-ASCII; Upper"

# Lower case; the upper-case letter has the same row. Ё as Е, because most Russian text writes it so.
CYRILLIC = dict(zip("абвгдезийклмнопрстуфыэ", "A B V G D E Z I Y K L M N O P R S T U F Y E".split()))
CYRILLIC.update({
    "ж": "ZH", "х": "KH", "ц": "TS", "ч": "CH", "ш": "SH", "щ": "SHCH", "ъ": "", "ь": "", "ю": "YU", "я": "YA", "ё": "E",
    "є": "YE", "і": "I", "ї": "YI", "ґ": "G", "ў": "U", "ђ": "DJ", "ѓ": "GJ", "ѕ": "DZ", "ј": "J", "љ": "LJ", "њ": "NJ",
    "ћ": "C", "ќ": "KJ", "џ": "DZH", "ә": "A", "ғ": "GH", "қ": "K", "ң": "NG", "ө": "O", "ұ": "U", "ү": "U", "һ": "H",
    "ҳ": "H", "ҷ": "J", "ӣ": "I", "ӯ": "U", "ҕ": "GH", "ҙ": "Z", "ҫ": "S", "ӑ": "A", "ӗ": "E", "ӳ": "U", "җ": "J", "ӏ": "",
})
# Letters of Hebrew that ICU writes without their sound, and eta, which is no E any more.
OTHERS = {"ש": "SH", "צ": "TS", "ץ": "TS", "η": "I"}
APOSTROPHES_AND_STOPS = set("'`´‘’‛′ʼʹ.。．․")


def points():
    for point in range(0x80, LAST + 1):
        if HANGUL_FIRST <= point <= HANGUL_LAST or unicodedata.category(chr(point)) in ("Cn", "Cs", "Co", "Cc"):
            continue
        yield point


def transliterate(texts):
    joined = "\n".join(texts) + "\n"
    result = subprocess.run(["uconv", "-f", "UTF-8", "-t", "UTF-8", "-x", TRANSFORM],
                            input=joined.encode(), stdout=subprocess.PIPE, check=True)
    lines = result.stdout.decode().split("\n")
    if len(lines) != len(texts) + 1:
        sys.exit("generate_fold.py: uconv gave %d lines for %d" % (len(lines), len(texts)))
    return lines[:-1]


def plain(text):
    """What is left of a transliteration: letters, digits and single blanks that separate."""
    out = []
    for letter in text:
        if re.match("[A-Z0-9]", letter):
            out.append(letter)
        elif letter in APOSTROPHES_AND_STOPS or unicodedata.category(letter) in ("Lm", "Mn", "Me", "Cf"):
            continue
        else:
            out.append(" AND " if letter in "&+" else " ")
    return re.sub(" +", " ", "".join(out))


def row_of(point, latin):
    letter = chr(point)
    own = CYRILLIC.get(letter.lower(), OTHERS.get(letter.lower()))
    category = unicodedata.category(letter)
    if own is not None:
        return own
    dressed = unicodedata.normalize("NFKC", letter)          # a letter or digit that is bold, circled, of another width
    if len(dressed) == 1 and re.match("[A-Za-z0-9]", dressed):
        return dressed.upper()
    if category == "Nd":
        return str(unicodedata.digit(letter))
    if letter in APOSTROPHES_AND_STOPS or category in ("Lm", "Cf"):
        return ""
    text = plain(latin)
    if category in ("Mn", "Mc", "Me") and not text.strip():
        return ""
    return text


def ascii_row(point):
    letter = chr(point)
    if point < 0x20 or point == 0x7F:
        return " "
    return plain(letter.upper())


def hangul_parts():
    """Initials, vowels and finals, each read off the syllables that show it alone."""
    syllable = lambda initial, vowel, final: chr(HANGUL_FIRST + (initial * 21 + vowel) * 28 + final)
    vowels = [plain(t) for t in transliterate([syllable(11, v, 0) for v in range(21)])]
    initials = [plain(t)[:-1] for t in transliterate([syllable(i, 0, 0) for i in range(19)])]
    finals = [plain(t)[1:] for t in transliterate([syllable(11, 0, f) for f in range(28)])]
    return initials, vowels, finals


def c_strings(name, texts):
    return "static const char *const %s[] = {\n%s};\n" % (name, "".join('    "%s",\n' % t for t in texts))


def two_levels(prefix, rows, default):
    """pages[point >> 8] is a page, rows[page][point & 255] a number of a text, offsets[number] its place in `texts`."""
    numbers, texts = {}, []

    def number(text):
        if text not in numbers:
            numbers[text] = len(texts)
            texts.append(text)
        return numbers[text]

    number(default)
    pages, unique, order = [], {}, []
    for high in range((LAST >> 8) + 1):
        page = tuple(number(rows.get(high << 8 | low, default)) for low in range(256))
        if page not in unique:
            unique[page] = len(order)
            order.append(page)
        pages.append(unique[page])
    offsets, pool = [0], ""
    for text in texts:
        pool += text
        offsets.append(len(pool))
    if len(texts) > 0xFFFF or len(pool) > 0xFFFF or len(order) > 0xFF:
        sys.exit("generate_fold.py: the tables of %s are too large" % prefix)

    def array(kind, name, values):
        lines = [", ".join(map(str, values[i:i + 24])) for i in range(0, len(values), 24)]
        return "static const %s %s_%s[] = {\n    %s\n};\n" % (kind, prefix, name, ",\n    ".join(lines))

    chunks = [pool[i:i + 100] for i in range(0, len(pool), 100)] or [""]
    return "".join([
        "enum { %s_LAST = 0x%X, %s_ROW_MAX = %d };\n" % (prefix.upper(), LAST, prefix.upper(), max(map(len, texts))),
        array("uint8_t", "pages", pages),
        "static const uint16_t %s_rows[][256] = {\n%s};\n" % (prefix, "".join(
            "    { %s },\n" % ",\n      ".join(", ".join(map(str, page[i:i + 24])) for i in range(0, 256, 24)) for page in order)),
        array("uint16_t", "offsets", offsets),
        "static const char %s_texts[] =\n%s;\n" % (prefix, "\n".join('    "%s"' % c for c in chunks)),
    ])


def fold_table():
    every = list(points())
    latin = transliterate([chr(p) for p in every])
    rows = {p: row_of(p, t) for p, t in zip(every, latin)}
    rows.update({p: ascii_row(p) for p in range(0x80)})
    initials, vowels, finals = hangul_parts()
    return "".join([
        "/* Generated by common/domain/name/generate_fold.py. */\n", two_levels("fold", rows, " "),
        "enum { FOLD_HANGUL_FIRST = 0x%X, FOLD_HANGUL_LAST = 0x%X };\n" % (HANGUL_FIRST, HANGUL_LAST),
        c_strings("fold_initials", initials), c_strings("fold_vowels", vowels), c_strings("fold_finals", finals)])


def nfkc_table():
    """Rows of what NFKC makes an ASCII letter or digit, and the pairs of letter and mark that it composes away."""
    rows, pairs = {}, set()
    for point in range(0x80, LAST + 1):
        if unicodedata.category(chr(point)) in ("Cn", "Cs", "Co"):
            continue
        kept = re.sub("[^A-Z0-9]", "", unicodedata.normalize("NFKC", chr(point)).upper())
        if kept:
            rows[point] = kept
        parts = unicodedata.normalize("NFD", chr(point))
        if len(parts) == 2 and parts[0].isascii() and parts[0].isalnum() and unicodedata.normalize("NFC", parts) == chr(point):
            pairs.add((ord(parts[1]), parts[0]))
    marks = sorted({mark for mark, _ in pairs})
    table = "".join("    { 0x%X, \"%s\" },\n" % (m, "".join(sorted(l for mark, l in pairs if mark == m))) for m in marks)
    return "".join([
        "/* Generated by common/domain/name/generate_fold.py. */\n", two_levels("nfkc", rows, ""),
        "static const struct { uint32_t mark; const char *letters; } nfkc_composed[] = {\n%s};\n" % table])


def main():
    fold_path, nfkc_path = sys.argv[1:3]
    for path, text in ((fold_path, fold_table()), (nfkc_path, nfkc_table())):
        with open(path, "w", encoding="ascii") as out:
            out.write(text)


main()
