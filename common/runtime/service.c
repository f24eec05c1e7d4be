/* runtime/service.c: what the binaries are called. */
#include "runtime/service.h"

#include "base/assert.h"

static const struct service_row rows[SERVICE_COUNT] = {
#define SERVICE(id, binary, name, port) [SERVICE_##id] = { binary, name, port },
#include "runtime/service.def"
#undef SERVICE
};

const struct service_row *service_row(enum service service)
{
    ASSERT(service < SERVICE_COUNT);
    return &rows[service];
}

enum service service_of_stage(const char *name)
{
    enum service s = 0;
    while (s < SERVICE_COUNT && strcmp(rows[s].name, name) != 0) s++;
    return s;
}
