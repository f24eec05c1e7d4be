/* Which documents make a report, of whom (feeds.md 6). */
#include "intake/reports.h"

#include "support/table.h"

enum { ROWS_MAX = 16 };

struct shelf_row { struct hash128 partner; struct slice number; struct intake_report row; };
struct shelf { struct shelf_row rows[ROWS_MAX]; unsigned count; };

static struct shelf_row *row_at(struct shelf *s, const struct hash128 *partner, struct slice number)
{
    for (unsigned k = 0; k < s->count; k++)
        if (memcmp(&s->rows[k].partner, partner, sizeof *partner) == 0 && slice_equal(s->rows[k].number, number))
            return &s->rows[k];
    return NULL;
}

static enum err get(void *context, const struct hash128 *partner, struct slice number, struct intake_report *row,
                    bool *found)
{
    const struct shelf_row *at = row_at(context, partner, number);
    *found = at != NULL;
    *row = at ? at->row : (struct intake_report){ 0 };
    return OK;
}

static enum err put(void *context, const struct hash128 *partner, struct slice number, const struct intake_report *row)
{
    struct shelf *s = context;
    struct shelf_row *at = row_at(s, partner, number);
    if (!at) { CHECK(s->count < ROWS_MAX); at = &s->rows[s->count++]; }
    *at = (struct shelf_row){ *partner, number, *row };
    return OK;
}

/* N: it names N; :NM it names nobody, its lines are of N and M; a digit after is its report's number, else 1. */
static struct report_ref ref_of(struct slice text)
{
    struct report_ref ref = { .number = SLICE("1") };
    bool names = text.size > 0 && text.bytes[0] != ':';
    for (size_t k = 0; k < text.size; k++) {
        struct slice one = slice_of(text.bytes + k, 1);
        if (*one.bytes >= '0' && *one.bytes <= '9') ref.number = one;
        else if (*one.bytes != ':' && names) ref.partner = hash_bytes(one);
        else if (*one.bytes != ':') reader_ref_add(&ref, one);
    }
    return ref;
}

/* A+N: document A posts; B=N it replaces, B=N>2 under the number 2; C-N it cancels. */
static void act(struct shelf *s, struct slice step)
{
    struct report_rows rows = { s, get, put };
    uint8_t id[SHA256_BYTES] = { (uint8_t)step.bytes[0] };
    struct slice of = slice_skip(step, 2), own = { 0 };
    struct slice target = slice_cut(&of, '>');
    struct report_ref ref = ref_of(target);
    own = of.size > 0 ? of : ref.number;
    struct reported by = { .number = own, .partner = ref.partner, .document_id = id };
    if (step.bytes[1] == '-') CHECK_INT(reports_undo(&rows, &by, &ref, PURPOSE_CANCEL), OK);
    else if (step.bytes[1] == '=') CHECK_INT(reports_undo(&rows, &by, &ref, PURPOSE_REPLACE), OK);
    else if (ref.other_count == 0) CHECK_INT(reports_post(&rows, &by), OK);
    for (unsigned k = 0; step.bytes[1] == '+' && k < ref.other_count; k++) {
        by.of_lines = ref.others[k];
        CHECK_INT(reports_post(&rows, &by), OK);
    }
}

static struct slice found_of(struct shelf *s, struct slice asked)
{
    static const char *const names[] = { "UNKNOWN", "POSTED", "CANCELLED", "SEVERAL", "TOO_LONG", "LOST" };
    struct report_rows rows = { s, get, put };
    struct report_ref ref = ref_of(asked);
    struct report_found f;
    CHECK_INT(reports_find(&rows, &ref, &f), OK);
    struct text t = text_in(test_arena(), 256);
    text_put(&t, slice_from(names[f.standing]));
    if (f.standing != TARGET_POSTED) return text_slice(&t);
    PUT(&t, " ");
    for (unsigned k = 0; k < f.row.document_count; k++)
        if (f.is_part[k]) text_put_byte(&t, (char)f.row.documents[k][0]);
    static const char partners[] = "NM";
    for (const char *p = partners; *p; p++) {
        struct hash128 hash = hash_bytes(slice_of(p, 1));
        if (memcmp(&hash, &f.of_lines, sizeof hash) == 0) { PUT(&t, " of "); text_put_byte(&t, *p); }
    }
    return text_slice(&t);
}

