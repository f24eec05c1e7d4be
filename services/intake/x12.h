/* intake/x12.h: what the parts of the X12 reader share: the document as its survey found it, and the state of reading.
 *
 * The survey (x12_envelope.c) reads everything and keeps a verdict for each interchange, group and set; lines
 * (x12_lines.c) are read again from the accepted sets; answers (ack.c) are written from the verdicts. */
#ifndef INTAKE_X12_H
#define INTAKE_X12_H

#include "intake/reader.h"
#include "intake/x12_codes.h"
#include "intake/x12_sets.h"

enum {
    X12_FAULTS_MAX = 5,
    X12_INTERCHANGES_MAX = 1000,
    X12_GROUPS_MAX = 99999,
    X12_SETS_MAX = 1000000,
    X12_SET_LINES_MAX = 1000000
};

/* Codes of AK502 … AK506 or AK905 … AK909, as issues; more than five are not listed. */
struct x12_faults { uint16_t codes[X12_FAULTS_MAX]; uint8_t count; };

struct x12_interchange {
    uint64_t              begin, end;
    struct x12_delimiters delimiters;
    char                  isa[ISA_BYTES];           /* unwrapped; blanks where it was short */
    uint32_t              wrap_width;               /* 0: not wrapped */
    uint16_t              fault, remark;            /* issues: why it was refused; a warning with a code of TA1 */
    bool                  is_test, wants_ta1;
    uint32_t              group_first, group_count;
};

struct x12_group {
    uint64_t          begin, end;
    char              type[3], number[10], version[13], sender[16], receiver[16];  /* GS01, 06, 08, 02, 03 */
    struct x12_faults faults;
    uint32_t          claimed;                      /* GE01 */
    uint32_t          interchange, set_first, set_count;
    enum x12_version  generation;
    uint8_t           reading;                      /* of the document's: whose profile reads it */
    bool              is_numbered;                  /* GS06 can be named in an answer */
};

enum x12_effect { X12_POSTS, X12_ACKNOWLEDGES, X12_CANCELS, X12_REPLACES, X12_CHANGES, X12_RESUBMITS };

struct x12_set {
    uint64_t                   begin, end;          /* ST to after SE */
    const struct x12_set_kind *kind;                /* NULL: not read */
    char                       id[4], number[10], guide[36];
    struct x12_faults          faults;
    uint64_t                   report, target;      /* x12_reports.c: whose lines it posts, which one it corrects */
    uint32_t                   group;
    uint8_t                    effect;
    bool                       is_shared;           /* another set is about that report */
    bool                       has_segment_errors, has_remarks;    /* AK3 of an error, of a warning or refused line */
    bool                       is_lost;             /* with its group or interchange */
};

/* Accepted: its lines are posted. */
static inline bool x12_set_is_accepted(const struct x12_set *s)
{
    return s->faults.count == 0 && !s->has_segment_errors && !s->is_lost;
}

/* A cancel, replace or change. */
static inline bool x12_undoes(const struct x12_set *s)
{
    return s->effect == X12_CANCELS || s->effect == X12_REPLACES || s->effect == X12_CHANGES;
}

/* Where a cell of a line stands: index of draft_cell.at. */
struct x12_place { uint64_t offset; uint32_t position; uint32_t key; struct slice loop; };
enum {
    X12_PLACES_MAX = 768,
    X12_SCRATCH_BYTES = 16 << 10,
    X12_QUALIFIERS_MAX = 96,
    X12_MOVE_SERIALS_MAX = 120, /* 20 REF of a PTD and 20 of each of its 5 parties */
    X12_MAPPING_SLOTS = 61,
    X12_ACTIVITIES_SAID = 16,
    X12_PRICES_MAX = 12, /* UIT of a QTY loop */
    X12_CORRECTIONS_MAX = 1000,
    X12_PARTNER_BYTES = 256
};

/* Control numbers seen, by hash. */
struct x12_numbers { uint64_t *hashes; uint32_t capacity, count; };

/* UIT01 of a price, a composite; and where the price went. */
struct x12_price_unit { struct draft_cell unit; enum slot slot; };

/* Cells of a header or of a movement, to be inherited by its lines. */
struct x12_scope_cells {
    struct draft draft;
    uint8_t      ranks[SLOT_COUNT];
    uint32_t     qualifiers[X12_QUALIFIERS_MAX];    /* segment and qualifier of a loop: repeated ones are warned */
    unsigned     qualifier_count;
    char         scratch[X12_SCRATCH_BYTES];        /* texts that had to be rewritten */
    size_t       scratch_used;
    bool is_full, is_cut; /* a text did not fit: its lines are refused; an extra: it stays behind */
};

