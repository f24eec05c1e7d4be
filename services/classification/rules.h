/* classification/rules.h: the rules ELG and SYS as a table (style.md 5.3). Pure. */
#ifndef CLASSIFICATION_RULES_H
#define CLASSIFICATION_RULES_H

#include "classification/inquiry.h"

enum { FINDING_REASONS_MAX = FAULT_COUNT + 2, FINDING_EVIDENCE_MAX = 8 };

/* What a rule found. Only counts are cleared before it is asked. */
struct finding {
    struct reason   reasons[FINDING_REASONS_MAX];   /* for the line; the first names the result in the record */
    unsigned        reason_count;
    enum reason_code code;                          /* of the record where the line gets none: a struck program */
    struct figure   observed, limit;
    struct evidence evidence[FINDING_EVIDENCE_MAX];
    unsigned        evidence_count;
    int32_t         points;
    struct slice    waits_on;                       /* datum of a WAIT */
};

struct rule {
    enum rule_id id;
    enum truth (*ask)(const struct inquiry *q, struct finding *f);
};

extern const struct rule classification_rules[];
extern const unsigned classification_rule_count;

#endif
