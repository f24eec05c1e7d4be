/* stage/certificate_gauge.h: until when the certificates hold that a process read, for the alert CertExpiry. */
#ifndef STAGE_CERTIFICATE_GAUGE_H
#define STAGE_CERTIFICATE_GAUGE_H

#include "runtime/setting.h"

/* Of the files that settings name, the first to expire; files without a certificate, as of a key, say nothing. Main
 * thread, when the process has read them: those of Kafka once, those of Redis again at a reload that took them. */
void certificate_gauge_set_kafka(const struct settings *s);
void certificate_gauge_set_redis(const struct settings *s);

/* Of the door of intake: seconds since 1970. */
void certificate_gauge_set_door(int64_t ends_unix_s);

#endif