/* A rule of mapping: the qualifier of a segment in a set names a slot; the lower rank wins. */
struct x12_mapping { uint32_t set, segment, qualifier; uint16_t slot; uint8_t rank; };

struct x12_mappings {
    struct x12_mapping *rows;
    unsigned            count;
    uint16_t            from[X12_MAPPING_SLOTS];    /* the first of a segment, by its key */
};

/* What a profile makes of the tables of the page. */
struct x12_view { struct x12_limits *limits; struct x12_mappings mappings; };

/* All that the survey found. */
struct x12_all {
    struct x12_interchange *interchanges;
    struct x12_group       *groups;
    struct x12_set         *sets;
    uint32_t interchange_count, group_count, set_count, interchange_capacity, group_capacity, set_capacity;
};

/* What the survey said already: once an interchange, a set, a document. */
struct x12_told { bool padding, trailing, early_lin, contact; char activities[X12_ACTIVITIES_SAID][3]; };

/* What the survey counts in a set. */
struct x12_counted { uint64_t lines, loops, details; __int128 hash; };     /* hash: 1e-6 */

/* The report of a set is that of its header party, which stands after the segment that names it. own: whose lines the
 * set posts; number: what it is asked about, the one that it corrects, if it does. */
struct x12_question { uint64_t offset; uint32_t position; char segment[4], own[96], number[96]; bool waits; };

/* A report that sets of the document correct, or send again. */
struct x12_corrected { uint64_t report; uint32_t count; bool is_posted; };

/* The survey's: whose report the set at work is, and which reports the document corrects. */
struct x12_reports {
    struct x12_question  asked;
    char                 reporter[X12_PARTNER_BYTES];
    struct x12_corrected corrected[X12_CORRECTIONS_MAX];
    unsigned             corrected_count;
};

/* A LIN before its QTY. */
struct x12_early_lin {
    struct x12_segment lin;
    uint32_t           position;
    bool               waits, was_taken;            /* was_taken: by the QTY at work */
};

/* Places of the line at work: first those of its header, then those of its movement. */
struct x12_places { unsigned count, of_head, of_move; struct x12_place items[X12_PLACES_MAX]; };

/* REF01 or AMT03 that hints at a return. */
struct x12_hint { struct draft_cell cell; bool is_there; };

/* Elements that say what a movement or a quantity is: PTD01, PTD06, QTY01. */
enum x12_mark { X12_MARK_MOVEMENT, X12_MARK_TRANSFER, X12_MARK_QUANTITY, X12_MARK_COUNT };

/* What is known of the set whose lines are read. */
struct x12_in_set {
    uint32_t     key;
    struct slice report_id, claim_type, multiplier; /* claim_type: BAA02 */
    bool         has_partner, begins_undoing, is_undoing;
};

/* Of its movement: a PTD, CON or LIN. */
struct x12_in_move {
    struct x12_marks  marks;
    struct draft_cell mark_cells[X12_MARK_COUNT];
    struct slice      multiplier, contract_qualifier;      /* contract_qualifier: CON01 */
    struct x12_hint   hint;
    bool              is_open, has_lines, has_st;
    unsigned          parties_taken;                /* bits of enum x12_party */
    uint64_t          product_offset;               /* of the LIN of an 852 */
};

/* Of the line. */
struct x12_in_line {
    uint64_t          offset;
    unsigned          place;
    struct x12_marks  marks;
    struct slice      multiplier;
    struct x12_hint   hint;
    bool              is_open, is_sii;
    struct draft_cell qty_unit;                     /* QTY03, a composite */
    unsigned          price_unit_count;
};

/* The N1 loop at work. */
struct x12_n1 {
    enum x12_party      role;
    enum slot           slot;                       /* where its cells go; SLOT_NONE: another came before */
    struct draft_party *customer;                   /* of an agreement */
    struct draft_cell   cells[PARTY_PART_COUNT];    /* for the SII below it */
};

/* Stock of an 852. */
struct x12_stock {
    bool     has_on_hand, counts;                   /* its LIN states it; the ZA at work is what counts */
    unsigned at;                                    /* element of the next pair of the SDQ at work, 0 none */
    char     date[9];                               /* of the ZA at work; empty: it has none of its own */
};

struct x12 {
    struct reader             base;
    struct x12_view          *views;                /* one a reading of the document */
    const struct x12_view    *view;                 /* at work */

