/* runtime/notify.h: the protocol of systemd: ready, stopping, and a watchdog that is fed (sd_notify without its
 * library). */
#ifndef RUNTIME_NOTIFY_H
#define RUNTIME_NOTIFY_H

#include <stdbool.h>

/* Tells the supervisor named by NOTIFY_SOCKET, a path or an abstract name: "READY=1", "STATUS=…". Without one nothing
 * happens. False: it could not be told. */
bool notify_send(const char *state);

/* How often the watchdog wants to hear from this process: half of WATCHDOG_USEC; 0: it does not. */
unsigned notify_watchdog_ms(void);

#endif