TEST(a_report_is_told_by_its_number_and_by_whom_its_documents_name)
{
    struct table t = TABLE(
        "on_file                 asks | found",
        "-                       N    | UNKNOWN",
        "A+N                     N    | POSTED A of N",
        "A+N                     M    | UNKNOWN",
        "A+N                     N2   | UNKNOWN",
        "A+N,B+M                 N    | POSTED A of N",
        "A+N,B+M                 M    | POSTED B of M",
        "A+N,B+N                 N    | POSTED AB of N",
        "A+N,B+M,C-N             N    | CANCELLED",     /* one partner's cancel is not the other's */
        "A+N,B+M,C-N             M    | POSTED B of M",
        "A+N,C-N,D+N             N    | POSTED D of N", /* it starts over */
        "A+N,C-N,C=N             N    | POSTED C of N", /* two sets of one interchange: what the second posts stands */
        "A+N,B=N                 N    | POSTED AB of N",
        "A+N,B=N>2               N2   | POSTED AB of N",
        "A+N,B=N>2,C=N2          N    | POSTED ABC of N",
        "A+N,B+N2,C=N>2          N2   | POSTED B of N", /* 2 was a report of its own */
        "A+N                     :N   | POSTED A of N", /* who names nobody is found by his lines */
        "A+N                     :M   | UNKNOWN",
        "A+N,B+M                 :NM  | SEVERAL",
        "A+N,B+M,C-N             :NM  | POSTED B of M",
        "A+:N                    :N   | POSTED A",
        "A+:N                    :    | POSTED A",
        "A+:N                    :NM  | POSTED A",      /* a row went over to M */
        "A+:N,B+:M               :N   | POSTED A",
        "A+:N,B+:M               :NM  | POSTED AB",
        "A+:N,B+:M               :    | SEVERAL",
        "A+:NM                   :N   | POSTED A",      /* one document of both is one report */
        "A+:NM,B+:N              :N   | POSTED AB",
        "A+:N,B=:NM              :N   | POSTED AB",
        "A+:N,B+:M,C-:N          :N   | CANCELLED",
        "A+:N,B+:M,C-:N          :M   | POSTED B",
        "A+:N,C-:N               :N   | CANCELLED",
        "A+:N,C-:N,C=:N          :N   | POSTED C",
        "A+:N                    N    | POSTED A of N", /* it is named later on */
        "A+:N                    M    | UNKNOWN",
        "A+:NM                   N    | POSTED A of N",
        "A+:NM,C-N               N    | POSTED AC of N",/* its lines are taken back when C is read again */
        "A+:NM,C-N               M    | POSTED A of M",
        "A+:N,B+:M,C-N           N    | CANCELLED",
        "A+:N,B+:M,C-N           :M   | POSTED B",
        "A+:N                    :M   | UNKNOWN",
        "A+:N,B=N                :N   | POSTED AB",
        "A+:N,B+N                N    | POSTED AB of N",
        "A+:N,B+N                :N   | POSTED AB",
        "A+:N,B=N,C+N            N    | POSTED ABC of N",
        "A+:M,B+N                N    | POSTED B of N",
        "A+:NM,B+N               M    | POSTED A of M",
        "A+:N,C-N,B+N            N    | POSTED B of N",
        "A+N                     :    | POSTED A of N", /* who names nobody and has no lines means the only one */
        "A+N,B+M                 :    | SEVERAL",
        "A+N,B+:M                :    | SEVERAL",
        "A+:NM,B+:M              :N   | POSTED A",
        "A+:NM,B+:M              :M   | POSTED AB",
        "A+:NM,B+:M              :    | SEVERAL",
        "A+:NM                   :    | POSTED A");
    while (table_next(&t)) {
        struct shelf *s = ARENA_NEW(test_arena(), struct shelf);
        struct slice steps = cell(&t, "on_file");
        while (steps.size > 0) {
            struct slice step = slice_cut(&steps, ',');
            if (step.size > 1) act(s, step);
        }
        CHECK_CELL(&t, "found", found_of(s, cell(&t, "asks")));
    }
}

/* Of a report of more documents than a row names nothing is half undone. */
TEST(a_report_of_64_documents_is_too_long)
{
    struct shelf *s = ARENA_NEW(test_arena(), struct shelf);
    char step[] = "0+N";
    for (unsigned k = 0; k < INTAKE_CHAIN_MAX; k++) {
        step[0] = (char)(1 + k);
        CHECK(slice_starts_with(found_of(s, SLICE("N")), k ? SLICE("POSTED ") : SLICE("UNKNOWN")));
        act(s, slice_of(step, 3));
    }
    CHECK_TEXT(found_of(s, SLICE("N")), "TOO_LONG");
}
