/* classification/facts.h: what decide knows besides the line: profiles, programs, products. Filled by prefetch and
 * gather. */
#ifndef CLASSIFICATION_FACTS_H
#define CLASSIFICATION_FACTS_H

#include "domain/catalogue.h"

struct program_index;                               /* classification/program_index.h */

struct classification_facts {
    const struct catalogue     *catalogue;
    const struct program_index *programs;           /* of that catalogue, built once a batch */
    const struct partner       *partner;            /* whom the line names; NULL: not on file */
    const struct partner       *root;               /* of its hierarchy; NULL: not on file */
    const struct partner       *customer;           /* whom sold_to names; NULL: nobody on file */
    enum profile_source         profile_source;     /* of `partner` */
    bool                        profiles_asked;
};

#endif
