/* claimctl/documents_page.c: one request a page, by the cursor of the page before. */
#include "claimctl/documents_page.h"

#include "claimctl/command.h"
#include "claimctl/moment.h"
#include "runtime/clock.h"

enum { TARGET_BYTES = 2048, CURSOR_BYTES = 256 };

bool documents_page_was_read_by(const json_t *document, struct slice profile)
{
    struct slice name = slice_cut(&profile, '@'), read_by = slice_from(door_text(document, "profile"));
    while (read_by.size > 0) {
        struct slice one = slice_cut(&read_by, ' ');
        if (slice_equal(slice_cut(&one, '@'), name)) return true;
    }
    return false;
}

bool documents_page_is_correction(const json_t *document)
{
    return door_text(document, "parent")[0] != '\0';
}

bool documents_page_since(struct documents_wanted *w)
{
    struct moment m;
    struct text t = text_over(w->instant, sizeof w->instant - 1);
    if (!moment_read(slice_from(w->since), clock_now_unix_ms(), &m) || m.kind != MOMENT_INSTANT) return false;
    instant_put(&t, m.unix_ms);
    w->instant[t.size] = 0;
    w->since = w->instant;
    return true;
}

/* *more: the visit wants more, and there is a next page. */
static int page(const struct door_client *door, const struct documents_wanted *w, char cursor[static CURSOR_BYTES],
                documents_visit *visit, void *context, bool *more)
{
    char target[TARGET_BYTES];
    struct door_answer a;
    json_error_t error;
    const json_t *d;
    size_t k;
    struct text t = text_over(target, sizeof target - 1);
    PUT(&t, "/v1/documents?limit=100");
    door_client_put_parameter(&t, "state", w->state);
    door_client_put_parameter(&t, "since", w->since);
    door_client_put_parameter(&t, "name", w->name);
    door_client_put_parameter(&t, "cursor", *cursor ? cursor : NULL);
    target[t.size] = 0;
    struct door_request r = { .method = "GET", .target = target };
    int code = door_client_ask(door, &r, &a);
    json_t *root = code == EXIT_DONE && a.status == 200 ? json_loadb(a.body, a.size, 0, &error) : NULL;
    if (code == EXIT_DONE && !root) code = door_client_refuse(&a, "list");
    json_array_foreach(json_object_get(root, "documents"), k, d)
        if (*more) *more = visit(context, d);
    snprintf(cursor, CURSOR_BYTES, "%s", door_text(root, "cursor"));
    *more &= *cursor != 0;
    json_decref(root);
    door_answer_close(&a);
    return code;
}

int documents_page_visit(const struct door_client *door, const struct documents_wanted *w, documents_visit *visit,
                         void *context)
{
    char cursor[CURSOR_BYTES] = { 0 };
    bool more = true;
    int code = EXIT_DONE;
    while (code == EXIT_DONE && more) code = page(door, w, cursor, visit, context, &more);
    return code;
}

void documents_page_visit_backwards(const json_t *kept, documents_visit *visit, void *context)
{
    for (size_t at = json_array_size(kept); at > 0 && visit(context, json_array_get(kept, at - 1)); at--) continue;
}
