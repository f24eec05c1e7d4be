/* What is much at once is typed again. */
#include "claimctl/confirm.h"

#include "claimctl/command.h"
#include "support/table.h"

#include <string.h>

static struct settings settings;

static int open_with(struct confirmation *c, const char *amount, bool yes)
{
    struct setting_place place = { .origin = SETTING_FLAG };
    settings_init(&settings, test_arena(), SERVICE_CLAIMCTL);
    (void)settings_set(&settings, SLICE("confirm.items_max"), SLICE("3"), place);
    (void)settings_set(&settings, SLICE("confirm.amount"), slice_from(amount), place);
    return confirm_open(c, &settings, "letters", yes);
}

static int ask(const struct confirmation *c, const char *answers)
{
    FILE *file = fmemopen((void *)(uintptr_t)answers, strlen(answers), "r");
    int code = confirm_ask(c, file);
    fclose(file);
    return code;
}

TEST(many_items_or_much_money_ask_for_the_number_that_is_meant)
{
    struct table t = TABLE(
        "items  each    currency  answers        | code",
        "3      100000  USD       ;              | 0",
        "4      1       USD       4;             | 0",
        "4      1       USD       3;             | 77",
        "4      1       USD       ;              | 77",
        "4      1       USD       yes;           | 77",
        "1      300001  USD       3000.01;       | 0",
        "1      300001  USD       3000.01 USD;   | 0",
        "1      300001  USD       300001;        | 77",
        "1      300000  USD       ;              | 0",
        "2      -150001  USD      3000.02;       | 0",
        "2      999999  EUR       ;              | 0",
        "4      100000  USD       4;4000.00;     | 0",
        "4      100000  USD       4;4;           | 77",
        "4      100000  USD       4000.00;4;     | 77");
    while (table_next(&t)) {
        struct confirmation c;
        char answers[64] = "";
        struct text text = text_over(answers, sizeof answers - 1);
        text_put(&text, cell(&t, "answers"));
        for (size_t i = 0; i < text.size; i++)
            if (answers[i] == ';') answers[i] = '\n';
        CHECK_INT(open_with(&c, "3000.00 USD", false), EXIT_DONE);
        for (int64_t i = 0; i < cell_int(&t, "items"); i++)
            confirm_add(&c, cell_int(&t, "each"), cell(&t, "currency"));
        CHECK_CELL_INT(&t, "code", ask(&c, answers));
    }
}

TEST(yes_skips_the_question)
{
    struct confirmation c;
    CHECK_INT(open_with(&c, "1 USD", true), EXIT_DONE);
    for (int i = 0; i < 4; i++) confirm_add(&c, 500, SLICE("USD"));
    CHECK_INT(ask(&c, "\n"), EXIT_DONE);
}

TEST(an_amount_without_its_currency_is_no_setting)
{
    struct confirmation c;
    CHECK_INT(open_with(&c, "100", false), EXIT_BAD_SETTING);
    CHECK_INT(open_with(&c, "100 XYZ", false), EXIT_BAD_SETTING);
    CHECK_INT(open_with(&c, "1.001 USD", false), EXIT_BAD_SETTING);
    CHECK_INT(open_with(&c, "1 JPY", false), EXIT_DONE);
}
