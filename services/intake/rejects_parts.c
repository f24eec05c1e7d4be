/* intake/rejects_parts.c: what all layouts of rejects write through. */
#include "intake/rejects_parts.h"

void rejects_put(struct rejects *r, struct slice bytes)
{
    if (bytes.size && fwrite(bytes.bytes, 1, bytes.size, r->to) != bytes.size) r->is_broken = true;
}
