/* runtime/service.h: the service binaries, one list. */
#ifndef RUNTIME_SERVICE_H
#define RUNTIME_SERVICE_H

#include "base/str.h"

enum service {
#define SERVICE(id, binary, name, port) SERVICE_##id,
#include "runtime/service.def"
#undef SERVICE
    SERVICE_COUNT
};

struct service_row { const char *binary, *name; unsigned admin_port; };

/* What service.def has of it. */
const struct service_row *service_row(enum service service);

/* By the name of its stage; SERVICE_COUNT when there is none. */
enum service service_of_stage(const char *name);

#endif
