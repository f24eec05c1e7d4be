/* compliance/record.c: a line's rows are written by the loop; what it owes the shared registry is paid after its
 * transaction, in tick. */
#include "compliance/prefetch.h"

#include "compliance/tables.h"

enum err compliance_record(struct stage_env *env, const struct dossier *d, const struct verdict *v)
{
    (void)d;
    for (unsigned i = 0; i < v->books->row_count; i++)
        if (v->books->rows[i]->dirty && v->books->rows[i]->table == COMPLIANCE_OUTBOX) env->ticks_soon = true;
    return OK;
}
