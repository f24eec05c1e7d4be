/* intake/folder_door.h: watched folders, one a submitter (feeds.md 10): a file that stands still is taken by a rename,
 * spooled and submitted; its answers appear beside. One thread looks and copies; answers are written by the main
 * thread. */
#ifndef INTAKE_FOLDER_DOOR_H
#define INTAKE_FOLDER_DOOR_H

#include "intake/service.h"

struct folder_door_options {
    struct intake_service *service;
    const char            *inbox, *outbox;          /* outbox NULL: nothing is answered */
    unsigned               settle_ms, look_ms;      /* a look each look_ms; 0: each second */
    uint64_t               bytes_max;
};

struct folder_door;

/* Files that a former process had taken and not handed in are given back. ERR_FILE_UNWRITABLE, ERR_MEMORY_EXHAUSTED. */
enum err folder_door_open(const struct folder_door_options *options, struct folder_door **door) MUST_CHECK;
/* Another folder.settle_ms, from any thread. */
void folder_door_retune(struct folder_door *d, unsigned settle_ms);
/* Takes nothing more. */
void folder_door_stop(struct folder_door *d);
void folder_door_close(struct folder_door *d);

/* Files that lie where nobody takes them, as the last look found them: in a folder of no known submitter, or beside the
 * folders. Each such folder is a warning of the log when it is met and when more come. From any thread. */
unsigned folder_door_strays(const struct folder_door *d);

/* Asks for the 849s that are expected and not here; by the thread, or a test. */
void folder_door_respond(struct folder_door *d);

#endif
