/* compliance/facts.h: what gather and prefetch bring to a decision besides state rows. */
#ifndef COMPLIANCE_FACTS_H
#define COMPLIANCE_FACTS_H

#include "domain/catalogue.h"
#include "domain/name/screen.h"

struct compliance_facts {
    const struct catalogue  *catalogue;
    const struct partner    *site, *root;           /* profiles; NULL: not on file */
    const struct partner    *ship_to;               /* the partner that the ship-to names; NULL: none */
    uint64_t                 seed;                  /* of state keys: the installation's secret */
    bool                     submitter_approves;    /* the submitter holds an approving role (FIN-02) */
    const struct name_lists *lists;                 /* in force; NULL: none */
    struct screen_cache     *cache;                 /* answers of these lists; changes no answer */
    bool                     ages_are_checked;
    instant_ms               now_unix_ms;           /* for the age of lists alone */
};

#endif
