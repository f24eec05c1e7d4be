/* wire/terms_schema.h: bounds and tables that readers of reference text share (domain.md 2.2). */
#ifndef WIRE_TERMS_SCHEMA_H
#define WIRE_TERMS_SCHEMA_H

#include "domain/program.h"
#include "domain/rounding.h"
#include "wire/schema.h"

#include <stddef.h>

#define PERCENT_MAX INT64_C(1000000000)             /* micros of a percent: 1 000 % */
#define SHARE_MAX   INT64_C(100000000)              /* a part of a whole: 100 % */
#define FROM_MAX    INT64_C(1000000000000000000)    /* micros of a qualifier unit */
#define DAYS_MAX    36525

/* END_USER and GOVERNMENT are roles of parties only. */
#define WORD_BIT(list, word) (1u << list##_##word)
#define PARTNER_ROLES (WORD_BIT(ROLE, DISTRIBUTOR) | WORD_BIT(ROLE, VAR) | WORD_BIT(ROLE, SOLUTION_INTEGRATOR) | \
    WORD_BIT(ROLE, MSP) | \
                       WORD_BIT(ROLE, RETAILER) | WORD_BIT(ROLE, AGENT) | WORD_BIT(ROLE, CONSULTANT))

#define TEXT_OF(record, member, size)    .type = MEMBER_TEXT, PLACE(record, member), .bound = (size)
#define ID_OF(record, member, size)      .type = MEMBER_ID, PLACE(record, member), .bound = (size)
#define WORD_OF(record, member, words)   .type = MEMBER_WORD, PLACE(record, member), .list = VOCABULARY_##words
#define CHOICE_OF(record, member, words) .type = MEMBER_CHOICE, PLACE(record, member), .choices = (words)
#define FLAG_OF(record, member)          .type = MEMBER_FLAG, PLACE(record, member)
#define DATE_OF(record, member)          .type = MEMBER_DATE, PLACE(record, member)
#define WHOLE_OF(record, member, least, most) .type = MEMBER_WHOLE, PLACE(record, member), .min = (least), .max = (most)
#define DAYS_OF(record, member)          WHOLE_OF(record, member, 0, DAYS_MAX)
#define MONEY_OF(record, member)         .type = MEMBER_MONEY, PLACE(record, member), .max = AMOUNT_MINOR_MAX
#define PRICE_OF(record, member) \
    .type = MEMBER_DECIMAL, PLACE(record, member), .scale = 6, .max = PRICE_MICROS_MAX
#define QTY_OF(record, member)           .type = MEMBER_DECIMAL, PLACE(record, member), .scale = 3, .max = QTY_MILLI_MAX
#define PERCENT_OF(record, member)       .type = MEMBER_DECIMAL, PLACE(record, member), .scale = 6, .max = PERCENT_MAX
#define SHARE_OF(record, member)         .type = MEMBER_DECIMAL, PLACE(record, member), .scale = 6, .max = SHARE_MAX
#define TEXTS_OF(record, member, size)   .type = MEMBER_TEXTS, PLACE(record, member), .bound = (size)
#define IDS_OF(record, member, size)     .type = MEMBER_IDS, PLACE(record, member), .bound = (size)
#define PRODUCTS_OF(record, member)      .type = MEMBER_PRODUCTS, PLACE(record, member), .bound = 64
#define RECORD_OF(record, member, table) .type = MEMBER_RECORD, PLACE(record, member), .schema = &(table)
#define BLOCK_OF(table)                  .type = MEMBER_RECORD, .offset = 0, .schema = &(table)
#define RECORDS_OF(record, member, count_member, table) \
    .type = MEMBER_RECORDS, PLACE(record, member), ASIDE(record, count_member), .schema = &(table)
#define BY_HAND                          .type = MEMBER_BY_HAND

/* The tables of the two blocks that an agreement may override. */
extern const struct schema terms_ship_debit_schema, terms_claim_schema;

#endif
