/* intake/openapi.h: the description of the HTTP door, OpenAPI 3.1, as it is served. */
#ifndef INTAKE_OPENAPI_H
#define INTAKE_OPENAPI_H

#include "base/str.h"

/* Lives as long as the program. */
struct slice openapi_text(void);

#endif
