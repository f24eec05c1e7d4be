/* stage/waiting.h: the lines that wait in a stage (screening.md 4.1, 4.2). Names of data and the record that decide reads
 * are domain/waiting.h. */
#ifndef STAGE_WAITING_H
#define STAGE_WAITING_H

#include "domain/waiting.h"

#endif
