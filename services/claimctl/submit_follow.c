/* claimctl/submit_follow.c: asks for the status of a document again and again. */
#include "claimctl/submit_follow.h"

#include "claimctl/command.h"
#include "claimctl/patience.h"
#include "runtime/clock.h"

#include <signal.h>
#include <unistd.h>

enum { TARGET_BYTES = 512, POLL_US = 200000, AWAY_POLL_US = 500000 };

static volatile sig_atomic_t interrupted;

static void note_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

void submit_follow_listen(void)
{
    interrupted = 0;
    signal(SIGINT, note_interrupt);
}

bool submit_follow_interrupted(void)
{
    return interrupted;
}

bool submit_follow_passes(long status)
{
    return status == 409 || status == 429 || (status >= 502 && status <= 504);
}

static long long settled_of(const json_t *receipt)
{
    return door_count(receipt, "decided") + door_count(receipt, "held") + door_count(receipt, "parked");
}

/* Every line is decided, or waits for a person or a datum. */
static bool is_settled(const json_t *receipt)
{
    return strcmp(door_text(receipt, "state"), "POSTED") != 0 || settled_of(receipt) >= door_count(receipt, "passed");
}

struct following {
    struct patience patience;
    bool            is_away;                        /* intake did not answer the last question */
    int             code;                           /* its exit code */
};

/* NULL: no status, and f->code says why; an end unless f->is_away. */
static json_t *ask(const struct door_client *c, const char *target, struct following *f)
{
    struct door_answer a;
    json_error_t error;
    struct door_request r = { .method = "GET", .target = target, .is_quiet = true };
    f->code = door_client_ask(c, &r, &a);
    json_t *status = f->code == EXIT_DONE && a.status == 200 ? json_loadb(a.body, a.size, 0, &error) : NULL;
    f->is_away = f->code == EXIT_UNREACHABLE || (f->code == EXIT_DONE && submit_follow_passes(a.status));
    if (f->code == EXIT_DONE && !status) f->code = f->is_away ? EXIT_UNREACHABLE : door_client_refuse(&a, "status");
    door_answer_close(&a);
    return status;
}

static void tell(struct following *f, const json_t *receipt, int64_t now)
{
    if (!patience_tells(&f->patience, now)) return;
    fprintf(stderr, "%lld of %lld lines decided, %lld held, %lld parked: waiting%s\n", door_count(receipt, "decided"),
            door_count(receipt, "passed"), door_count(receipt, "held"), door_count(receipt, "parked"),
            f->is_away ? ", while intake does not answer" : "");
}

static void tell_end(const struct following *f, const json_t *receipt)
{
    fprintf(stderr,
            "%lld of %lld lines decided, and none in the last %llu s%s: the document is posted and goes on without us\n"
            "  does a service stand still? claimctl lag, claimctl doctor; look again: claimctl documents show %s\n",
            settled_of(receipt), door_count(receipt, "passed"), (unsigned long long)f->patience.seconds,
            f->is_away ? ", as intake does not answer" : "", door_text(receipt, "id"));
}

json_t *submit_follow(const struct door_client *c, json_t *receipt, uint64_t patience_seconds, int *code)
{
    char target[TARGET_BYTES];
    struct following f = { .patience = patience_of(patience_seconds, clock_mono_ms()) };
    snprintf(target, sizeof target, "/v1/documents/%s", door_text(receipt, "id"));
    while (!interrupted) {
        json_t *status = ask(c, target, &f);
        int64_t now = clock_mono_ms();
        if (!status && !f.is_away) { *code = f.code; return receipt; }
        if (status && settled_of(status) != settled_of(receipt)) patience_renew(&f.patience, now);
        if (status) { json_decref(receipt); receipt = status; }
        if (status && is_settled(receipt)) { *code = EXIT_DONE; return receipt; }
        if (patience_is_spent(&f.patience, now)) {
            tell_end(&f, receipt);
            *code = f.is_away ? EXIT_UNREACHABLE : EXIT_TRY_AGAIN;
            return receipt;
        }
        tell(&f, receipt, now);
        usleep(f.is_away ? AWAY_POLL_US : POLL_US);
    }
    *code = EXIT_INTERRUPTED;
    return receipt;
}
