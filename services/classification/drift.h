/* classification/drift.h: does a site behave like the role it declares (screening.md 10.3)? Judged with its first line
 * of a calendar month. Pure. */
#ifndef CLASSIFICATION_DRIFT_H
#define CLASSIFICATION_DRIFT_H

#include "classification/features.h"

/* yyyymm of a date. */
int32_t drift_month(int32_t date);

/* The record after a month's judgement. `declared` are the roles held, as bits: a partner of two roles behaves like
 * either. */
struct drift_record drift_judge(const struct drift_record *before, int32_t month, const struct role_judgement *j,
                                unsigned declared, const struct policy *policy);

/* True when this judgement is the one that turned the state to DRIFT. */
bool drift_began(const struct drift_record *before, const struct drift_record *after);

#endif
