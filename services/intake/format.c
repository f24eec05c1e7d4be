/* intake/format.c: signatures. */
#include "intake/format.h"

#include "base/assert.h"
#include "intake/x12_tokens.h"

enum { NARROW_BYTES = 128 };

static struct format_finding refused(enum issue_code code, struct slice name, struct slice instead)
{
    return (struct format_finding){ FORMAT_REFUSED, code, name, instead };
}

static struct slice without_blanks(struct slice s)
{
    if (slice_starts_with(s, SLICE("\xef\xbb\xbf"))) s = slice_skip(s, 3);
    while (s.size > 0 && memchr(" \t\r\n", s.bytes[0], 4)) s = slice_skip(s, 1);
    return s;
}

static bool starts_nocase(struct slice s, struct slice word)
{
    return s.size >= word.size && slice_equal_nocase(slice_head(s, word.size), word);
}

/* ISA and a separator that is met again: a broken envelope is X12 too, and answered as such. Line breaks inside (a
 * wrapped file) do not count. */
static bool begins_as_isa(struct slice s)
{
    char flat[ISA_BYTES];
    size_t size = 0, separators = 0;
    for (size_t i = 0; i < s.size && size < ISA_BYTES; i++)
        if (s.bytes[i] != '\r' && s.bytes[i] != '\n') flat[size++] = s.bytes[i];
    if (size < 4 || memcmp(flat, "ISA", 3) != 0) return false;
    char separator = flat[3];
    bool is_word = (separator >= 'A' && separator <= 'Z') || (separator >= 'a' && separator <= 'z')
                   || (separator >= '0' && separator <= '9');
    if (is_word || separator == ',' || separator == ';' || separator == '"' || (unsigned char)separator >= 0x80)
        return false;
    for (size_t i = 0; i < size; i++) separators += flat[i] == separator;
    return separators >= (separator == '*' ? 1 : 4);
}

/* X12 may have other bytes in front of the first ISA; one with its separators in place is one whatever they are. */
static bool has_isa(struct slice head)
{
    if (x12_is_isa(head, x12_first_isa(head), NULL) && x12_first_isa(head) <= X12_LEADING_BYTES_MAX) return true;
    for (size_t at = 0; at + 4 < head.size && at < X12_LEADING_BYTES_MAX; at++) {
        bool begins =
            at == 0 || memchr("\r\n~'!|^]", head.bytes[at - 1], 8) || (unsigned char)head.bytes[at - 1] >= 0x80;
        if (begins && head.bytes[at] == 'I' && begins_as_isa(slice_skip(head, at))) return true;
    }
    return false;
}

/* What two bytes a character say in UTF-16, as far as it is ASCII; empty: they say nothing. */
static struct slice narrowed(struct slice head, char room[static NARROW_BYTES])
{
    size_t size = 0,
           from = slice_starts_with(head, SLICE("\xff\xfe")) || slice_starts_with(head, SLICE("\xfe\xff")) ? 2 : 0;
    if (head.size < from + 2) return (struct slice){ 0 };
    size_t ascii = from + (head.bytes[from] == 0 ? 1 : 0), zero = ascii ^ 1;
    for (; ascii < head.size && zero < head.size && size < NARROW_BYTES; ascii += 2, zero += 2) {
        if (head.bytes[zero] != 0 || head.bytes[ascii] == 0) break;
        room[size++] = head.bytes[ascii];
    }
    return slice_of(room, size);
}

/* Text in UTF-16 is read as such; X12 and JSON are not. */
static bool is_wide(struct slice head, struct format_finding *finding)
{
    char room[NARROW_BYTES];
    struct slice s = without_blanks(narrowed(head, room));
    if (s.size < 4) return false;
    struct slice name = begins_as_isa(s) ? SLICE("X12 in UTF-16")
                        : s.bytes[0] == '{' || s.bytes[0] == '[' ? SLICE("JSON in UTF-16") : (struct slice){ 0 };
    if (name.size == 0) return false;
    *finding = refused(ISSUE_FORMAT_UNSUPPORTED, name, SLICE("it in UTF-8"));
    return true;
}

/* An encrypted XLSX is an OLE file with a stream of this name, in UTF-16. */
static bool is_encrypted(struct slice ole)
{
    static const struct slice stream = SLICE_INIT("E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k");
    for (size_t i = 0; i + stream.size < ole.size; i++)
        if (slice_starts_with(slice_skip(ole, i), stream)) return true;
    return false;
}

static bool is_html(struct slice s)
{
    return starts_nocase(s, SLICE("<!doctype html")) || starts_nocase(s, SLICE("<html"))
           || starts_nocase(s, SLICE("<table"));
}

