/* The service lists documents: newest first, by pages, those on their way, to a sender and to an operator. */
#include "service_rig.h"

TEST(a_document_that_came_again_while_it_was_held_is_listed_once_at_the_later_time)
{
    struct desk *k = desk_open();
    struct desk_answer *a = SEND(k, undecided(), .name = "m.csv");
    desk_wait(k, a);
    k->now += INSTANT_DAY_MS;
    struct desk_answer *b = SEND(k, undecided(), .name = "again.csv");
    desk_wait(k, b);
    CHECK(holds(b->body, "\"state\":\"HELD\""));
    struct slice list = ASK(k, .kind = QUESTION_LIST)->body;
    CHECK_INT(count_of(list, "\"state\":\"HELD\""), 1);
    CHECK(holds(list, "again.csv") && !holds(list, "\"m.csv\""));
    CHECK_INT(count_of(ASK(k, .kind = QUESTION_LIST, .state = SLICE("HELD"))->body, "\"attempt\""), 1);
    desk_restart(k);
    struct desk_answer *c =
        ASK(k, .kind = QUESTION_ANSWER, .id = member(b->body, "id"), .answers = { .decimal = DECIMAL_STYLE_COMMA });
    CHECK(holds(c->body, "\"state\":\"POSTED\"") && holds(c->body, "\"passed\":2"));
    CHECK_INT(count_of(ASK(k, .kind = QUESTION_LIST)->body, "\"attempt\""), 1);
    CHECK_INT(service_counts(k->service).passed, 2);
    desk_close(k);
}

/* Partition by partition given away: an operator sees what is left, of how many it is not all, and 503 at the end. */
TEST(an_operator_lists_what_lies_here_and_is_told_that_more_lies_elsewhere)
{
    struct desk *k = desk_open();
    struct store *kept[DESK_PARTITIONS];
    unsigned refused = 0, partly = 0;
    memcpy(kept, k->stores, sizeof kept);
    for (unsigned given = 0; given < 1u << DESK_PARTITIONS; given++) {
        for (unsigned p = 0; p < DESK_PARTITIONS; p++) k->stores[p] = given >> p & 1 ? NULL : kept[p];
        struct desk_answer *a = ASK(k, .kind = QUESTION_LIST, .operates = true);
        if (given == 0) CHECK(a->status == 200 && !holds(a->body, "submitters_elsewhere"));
        if (given == (1u << DESK_PARTITIONS) - 1) CHECK_INT(a->status, 503);
        refused += a->status == 503;
        partly += a->status == 200 && holds(a->body, "\"submitters_elsewhere\":");
    }
    CHECK(refused >= 1 && partly >= 1);
    memcpy(k->stores, kept, sizeof kept);
    desk_close(k);
}

TEST(documents_are_listed_newest_first_by_pages)
{
    struct desk *k = desk_open();
    for (unsigned n = 0; n < 5; n++) {
        char line[256];
        int size = snprintf(line, sizeof line, SALE("%u", "1"), n);
        desk_wait(k, SEND(k, slice_of(line, (size_t)size), .name = n % 2 ? "odd" : "even"));
    }
    struct desk_answer *page = ASK(k, .kind = QUESTION_LIST, .limit = 2);
    struct slice cursor = member(page->body, "cursor");
    CHECK(cursor.size > 0);
    unsigned seen = 2;
    while (cursor.size) {
        page = ASK(k, .kind = QUESTION_LIST, .limit = 2, .cursor = cursor);
        for (size_t n = 0; n + 11 < page->body.size; n++)
            seen += memcmp(page->body.bytes + n, "\"attempt\":1", 11) == 0;
        cursor = member(page->body, "cursor");
    }
    CHECK_INT(seen, 5);
    page = ASK(k, .kind = QUESTION_LIST, .name = SLICE("odd"));
    CHECK(holds(page->body, "\"odd\"") && !holds(page->body, "\"even\""));
    CHECK(!holds(ASK(k, .kind = QUESTION_LIST, .submitter_id = SLICE("south"))->body, "\"attempt\""));
    CHECK(!holds(ASK(k, .kind = QUESTION_LIST, .state = SLICE("REJECTED"))->body, "\"attempt\""));
    desk_close(k);
}

static unsigned times_in(struct slice text, const char *part)
{
    unsigned times = 0;
    size_t size = strlen(part);
    for (size_t n = 0; n + size <= text.size; n++) times += memcmp(text.bytes + n, part, size) == 0;
    return times;
}

