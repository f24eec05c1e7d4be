/* intake/line_ref.c: names and ids of other lines. */
#include "intake/line_ref.h"

#include "base/hash.h"

enum { NAME_BYTES_MAX = 64, PAYOUT_PARTS = 4 };

static bool is_id(struct slice s)
{
    if (s.size != ID_HEX) return false;
    for (size_t k = 0; k < s.size; k++)
        if (!memchr("0123456789abcdef", s.bytes[k], 16)) return false;
    return true;
}

/* Resolving */

struct resolving {
    const struct line_names *names;
    const struct typing     *typing;
    struct draft            *draft;
    struct issues           *issues;
};

static struct slice id_of(const struct resolving *r, struct slice name)
{
    return r->names->id_of(r->names->context, name);
}

static void unknown_name(const struct resolving *r, enum slot slot, struct slice name)
{
    typing_blame(r->typing, r->draft, r->issues, ISSUE_LINE_NAME_UNKNOWN, slot)->value =
        issue_value(r->typing->arena, name);
}

static struct slice resolve_line(const struct resolving *r, enum slot slot, struct slice sent)
{
    struct slice name = slice_trim(sent), id = id_of(r, name);
    if (id.size > 0) return id;
    if (!is_id(name)) unknown_name(r, slot, name);
    return sent;
}

/* <name>/<program_id>/<program_version>/<adjustment_no> */
static struct slice resolve_payout(const struct resolving *r, struct slice sent)
{
    struct slice parts[PAYOUT_PARTS], rest = slice_trim(sent);
    unsigned count = 0;
    while (count < PAYOUT_PARTS && rest.bytes) parts[count++] = slice_cut(&rest, '/');
    if (count < PAYOUT_PARTS || rest.bytes) {
        if (!is_id(slice_trim(sent))) unknown_name(r, SLOT_payout_ids, sent);
        return sent;
    }
    uint64_t version, adjustment;
    struct slice line_id = id_of(r, parts[0]);
    if (line_id.size == 0 && is_id(parts[0])) line_id = parts[0];
    if (line_id.size == 0 || !slice_to_uint(parts[2], UINT32_MAX, &version)
        || !slice_to_uint(parts[3], UINT32_MAX, &adjustment)) {
        unknown_name(r, SLOT_payout_ids, sent);
        return sent;
    }
    struct id_part id[] = { ID_TEXT(line_id), ID_TEXT(parts[1]), ID_INT((int64_t)version),
                            ID_INT((int64_t)adjustment) };
    return hash_id(r->typing->arena, id, PAYOUT_PARTS);
}

void line_ref_resolve(const struct line_names *names, const struct typing *t, struct draft *d, struct issues *issues)
{
    const struct resolving r = { names, t, d, issues };
    if (!names->id_of) return;
    if (draft_has(d, SLOT_original_line_ref)) {
        struct draft_cell *cell = &d->cells[SLOT_original_line_ref];
        cell->text = resolve_line(&r, SLOT_original_line_ref, cell->text);
    }
    struct draft_list *refs = &d->lists[DRAFT_LIST_line_refs], *payouts = &d->lists[DRAFT_LIST_payout_ids];
    for (unsigned k = 0; k < refs->count && k < refs->capacity; k++)
        refs->items[k].text = resolve_line(&r, SLOT_line_refs, refs->items[k].text);
    for (unsigned k = 0; k < payouts->count && k < payouts->capacity; k++)
        payouts->items[k].text = resolve_payout(&r, payouts->items[k].text);
}

/* Giving */

void line_ref_give(const struct line_names *names, const struct typing *t, const struct draft *d,
                    struct issues *issues, struct slice name, struct slice line_id)
{
    if (!names->give || slice_is_empty(name) || slice_is_empty(line_id)) return;
    bool is_name = name.size <= NAME_BYTES_MAX && !memchr(name.bytes, '/', name.size);
    if (is_name && names->give(names->context, name, line_id)) return;
    enum issue_code code = is_name ? ISSUE_LINE_NAME_TAKEN : ISSUE_LINE_NAME_INVALID;
    struct issue *issue = typing_blame(t, d, issues, code, SLOT_NONE);
    issue->field = SLICE("line_id");
    issue->value = issue_value(t->arena, name);
    if (!is_name) issue_argument(issue, SLICE("max"), SLICE("64"));
}

/* Numbers */

/* True: the draft names the refused line it comes back for. */
static bool drop_members_of_ours(struct draft *d)
{
    bool names_refused = false;
    unsigned kept = 0;
    for (unsigned k = 0; k < d->extra_count; k++) {
        struct slice member = d->extras[k].name;
        if (!slice_starts_with(member, SLICE("claimstream_"))) {
            d->extras[kept++] = d->extras[k];
            continue;
        }
        names_refused |= slice_equal(member, SLICE("claimstream_line_id")) && is_id(slice_trim(d->extras[k].cell.text));
    }
    d->extra_count = kept;
    return names_refused;
}

void line_ref_number(struct arena *a, struct draft *d)
{
    uint64_t number = 1;
    if (!drop_members_of_ours(d)) return;
    if (draft_has(d, SLOT_submission_no)
        && !slice_to_uint(slice_trim(draft_text(d, SLOT_submission_no)), SUBMISSION_NO_MAX - 1, &number))
        return;
    draft_drop(d, SLOT_submission_no);
    draft_default(d, SLOT_submission_no, slice_of_int(a, (int64_t)number + 1));
}
