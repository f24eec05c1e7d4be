/* domain/program.c: what programs are asked most: which products, which date, which one first. */
#include "domain/catalogue.h"

#include "base/assert.h"
#include "domain/calendar.h"

static bool text_matches(struct slice pattern, struct slice value)
{
    if (!slice_ends_with(pattern, SLICE("*"))) return slice_equal_nocase(pattern, value);
    size_t size = pattern.size - 1;
    return value.size >= size && slice_equal_nocase(slice_head(pattern, size), slice_head(value, size));
}

/* One term: sku:AP-9*, family:SWITCH, line:NET. Its form was checked when it was read. */
static bool term_matches(struct slice term, struct slice sku, struct slice family, struct slice product_line)
{
    struct slice rest = term, what = slice_cut(&rest, ':');
    if (!rest.bytes) return false;
    if (slice_equal(what, SLICE("sku"))) return text_matches(rest, sku);
    if (slice_equal(what, SLICE("family"))) return text_matches(rest, family);
    if (slice_equal(what, SLICE("line"))) return text_matches(rest, product_line);
    return false;
}

static bool any_matches(const struct texts *terms, struct slice sku, struct slice family, struct slice product_line)
{
    for (unsigned i = 0; i < terms->count; i++)
        if (term_matches(terms->items[i], sku, family, product_line)) return true;
    return false;
}

bool products_match(const struct texts *products, struct slice sku, struct slice family, struct slice product_line)
{
    return products->count == 0 || any_matches(products, sku, family, product_line);
}

bool product_filter_matches(const struct product_filter *f, struct slice sku, struct slice family,
                            struct slice product_line)
{
    return products_match(&f->include, sku, family, product_line)
           && !any_matches(&f->exclude, sku, family, product_line);
}

int program_stacking_order(const struct program *a, const struct program *b)
{
    ASSERT(a && b);
    if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
    return slice_compare(a->id, b->id);
}

/* A volume program also counts W and O lines, which have a date of their own (domain.md 5.2). */
static enum date_basis basis_of(const struct program *p, enum kind kind)
{
    if (kind_is_reference(kind) || kind_is_operator(kind)) return DATE_BASIS_RECEIVED_DATE;
    if (kind == KIND_MDF_CLAIM) return DATE_BASIS_ACTIVITY_FROM;
    if (kind == KIND_PRICE_PROTECTION_CLAIM && p->incentive != INCENTIVE_PRICE_PROTECTION)
        return DATE_BASIS_PRICE_CHANGE_DATE;
    if (kind == KIND_ROTATION_CLAIM && p->incentive != INCENTIVE_STOCK_ROTATION) return DATE_BASIS_RECEIVED_DATE;
    return p->program_date;
}

/* A replacement has the dates of what it replaces. */
static enum kind content_kind(const struct line *l)
{
    return l->kind == KIND_REPLACE ? l->replaces_kind : l->kind;
}

/* A sell-in line may go without ship date, a sale without order date: the date beside it stands in
 * (domain.md 3.1, 3.3). */
static int32_t ship_date_of(const struct line *l)
{
    return l->ship_date || content_kind(l) != KIND_SELL_IN ? l->ship_date : l->invoice_date;
}

static int32_t order_date_of(const struct line *l)
{
    return l->order_date || content_kind(l) != KIND_POS_SALE ? l->order_date : l->ship_date;
}

int32_t program_date_of(const struct program *p, const struct line *l, int32_t received_date)
{
    ASSERT(p && l);
    switch (basis_of(p, content_kind(l))) {
    case DATE_BASIS_SHIP_DATE:         return ship_date_of(l);
    case DATE_BASIS_INVOICE_DATE:      return l->invoice_date;
    case DATE_BASIS_ORDER_DATE:        return order_date_of(l);
    case DATE_BASIS_RECEIVED_DATE:     return received_date;
    case DATE_BASIS_ACTIVITY_FROM:     return l->activity_from;
    case DATE_BASIS_PRICE_CHANGE_DATE: return l->price_change_date;
    case DATE_BASIS_UNSPECIFIED: case DATE_BASIS_COUNT: break;
    }
    NEVER();
}

struct slice program_date_field(const struct program *p, enum kind kind)
{
    static const struct slice fields[DATE_BASIS_COUNT] = {
        [DATE_BASIS_SHIP_DATE] = SLICE_INIT("ship_date"), [DATE_BASIS_INVOICE_DATE] = SLICE_INIT("invoice_date"),
        [DATE_BASIS_ORDER_DATE] = SLICE_INIT("order_date"), [DATE_BASIS_ACTIVITY_FROM] = SLICE_INIT("activity_from"),
        [DATE_BASIS_PRICE_CHANGE_DATE] = SLICE_INIT("price_change_date") };
    return fields[basis_of(p, kind)];
}

void program_span(const struct program_history *h, int32_t *from, int32_t *to)
{
    *from = DATE_MAX;
    *to = DATE_MIN;
    for (unsigned i = 0; i < h->version_count; i++) {
        const struct program *p = h->versions[i];
        if (p->status == PROGRAM_STATUS_DRAFT) continue;
        if (p->valid_from < *from) *from = p->valid_from;
        if (p->valid_to > *to) *to = p->valid_to;
    }
}

const struct program *program_version_on(const struct program_history *h, int32_t date)
{
    for (unsigned i = h->version_count; i-- > 0;) {
        const struct program *p = h->versions[i];
        if (p->status != PROGRAM_STATUS_DRAFT && span_holds(p->valid_from, p->valid_to, date)) return p;
    }
    return NULL;
}

const struct program *program_version(const struct program_history *h, uint32_t version)
{
    for (unsigned i = 0; i < h->version_count; i++)
        if (h->versions[i]->version == version) return h->versions[i];
    return NULL;
}

const struct program *program_version_highest(const struct program_history *h)
{
    for (unsigned i = h->version_count; i-- > 0;)
        if (h->versions[i]->status != PROGRAM_STATUS_DRAFT) return h->versions[i];
    return NULL;
}
