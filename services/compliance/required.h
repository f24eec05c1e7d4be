/* compliance/required.h: what the line itself must say (DOC-02), and dates that cannot be (AGR-08). Both need no
 * state. */
#ifndef COMPLIANCE_REQUIRED_H
#define COMPLIANCE_REQUIRED_H

#include "compliance/judging.h"

/* DOC-02: one reason that names every missing field. */
enum truth required_is_missing(struct judging *j, struct finding *f);

/* AGR-08: ship_date or order_date more than future_days after the received date. */
enum truth required_date_is_future(struct judging *j, struct finding *f);

#endif