TEST(an_operator_lists_the_documents_of_all_newest_first_and_nobody_else_those_of_others)
{
    struct desk *k = desk_open();
    const char *by[] = { "north", "south", "south", "vendor", "north", "south", "north" };
    char line[256], name[16], wanted[24];
    for (unsigned n = 0; n < 7; n++) {
        int size = snprintf(line, sizeof line, SALE("%u", "1"), n);
        snprintf(name, sizeof name, "n%u.json", n);
        desk_wait(k, SEND(k, slice_of(line, (size_t)size), .name = name, .submitter = by[n]));
    }
    for (unsigned limit = 1; limit <= 8; limit++) {
        struct slice cursor = { 0 };
        unsigned next = 7;
        do {
            struct slice page =
                ASK(k, .kind = QUESTION_LIST, .operates = true, .limit = limit, .cursor = cursor)->body;
            for (unsigned n = times_in(page, "\"attempt\""); n > 0; n--) {
                next--;
                snprintf(wanted, sizeof wanted, "\"n%u.json\"", next);
                const char *at = memmem(page.bytes, page.size, wanted, strlen(wanted));
                CHECK(at != NULL);
                if (!at) break;
                page = slice_skip(page, (size_t)(at - page.bytes));
            }
            cursor = member(page, "cursor");
        } while (cursor.size && next > 0);
        CHECK_INT(next, 0);
        CHECK(cursor.size == 0);
    }
    struct slice all = ASK(k, .kind = QUESTION_LIST, .operates = true)->body, own = ASK(k, .kind = QUESTION_LIST)->body;
    CHECK_INT(times_in(all, "\"submitter\":\"south\""), 3);
    CHECK_INT(times_in(all, "\"submitter\":\"vendor\""), 1);
    CHECK_INT(times_in(own, "\"attempt\""), 3);
    CHECK(!holds(own, "\"submitter\"") && !holds(own, "n1.json") && !holds(own, "n3.json"));
    all = ASK(k, .kind = QUESTION_LIST, .operates = true, .name = SLICE("n3.json"))->body;
    own = ASK(k, .kind = QUESTION_LIST, .name = SLICE("n3.json"))->body;
    CHECK_INT(times_in(all, "\"attempt\""), 1);
    CHECK_INT(times_in(own, "\"attempt\""), 0);
    desk_close(k);
}

TEST(a_document_on_its_way_is_listed_before_it_stands_in_the_register_and_once_when_it_does)
{
    struct desk_broker broker = { .gun = { desk_fire } };
    struct desk *k = desk_open_behind(&broker);
    desk_wait(k, SEND(k, SLICE(SALE("1", "1")), .name = "old.json"));
    broker.is_away = true;
    struct desk_answer *a = SEND(k, SLICE(SALE("2", "1")), .name = "new.json");
    WAIT_FOR(holds(ASK(k, .kind = QUESTION_LIST, .state = SLICE("SURVEYED"))->body, "new.json"), desk_turns(k));
    struct slice all = ASK(k, .kind = QUESTION_LIST)->body, one = ASK(k, .kind = QUESTION_LIST, .limit = 1)->body,
                 cursor = member(one, "cursor");
    const char *newer = memmem(all.bytes, all.size, "new.json", 8), *older = memmem(all.bytes, all.size, "old.json", 8);
    CHECK(newer && older && newer < older);
    CHECK(holds(one, "new.json") && !holds(one, "old.json") && cursor.size > 0);
    one = ASK(k, .kind = QUESTION_LIST, .limit = 1, .cursor = cursor)->body;
    CHECK(holds(one, "old.json") && !holds(one, "new.json"));
    CHECK(!holds(ASK(k, .kind = QUESTION_LIST, .state = SLICE("POSTED"))->body, "new.json"));
    broker.is_away = false;
    desk_wait(k, a);
    struct slice rest = ASK(k, .kind = QUESTION_LIST)->body;
    const char *at = memmem(rest.bytes, rest.size, "new.json", 8);
    CHECK(at && !memmem(at + 8, (size_t)(rest.bytes + rest.size - at) - 8, "new.json", 8));
    desk_close(k);
}

/* Unreadable lines: as many errors as a receipt keeps. */
static struct slice broken(unsigned seed)
{
    struct text t = text_in(test_arena(), 64 << 10);
    char line[256];
    for (unsigned n = 0; n < 120; n++) {
        int size = snprintf(line, sizeof line,
                            SALE("%u-%u", "much much too long to be a quantity of anything, is it not") "\n", seed, n);
        text_put(&t, slice_of(line, (size_t)size));
    }
    return text_slice(&t);
}

TEST(a_list_of_documents_with_many_errors_is_answered_however_long_it_is)
{
    struct desk *k = desk_open();
    unsigned documents = test_share(250);
    for (unsigned n = 0; n < documents; n++) desk_wait(k, SEND(k, broken(n), 0));
    struct desk_answer *list = ASK(k, .kind = QUESTION_LIST, .limit = 500);
    CHECK_INT(list->status, 200);
    CHECK(list->body.size > 34800 * documents);
    desk_close(k);
}
