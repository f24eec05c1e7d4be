/* claimctl/lines_filter.c: the filters of `lines list`. */
#include "claimctl/lines_filter.h"

#include "claimctl/command.h"
#include "claimctl/line_name.h"
#include "claimctl/moment.h"
#include "claimctl/option.h"

#include <stdio.h>

static int begin_reason(struct lines_filter *f)
{
    uint64_t number;
    f->reason_code = reason_find(f->reason);
    if (!f->reason_code && slice_to_uint(f->reason, 999, &number) && reason_is_known((unsigned)number))
        f->reason_code = (enum reason_code)number;
    if (f->reason_code) return EXIT_DONE;
    struct nearest near = nearest_to(f->reason);
    for (unsigned code = 1; code <= 999; code++)
        if (reason_is_known(code)) nearest_offer(&near, reason_name((enum reason_code)code));
    return nearest_refuse_word(&near, "claimctl help REASON tells of one", "%.*s is no reason", SLICE_ARGS(f->reason));
}

int lines_filter_begin(struct lines_filter *f, instant_ms now_unix_ms)
{
    struct moment m;
    for (unsigned i = 0; i < LINES_FILTER_NAMES; i++) f->near[i] = nearest_to(f->wanted[i]);
    if (f->since.size) {
        if (!moment_read(f->since, now_unix_ms, &m) || m.kind == MOMENT_OFFSET || m.kind == MOMENT_END)
            return option_usage("--since takes 30d, 2026-04-01, an instant, beginning");
        f->since_unix_ms = m.kind == MOMENT_INSTANT ? m.unix_ms : 0;
    }
    return f->reason.size ? begin_reason(f) : EXIT_DONE;
}

static bool is_of(struct lines_filter *f, enum lines_filter_name name, struct slice value)
{
    if (slice_is_empty(f->wanted[name])) return true;
    nearest_offer(&f->near[name], value);
    bool is_it = slice_equal(f->wanted[name], value);
    f->seen[name] |= is_it;
    return is_it;
}

static bool is_of_document(struct lines_filter *f, const struct receipt *receipt)
{
    struct slice wanted = f->wanted[LINES_FILTER_DOCUMENT];
    if (slice_is_empty(wanted)) return true;
    nearest_offer(&f->near[LINES_FILTER_DOCUMENT], receipt->file_name);
    bool is_it = line_name_is_of(receipt, wanted);
    f->seen[LINES_FILTER_DOCUMENT] |= is_it;
    return is_it;
}

/* The program that a claim names, and every one that judged the line. */
static bool is_of_program(struct lines_filter *f, const struct dossier *d)
{
    bool is_it = is_of(f, LINES_FILTER_PROGRAM, d->line->program_id);
    for (unsigned i = 0; d->payout && i < d->payout->program_count; i++)
        is_it |= is_of(f, LINES_FILTER_PROGRAM, d->payout->programs[i].program_id);
    for (unsigned i = 0; d->payout && i < d->payout->entry_count; i++)
        is_it |= is_of(f, LINES_FILTER_PROGRAM, d->payout->entries[i].program_id);
    return is_it;
}

static bool has_reason(const struct lines_filter *f, const struct standing *s)
{
    for (unsigned i = 0; i < s->reason_count; i++)
        if (s->reasons[i].code == f->reason_code) return true;
    return f->reason_code == REASON_NONE;
}

/* Every name is asked, so that one that some line has is not called unknown. */
bool lines_filter_wants(struct lines_filter *f, const struct standing *s)
{
    const struct dossier *d = s->dossier;
    bool wants = is_of(f, LINES_FILTER_PARTNER, d->line->partner_id);
    wants &= is_of_program(f, d);
    wants &= is_of_document(f, d->receipt);
    return wants && has_reason(f, s) && d->receipt->received_at_unix_ms >= f->since_unix_ms;
}

bool lines_filter_wants_refused(struct lines_filter *f, const struct refused_line *l, struct slice partner_id)
{
    bool has = f->reason_code == REASON_NONE;
    bool wants = is_of(f, LINES_FILTER_PARTNER, partner_id);
    wants &= is_of_document(f, &l->receipt);
    for (const struct node_entry *e = l->reasons && !has ? l->reasons->first : NULL; e; e = e->next)
        has |= slice_equal(e->value->text, reason_name(f->reason_code));
    if (!wants || !has || f->wanted[LINES_FILTER_PROGRAM].size) return false;
    f->undated += f->since_unix_ms != 0;
    return f->since_unix_ms == 0;
}

int lines_filter_end(const struct lines_filter *f)
{
    static const char *const nouns[LINES_FILTER_NAMES] = { "partner", "program", "document" };
    static const char *const next[LINES_FILTER_NAMES] = {
        "ids are compared as they are written: claimctl partners list names those on file",
        "ids are compared as they are written: claimctl payouts list names the program of each entry",
        "claimctl lines list names each line as DOCUMENT:ROW"
    };
    if (f->undated)
        fprintf(stderr, "%u lines that intake refused are left out: when they were received is not kept; see them "
                        "without --since\n", f->undated);
    for (unsigned i = 0; i < LINES_FILTER_NAMES; i++)
        if (f->wanted[i].size && !f->seen[i])
            return nearest_refuse(&f->near[i], next[i], "no line is of %s %.*s", nouns[i], SLICE_ARGS(f->wanted[i]));
    return EXIT_DONE;
}