    /* Survey */
    struct x12_sets          *kinds;
    struct x12_all            all;
    struct x12_numbers        set_numbers, group_numbers;      /* of the group, of the interchange at work */
    struct x12_told           told;
    struct x12_counted        counted;
    struct x12_reports        reports;

    /* Where it stands */
    struct x12_tokens         tokens;
    struct x12_segment        segment;
    uint32_t                  position;
    bool                      has_segment;          /* it is to be taken again */
    struct x12_early_lin      early;
    struct x12_cursor         cursor;
    struct x12_interchange   *interchange;
    struct x12_group         *group;
    struct x12_set           *set;
    char                      flat[2][X12_SEGMENT_BYTES_MAX];

    /* Lines */
    uint32_t                  next_set, ordinal;    /* ordinal of the line in the document */
    char                      ordinal_text[12];
    struct x12_scope_cells    head, move, line;
    struct draft_cell         move_serials[X12_MOVE_SERIALS_MAX];
    struct x12_places         places;
    struct x12_in_set         in_set;
    struct x12_in_move        in_move;
    struct x12_in_line        in_line;
    struct x12_price_unit     price_units[X12_PRICES_MAX];
    struct x12_n1             n1;
    struct x12_stock          stock;
    struct issues            *issues;               /* of the line at work */
};

/* An element of a segment, empty when it has none of that number. */
static inline struct slice x12_element(const struct x12_segment *s, unsigned element)
{
    return element <= s->count ? s->elements[element] : (struct slice){ 0 };
}

/* The set at work has that number. */
static inline bool x12_is_set(const struct x12 *x, const char *id)
{
    return memcmp(x->set->id, id, sizeof x->set->id) == 0;
}

static inline struct x12 *x12_of(struct reader *r)
{
    return (struct x12 *)r;
}

/* Survey: fills interchanges, groups and sets. */
enum survey x12_survey(struct reader *r);

/* A BPT, BAA or BPA, which names the report of its set. */
static inline bool x12_names_report(const struct x12_segment *s)
{
    return s->key == X12_KEY('B', 'P', 'T') || s->key == X12_KEY('B', 'A', 'A') || s->key == X12_KEY('B', 'P', 'A');
}

/* The number of the report that it begins, and of the one that it corrects (feeds.md 5.5, 6). */
struct slice x12_report_of(const struct x12_segment *s);
struct slice x12_target_of(const struct x12_segment *s);

/* The partner on file that a N1 of a header names as its reporter; empty: it names none. */
struct slice x12_reporter_of(const struct x12 *x, const struct x12_segment *n1);

/* One line, or what is none. */
enum reader_step x12_next(struct reader *r, struct draft *d, struct issues *issues);
void x12_rewind(struct reader *r);

/* What typing found in the line: its set is answered E (feeds.md 5.2). */
void x12_judged(struct reader *r, const struct issues *issues);

/* The mappings of the page after those of the profile. */
void x12_mappings_read(struct arena *a, const struct profile_x12 *profile, struct x12_mappings *out);
uint32_t x12_qualifier(struct slice code);
const struct x12_mapping *x12_mapping_find(const struct x12 *x, uint32_t set, uint32_t segment, uint32_t qualifier);

/* The kind that the profile's values give a code of an element, as QTY01:61; KIND_UNSPECIFIED when none. */
enum kind x12_profile_kind(const struct mapping_profile *p, struct slice element, struct slice code);

/* What the line that was read last said of itself. */
void x12_echo(struct reader *r, uint64_t offset, struct reader_echo *echo);

/* The next set that was refused for itself, and why. What was lost with its group or interchange is not trusted so far
 * as to be answered by itself. */
bool x12_refused(struct reader *r, uint32_t *at, struct reader_echo *echo, struct issues *why);

/* From here on the profile of that reading is at work: 0 for an envelope, a group's own for what it holds. */
void x12_read_with(struct x12 *x, unsigned reading);

/* Where the elements of an ISA stand in it. */
struct x12_isa_place { uint8_t at, width; };
extern const struct x12_isa_place x12_isa_places[ISA_ELEMENTS + 1];

/* An ISA element, blanks off on the right. */
struct slice x12_isa_element(const struct x12_interchange *i, unsigned element);

/* Starts the tokens of an interchange at one of its segments. */
void x12_tokens_of(struct x12 *x, const struct x12_interchange *i, uint64_t at);

/* An AK3 can say it: what a line lacks altogether has no segment and no element, and is told by receipt and 849. */
bool x12_is_answered(const struct issue *i);

/* A LIN that is not the one of the QTY before it, which has its own or had one in front. */
bool x12_is_early_lin(const struct x12 *x);

#endif
