/* claimctl/confirm.c: what is much, and whether a person says it again. */
#include "claimctl/confirm.h"

#include "claimctl/command.h"
#include "domain/currency.h"
#include "domain/decimal.h"

#include <string.h>

enum { TYPED_BYTES = 64 };

int confirm_open(struct confirmation *c, const struct settings *s, const char *noun, bool yes)
{
    struct slice rest = settings_text(s, SETTING_CONFIRM_AMOUNT), amount = slice_cut(&rest, ' ');
    *c = (struct confirmation){ .settings = s, .noun = noun, .currency = slice_trim(rest), .yes = yes };
    if (currency_find(c->currency)
        && decimal_parse(amount, currency_exponent(c->currency), DECIMAL_EXCESS_REFUSE, &c->amount_max_minor, NULL)
               == OK)
        return EXIT_DONE;
    fprintf(stderr, "error[CONFIG_INVALID %d]: confirm.amount takes an amount with its currency, as 100000.00 USD\n",
            ERR_CONFIG_INVALID);
    return EXIT_BAD_SETTING;
}

void confirm_add(struct confirmation *c, int64_t amount_minor, struct slice currency)
{
    c->items++;
    if (slice_equal(currency, c->currency)) c->amount_minor += amount_minor < 0 ? -amount_minor : amount_minor;
}

/* What is typed, without the blanks around it and a currency after it. */
static struct slice read_answer(char *typed, FILE *answers)
{
    if (!fgets(typed, TYPED_BYTES, answers)) return (struct slice){ 0 };
    struct slice rest = slice_trim(slice_head(slice_from(typed), strcspn(typed, "\n")));
    return slice_cut(&rest, ' ');
}

static int refuse(void)
{
    fprintf(stderr, "error[USAGE %d]: not confirmed, nothing was done\n", ERR_USAGE);
    return EXIT_NOT_PERMITTED;
}

static int ask_items(const struct confirmation *c, FILE *answers)
{
    char typed[TYPED_BYTES];
    uint64_t number, most = (uint64_t)settings_number(c->settings, SETTING_CONFIRM_ITEMS_MAX);
    if (c->items <= most) return EXIT_DONE;
    fprintf(stderr, "%llu %s are more than confirm.items_max (%llu): type the number to go on: ",
            (unsigned long long)c->items, c->noun, (unsigned long long)most);
    return slice_to_uint(read_answer(typed, answers), UINT64_MAX, &number) && number == c->items ? EXIT_DONE : refuse();
}

static int ask_amount(const struct confirmation *c, FILE *answers)
{
    char typed[TYPED_BYTES], buffer[TYPED_BYTES];
    int64_t said = 0;
    if (c->amount_minor <= c->amount_max_minor) return EXIT_DONE;
    if (c->amount_minor > INT64_MAX) return refuse();
    struct text amount = text_over(buffer, sizeof buffer);
    struct slice most = settings_text(c->settings, SETTING_CONFIRM_AMOUNT);
    money_put(&amount, (int64_t)c->amount_minor, c->currency);
    fprintf(stderr, "%.*s %.*s is more than confirm.amount (%.*s): type the amount to go on: ",
            SLICE_ARGS(text_slice(&amount)), SLICE_ARGS(c->currency), SLICE_ARGS(most));
    struct slice answer = read_answer(typed, answers);
    enum err e = decimal_parse(answer, currency_exponent(c->currency), DECIMAL_EXCESS_REFUSE, &said, NULL);
    return e == OK && said == c->amount_minor ? EXIT_DONE : refuse();
}

int confirm_ask(const struct confirmation *c, FILE *answers)
{
    if (c->yes) return EXIT_DONE;
    int code = ask_items(c, answers);
    return code == EXIT_DONE ? ask_amount(c, answers) : code;
}
