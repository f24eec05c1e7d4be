/* intake/issue.h: what is wrong with a document, a line or a place of it (feeds.md 12, issues.def). */
#ifndef INTAKE_ISSUE_H
#define INTAKE_ISSUE_H

#include "domain/reason.h"

enum issue_code {
    ISSUE_NONE = 0,
#define ISSUE(name, number, severity, level, ak, reason, sentence, fix) ISSUE_##name,
#define FAULT(name, reason, severity, level, ak, sentence, fix) ISSUE_##name,
#include "intake/issues.def"
#undef ISSUE
#undef FAULT
    ISSUE_COUNT
};

enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

enum issue_level {
    LEVEL_INTERCHANGE, LEVEL_GROUP, LEVEL_SET, LEVEL_SEGMENT, LEVEL_ELEMENT, LEVEL_FILE, LEVEL_ROW, LEVEL_CELL,
    LEVEL_RECORD, LEVEL_FIELD,
};

/* Codes of the X12 acknowledgement, empty where none is given (feeds.md 5.2). */
struct x12_codes { const char *ta1, *ak9, *ak5, *ak3, *ak4; };

/* Where something stands. Absent numbers are 0, absent texts empty; `offset` always counts. */
struct where {
    uint64_t     offset;                            /* bytes in the document as sent */
    uint32_t     row, column;                       /* 1-based; text and sheets */
    struct slice column_name, sheet, pointer;       /* pointer: RFC 6901 */
    struct slice icn, gcn, tscn, segment, loop;
    uint32_t     position, element, component, repetition;     /* of the segment in its set (ST = 1), 1-based */
};

enum { ISSUE_ARGUMENTS_MAX = 4, ISSUE_VALUE_MAX = 64, ISSUES_MAX = 500 };

struct issue {
    enum issue_code code;
    enum severity   severity;                       /* the list's, unless tolerance or profile says otherwise */
    struct slice    field;                          /* name in text, empty when none */
    struct slice    value;                          /* printable, at most 64 bytes, masked */
    struct pair     arguments[ISSUE_ARGUMENTS_MAX];
    unsigned        argument_count;
    struct where    where;
};

/* A list in an arena. At most `limit` are kept, of each code that was met one at least; the others are counted by
 * code. */
struct issues {
    struct arena *arena;
    struct issue *items;
    unsigned      count, capacity, limit;
    unsigned      errors, warnings;                 /* counted, kept or not */
    uint32_t      dropped[ISSUE_COUNT];
    bool          truncated;
};

/* Empty, in the arena; at most `limit` of them are kept. */
void issues_init(struct issues *list, struct arena *a, unsigned limit);

/* Adds an issue with the severity of its row; the pointer is valid until the next call and never NULL. */
struct issue *issues_add(struct issues *list, enum issue_code code);

/* The next of that code will be kept, not only counted. */
bool issues_keep(const struct issues *list, enum issue_code code);

/* Makes a warning just added an error: a strict submitter asked for it. */
void issues_raise(struct issues *list, struct issue *i);

/* Copies an issue with its texts into another list (from a line's arena to its document's). */
void issues_copy(struct issues *list, const struct issue *i);

/* Reasons that its errors lead to, each once, in order of precedence: how many. */
unsigned issues_reasons(const struct issues *list, enum reason_code reasons[ISSUES_MAX]);

/* True when the list holds or counted that code. */
bool issues_has(const struct issues *list, enum issue_code code);

/* A value for people: controls and broken UTF-8 shown as `.`, at most 64 bytes, cut at a character. In the arena. */
struct slice issue_value(struct arena *a, struct slice raw);

/* Fills a brace of its sentence; both are borrowed. */
void issue_argument(struct issue *i, struct slice name, struct slice value);

struct slice issue_name(enum issue_code code);      /* that of the reason for a FAULT */
/* What issues.def has of a code. */
uint32_t issue_number(enum issue_code code);
enum reason_code issue_reason(enum issue_code code);    /* REASON_NONE when it leads to none */
enum severity issue_severity(enum issue_code code);
struct x12_codes issue_x12(enum issue_code code);

/* It tells of what no line tells: an error for which a set or more of a document was left out, or a warning that rows,
 * sheets or bytes of it were, or that it may not be whole. */
bool issue_stands_alone(const struct issue *i);

/* One of them is such an error: of a document of which the rest was posted, something was refused. */
bool issues_leave_out(const struct issues *list);

/* The sentence and what to do, with their braces filled; words stand in for what is absent (base/sentence.h). */
void issue_put_sentence(struct text *t, const struct issue *i);
void issue_put_fix(struct text *t, const struct issue *i);

/* The same for people (surfaces.md 2.4), four lines at most, each with a line feed. `file` may be empty. */
void issue_put_human(struct text *t, struct slice file, const struct issue *i);

struct json_out;

/* The one error object of feeds.md 12. */
void issue_put_json(struct json_out *out, const struct issue *i);
/* A member of that name: those of one severity. */
void issues_put_json(struct json_out *out, struct slice name, const struct issues *list, enum severity severity);
/* A list: of each code and field of that severity the first, at most `most`. */
void issues_put_once(struct json_out *out, const struct issues *list, enum severity severity, unsigned most);

#endif
