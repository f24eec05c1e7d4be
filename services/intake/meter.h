/* intake/meter.h: what intake did, as metrics (surfaces.md 5). */
#ifndef INTAKE_METER_H
#define INTAKE_METER_H

#include "intake/service.h"

/* Before each look at the metrics, by one thread. */
void meter_show(struct intake_service *s);

#endif
