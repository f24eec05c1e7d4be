/* intake/reports.c: reports by number and partner, on rows that somebody else keeps. */
#include "intake/reports.h"

#include "base/assert.h"

/* Beside the rows of a number, one row says which partners its reports name: one partner, or two of them. */
static const struct hash128 nobody, anybody = { .bytes = { 0xff, 0xff, 0xff, 0xff } };

static bool is_equal(const struct hash128 *a, const struct hash128 *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static bool is_named(const struct hash128 *partner)
{
    return !is_equal(partner, &nobody);
}

static bool is_among(const struct hash128 *partner, const struct report_ref *ref)
{
    for (unsigned k = 0; k < ref->other_count; k++)
        if (is_equal(partner, &ref->others[k])) return true;
    return ref->has_more;
}

/* Finding */

/* A number that a replacement gave leads to the first number of the report. */
static enum err look(const struct report_rows *rows, const struct hash128 *partner, struct slice *number,
                     struct intake_report *row, bool *found)
{
    TRY(rows->get(rows->context, partner, *number, row, found));
    if (!*found || row->same.size == 0) return OK;
    *number = row->same;
    return rows->get(rows->context, partner, *number, row, found);
}

static bool has_one_partner(const struct intake_report *r)
{
    for (unsigned k = 1; k < r->document_count; k++)
        if (!is_equal(&r->partners[k], &r->partners[0])) return false;
    return true;
}

/* Among documents that name nobody, chooses those of the partner named now and those with lines of several. */
static bool choose_named(const struct report_ref *ref, struct report_found *f)
{
    bool any = false;
    for (unsigned k = 0; k < f->row.document_count; k++) {
        const struct hash128 *of = &f->row.partners[k];
        f->is_part[k] = !is_named(of) || is_equal(of, &ref->partner) || is_among(of, ref);
        any |= f->is_part[k];
    }
    f->of_lines = ref->partner;
    return any;
}

/* The same where the document names nobody now. It means the documents with lines of its own partners, and those with
 * lines of several, which are one report of all. A document without lines means those of the only partner. */
static bool choose_unnamed(const struct report_ref *ref, struct report_found *f)
{
    const struct intake_report *r = &f->row;
    bool any = false, is_whole = ref->other_count == 0 && has_one_partner(r);
    for (unsigned k = 0; k < r->document_count; k++) {
        bool is_mixed = ref->other_count > 0 && !is_named(&r->partners[k]);
        f->is_part[k] = is_whole || is_mixed || is_among(&r->partners[k], ref);
        any |= f->is_part[k];
    }
    return any;
}

static void choose(const struct report_ref *ref, struct report_found *f)
{
    f->standing = f->row.is_cancelled                           ? TARGET_CANCELLED
                  : f->row.document_count == INTAKE_CHAIN_MAX ? TARGET_TOO_LONG
                                                                : TARGET_POSTED;
    if (is_named(&f->place)) {
        f->of_lines = f->place;
        for (unsigned k = 0; k < f->row.document_count; k++) f->is_part[k] = true;
    } else if (is_named(&ref->partner)) {
        if (!choose_named(ref, f)) f->standing = TARGET_UNKNOWN;
    } else if (!choose_unnamed(ref, f)) {
        f->standing = ref->other_count > 0 || f->row.is_cancelled ? TARGET_UNKNOWN : TARGET_SEVERAL;
    }
}

static enum err find_at(const struct report_rows *rows, const struct report_ref *ref, const struct hash128 *place,
                        struct report_found *f)
{
    bool found;
    *f = (struct report_found){ .standing = TARGET_UNKNOWN, .place = *place, .number = ref->number };
    TRY(look(rows, place, &f->number, &f->row, &found));
    if (found && f->row.document_count > 0) choose(ref, f);
    return OK;
}

static bool is_live(const struct report_found *f)
{
    return f->standing != TARGET_UNKNOWN && f->standing != TARGET_CANCELLED;
}

/* Takes a report that stands before a cancelled one, and the first place before the next. */
static enum err find_behind(const struct report_rows *rows, const struct report_ref *ref, const struct hash128 *place,
                            struct report_found *best)
{
    struct report_found next;
    TRY(find_at(rows, ref, place, &next));
    if (is_live(best) && is_live(&next)) best->standing = TARGET_SEVERAL;
    else if (best->standing == TARGET_UNKNOWN || is_live(&next)) *best = next;
    return OK;
}

/* A document that says neither by name nor by lines whom it means, means the only report of the number. */
static enum err find_only(const struct report_rows *rows, const struct report_ref *ref, struct report_found *found)
{
    bool is_signed;
    struct intake_report sign;
    TRY(find_at(rows, ref, &nobody, found));
    TRY(rows->get(rows->context, &anybody, ref->number, &sign, &is_signed));
    if (!is_signed) return OK;
    if (sign.document_count == 1) return find_behind(rows, ref, &sign.partners[0], found);
    if (found->standing != TARGET_CANCELLED) found->standing = TARGET_SEVERAL;
    return OK;
}

enum err reports_find(const struct report_rows *rows, const struct report_ref *ref, struct report_found *found)
{
    bool names = is_named(&ref->partner);
    if (!names && ref->other_count == 0) return find_only(rows, ref, found);
    TRY(find_at(rows, ref, names ? &ref->partner : &nobody, found));
    if (is_live(found)) return OK;
    if (names) return find_behind(rows, ref, &nobody, found);
    for (unsigned k = 0; k < ref->other_count; k++) TRY(find_behind(rows, ref, &ref->others[k], found));
    return OK;
}

/* Noting */

/* False: nothing is new. A document with lines of several partners belongs to none of them. */
static bool add(struct intake_report *r, const uint8_t id[SHA256_BYTES], struct slice name,
                const struct hash128 *partner)
{
    for (unsigned k = 0; k < r->document_count; k++) {
        if (memcmp(r->documents[k], id, SHA256_BYTES) != 0 || !slice_equal(r->names[k], name)) continue;
        if (!is_named(&r->partners[k]) || is_equal(&r->partners[k], partner)) return false;
        r->partners[k] = nobody;
        return true;
    }
    if (r->document_count == INTAKE_CHAIN_MAX) return false;
    memcpy(r->documents[r->document_count], id, SHA256_BYTES);
    r->partners[r->document_count] = *partner;
    r->names[r->document_count++] = name;
    return true;
}

static enum err note_named(const struct report_rows *rows, const struct reported *by)
{
    bool found;
    struct intake_report sign;
    if (!is_named(&by->partner)) return OK;
    TRY(rows->get(rows->context, &anybody, by->number, &sign, &found));
    if (sign.document_count > 1 || (found && is_equal(&sign.partners[0], &by->partner))) return OK;
    sign.partners[sign.document_count++] = by->partner;
    sign.day = by->day;
    return rows->put(rows->context, &anybody, by->number, &sign);
}

enum err reports_post(const struct report_rows *rows, const struct reported *by)
{
    bool found;
    struct intake_report r;
    struct slice number = by->number;
    const struct hash128 *place = &by->partner;
    TRY(note_named(rows, by));
    if (is_named(place)) {                          /* its report may have begun without a name */
        struct report_found f;
        struct report_ref ref = { .number = by->number, .partner = by->partner };
        TRY(reports_find(rows, &ref, &f));
        if (f.standing == TARGET_POSTED && !is_named(&f.place)) place = &nobody;
    }
    TRY(look(rows, place, &number, &r, &found));
    if (r.is_cancelled) r = (struct intake_report){ 0 };
    if (!add(&r, by->document_id, by->number, is_named(&by->partner) ? &by->partner : &by->of_lines)) return OK;
    r.day = by->day;
    return rows->put(rows->context, place, number, &r);
}

/* The part of a shared number that was taken back is kept as cancelled in the row of its partner. */
static enum err put_gone(const struct report_rows *rows, const struct report_ref *ref, struct slice number,
                         const struct intake_report *gone)
{
    bool found;
    struct intake_report there;
    const struct hash128 *partner = is_named(&ref->partner) ? &ref->partner : &gone->partners[0];
    if (gone->document_count == 0 || !is_named(partner)) return OK;
    TRY(rows->get(rows->context, partner, number, &there, &found));
    return found && there.document_count > 0 ? OK : rows->put(rows->context, partner, number, gone);
}

/* Documents with lines of several partners stay, and a cancel by one of the partners is a document of the report. */
static enum err cancel_part(const struct report_rows *rows, const struct reported *by, const struct report_ref *ref,
                            const struct report_found *f)
{
    struct intake_report rest = { .day = by->day }, gone = { .day = by->day, .is_cancelled = true };
    bool stays = false;
    for (unsigned k = 0; k < f->row.document_count; k++) {
        const struct hash128 *of = &f->row.partners[k];
        bool is_mixed = is_named(&ref->partner) && !is_named(of), goes = f->is_part[k] && !is_mixed;
        stays |= f->is_part[k] && is_mixed;
        (void)add(goes ? &gone : &rest, f->row.documents[k], f->row.names[k], of);
    }
    if (stays) (void)add(&rest, by->document_id, ref->number, &ref->partner);
    TRY(rows->put(rows->context, &f->place, f->number, &rest));
    return put_gone(rows, ref, f->number, &gone);
}

static enum err cancel(const struct report_rows *rows, const struct reported *by, const struct report_ref *ref,
                       struct report_found *f)
{
    bool is_whole = true, is_shared = !is_named(&f->place) && is_named(&ref->partner);
    for (unsigned k = 0; k < f->row.document_count; k++)
        is_whole &= f->is_part[k] && !(is_shared && !is_named(&f->row.partners[k]));
    if (!is_whole) return cancel_part(rows, by, ref, f);
    f->row.is_cancelled = true;
    f->row.day = by->day;
    return rows->put(rows->context, &f->place, f->number, &f->row);
}

/* A report begins although none of its lines could be posted, or with what corrects it in the same document. */
static enum err begin(const struct report_rows *rows, const struct reported *by, const struct report_ref *ref)
{
    struct reported of = *by;
    of.number = ref->number;
    of.partner = ref->partner;
    if (ref->other_count == 1 && !ref->has_more) of.of_lines = ref->others[0];
    return reports_post(rows, &of);
}

/* The partner whose lines a correction has, as far as it is known before the lines are read. */
static const struct hash128 *partner_of(const struct report_ref *ref, const struct report_found *f)
{
    if (is_named(&ref->partner)) return &ref->partner;
    if (is_named(&f->place)) return &f->place;
    return ref->other_count == 1 && !ref->has_more ? &ref->others[0] : &nobody;
}

enum err reports_undo(const struct report_rows *rows, const struct reported *by, const struct report_ref *ref,
                      enum purpose purpose)
{
    bool is_taken;
    struct report_found f;
    struct intake_report second;
    TRY(reports_find(rows, ref, &f));
    bool begins = purpose == PURPOSE_ORIGINAL || purpose == PURPOSE_REPLACE || purpose == PURPOSE_CHANGE;
    if (f.standing == TARGET_UNKNOWN && begins) return begin(rows, by, ref);
    if (f.standing == TARGET_UNKNOWN || f.standing == TARGET_SEVERAL) return OK;
    if (purpose == PURPOSE_CANCEL) return cancel(rows, by, ref, &f);
    if (purpose == PURPOSE_ORIGINAL && !f.row.is_cancelled) return OK;
    if (f.row.is_cancelled) f.row = (struct intake_report){ 0 };    /* by a set before it: what it posts starts over */
    (void)add(&f.row, by->document_id, ref->number, partner_of(ref, &f));
    f.row.day = by->day;
    TRY(rows->put(rows->context, &f.place, f.number, &f.row));
    if (by->number.size == 0 || slice_equal(by->number, f.number)) return OK;
    TRY(rows->get(rows->context, &f.place, by->number, &second, &is_taken));
    if (is_taken) return OK;                        /* a report of its own, or this one's number already */
    second = (struct intake_report){ .same = f.number, .day = by->day };
    return rows->put(rows->context, &f.place, by->number, &second);
}
