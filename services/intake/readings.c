/* intake/readings.c: the mapping profiles of one document, as a value and by their names. */
#include "intake/readings.h"

#include "base/assert.h"

struct readings readings_of(const struct mapping_profile *profile)
{
    return (struct readings){ .items = { { profile, profile } }, .count = 1 };
}

static void put_name(struct text *t, const struct mapping_profile *p)
{
    text_put(t, p->name);
    PUT(t, "@");
    text_put_int(t, p->version);
}

struct slice readings_name(struct arena *a, const struct readings *r)
{
    size_t size = 0;
    for (unsigned k = 0; k < r->count; k++) size += r->items[k].read_by->name.size + 12;
    struct text t = text_in(a, size);
    for (unsigned k = 0; k < r->count; k++) {
        if (k > 0) PUT(&t, " ");
        put_name(&t, r->items[k].read_by);
    }
    return text_slice(&t);
}

struct slice reading_name(struct arena *a, const struct mapping_profile *profile)
{
    struct text t = text_in(a, profile->name.size + 12);
    put_name(&t, profile);
    return text_slice(&t);
}

struct readings readings_anew(const struct readings *r, const struct mapping_profile *profile)
{
    struct readings anew = *r;
    bool is_found = false;
    for (unsigned k = 0; k < anew.count; k++) {
        if (!slice_equal(anew.items[k].read_by->name, profile->name)) continue;
        anew.items[k].read_by = profile;
        is_found = true;
    }
    return is_found ? anew : readings_of(profile);
}

uint32_t readings_sla_hours(const struct readings *r)
{
    ASSERT(r->count > 0);
    uint32_t hours = r->items[0].read_by->answers.sla_hours;
    for (unsigned k = 1; k < r->count; k++)
        if (r->items[k].read_by->answers.sla_hours < hours) hours = r->items[k].read_by->answers.sla_hours;
    return hours;
}

bool readings_want_no_849(const struct readings *r)
{
    bool wants = false;
    for (unsigned k = 0; k < r->count; k++) wants |= r->items[k].read_by->answers.response_849 != ANSWER_849_NONE;
    return !wants;
}