/* What a document is that begins with these bytes. */
struct signature { struct slice begins; struct format_finding finding; };

#define TYPED_INSTEAD SLICE_INIT("X12 867, 844, 845 or 852, or CSV")
#define UNREAD(name, instead) { FORMAT_REFUSED, ISSUE_FORMAT_UNSUPPORTED, name, instead }
static const struct signature binary_signatures[] = {
    { SLICE_INIT("PK\x03\x04"), { .format = FORMAT_WORKBOOK } },
    { SLICE_INIT("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), { FORMAT_REFUSED, .refusal = ISSUE_XLS_UNSUPPORTED } },
    { SLICE_INIT("\x1f\x8b"), UNREAD(SLICE_INIT("A compressed file"), SLICE_INIT("it inflated")) },
};

/* After blanks. */
static const struct signature text_signatures[] = {
    { SLICE_INIT("%PDF-"), UNREAD(SLICE_INIT("PDF"), SLICE_INIT("CSV, XLSX or X12")) },
    { SLICE_INIT("<"), UNREAD(SLICE_INIT("XML"), TYPED_INSTEAD) },
    { SLICE_INIT("UNA"), UNREAD(SLICE_INIT("UN/EDIFACT"), TYPED_INSTEAD) },
    { SLICE_INIT("UNB+"), UNREAD(SLICE_INIT("UN/EDIFACT"), TYPED_INSTEAD) },
    { SLICE_INIT("STX="), UNREAD(SLICE_INIT("TRADACOMS"), TYPED_INSTEAD) },
    { SLICE_INIT("{"), { .format = FORMAT_JSON } },
    { SLICE_INIT("["), { .format = FORMAT_JSON } },
};
#undef UNREAD
#undef TYPED_INSTEAD

static bool is_signed(struct slice s, const struct signature *signatures, size_t count, struct format_finding *finding)
{
    for (size_t k = 0; k < count; k++) {
        if (!slice_starts_with(s, signatures[k].begins)) continue;
        *finding = signatures[k].finding;
        return true;
    }
    return false;
}

struct format_finding format_of(struct slice head)
{
    struct format_finding finding;
    struct slice s = without_blanks(head);
    if (is_wide(head, &finding)) return finding;
    if (is_signed(head, binary_signatures, sizeof binary_signatures / sizeof *binary_signatures, &finding)) {
        if (finding.refusal == ISSUE_XLS_UNSUPPORTED && is_encrypted(head)) finding.refusal = ISSUE_WORKBOOK_ENCRYPTED;
        return finding;
    }
    if (is_html(s)) return refused(ISSUE_HTML_NOT_A_WORKBOOK, (struct slice){ 0 }, (struct slice){ 0 });
    if (is_signed(s, text_signatures, sizeof text_signatures / sizeof *text_signatures, &finding)) return finding;
    return (struct format_finding){ .format = begins_as_isa(s) || has_isa(head) ? FORMAT_X12 : FORMAT_TEXT };
}

static bool ends_nocase(struct slice s, struct slice ending)
{
    return s.size > ending.size && slice_equal_nocase(slice_skip(s, s.size - ending.size), ending);
}

enum format format_named(struct slice file_name)
{
    static const struct { struct slice ending; enum format format; } endings[] = {
        { SLICE_INIT(".xlsx"), FORMAT_WORKBOOK }, { SLICE_INIT(".xlsm"), FORMAT_WORKBOOK },
        { SLICE_INIT(".json"), FORMAT_JSON },     { SLICE_INIT(".ndjson"), FORMAT_JSON },
        { SLICE_INIT(".jsonl"), FORMAT_JSON },    { SLICE_INIT(".x12"), FORMAT_X12 },
        { SLICE_INIT(".csv"), FORMAT_TEXT },      { SLICE_INIT(".tsv"), FORMAT_TEXT },
    };
    struct slice gzip = SLICE(".gz");
    if (ends_nocase(file_name, gzip)) file_name = slice_head(file_name, file_name.size - gzip.size);
    for (unsigned k = 0; k < sizeof endings / sizeof *endings; k++)
        if (ends_nocase(file_name, endings[k].ending)) return endings[k].format;
    return FORMAT_REFUSED;
}

struct slice format_title(enum format format)
{
    static const struct slice titles[] = {
        [FORMAT_TEXT] = SLICE_INIT("delimited text"), [FORMAT_JSON] = SLICE_INIT("JSON"),
        [FORMAT_X12] = SLICE_INIT("X12"),             [FORMAT_WORKBOOK] = SLICE_INIT("a workbook"),
    };
    ASSERT(format != FORMAT_REFUSED);
    return titles[format];
}
