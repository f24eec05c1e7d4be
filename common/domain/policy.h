/* domain/policy.h: thresholds that must be equal in every process (screening.md 5.1), and the rulesets they come
 * from. */
#ifndef DOMAIN_POLICY_H
#define DOMAIN_POLICY_H

#include "domain/kind.h"
#include "domain/line.h"
#include "domain/rule.h"

#define POLICY_COUNT(member)        int64_t member;
#define POLICY_PERCENT(member)      int64_t member;
#define POLICY_SCORE(member)        int64_t member;
#define POLICY_DAYS(member)         int64_t member;
#define POLICY_HOURS(member)        int64_t member;
#define POLICY_MONTHS(member)       int64_t member;
#define POLICY_PPM(member)          int64_t member;
#define POLICY_MILLI(member)        int64_t member;
#define POLICY_DATE(member)         int32_t member;
#define POLICY_FLAG(member)         bool member;
#define POLICY_SHORTAGE(member)     enum shortage member;
#define POLICY_RETURN_ORDER(member) enum return_order member;
#define POLICY_SERIAL_SCOPE(member) enum serial_scope member;
#define POLICY_KINDS(member)        unsigned member;
#define POLICY_TEXTS(member)        struct slice member;       /* words parted by blanks */

struct policy {
#define POLICY(type, member, name, default_value) POLICY_##type(member)
#include "domain/policy.def"
#undef POLICY
    uint32_t       ruleset_version;                 /* 0: the defaults of the page */
    enum rule_mode modes[RULE_COUNT];               /* by policy_set_mode alone */
};

#undef POLICY_COUNT
#undef POLICY_PERCENT
#undef POLICY_SCORE
#undef POLICY_DAYS
#undef POLICY_HOURS
#undef POLICY_MONTHS
#undef POLICY_PPM
#undef POLICY_MILLI
#undef POLICY_DATE
#undef POLICY_FLAG
#undef POLICY_SHORTAGE
#undef POLICY_RETURN_ORDER
#undef POLICY_SERIAL_SCOPE
#undef POLICY_KINDS
#undef POLICY_TEXTS

struct rule_setting { enum rule_id rule; enum rule_mode mode; };

/* Conditions empty or unspecified: any. */
struct ruleset_override {
    struct slice   program_id, root_id;
    enum incentive incentive;
    const struct rule_setting *rules;
    unsigned       rule_count;
    const struct pair *settings;
    unsigned       setting_count;
};

/* One version of a RULESET record. Settings were checked by policy_set when it was read. */
struct ruleset {
    struct slice   id;
    uint32_t       version;
    int32_t        valid_from;
    const struct rule_setting *rules;
    unsigned       rule_count;
    const struct pair *settings;
    unsigned       setting_count;
    const struct ruleset_override *overrides;
    unsigned       override_count;
};

/* The defaults of policy.def and rule.def. */
void policy_default(struct policy *p);

/* Sets one setting from text. ERR_CONFIG_INVALID: no such setting, or a value it cannot take; *p is then unchanged. The
 * text of TEXTS settings is borrowed. */
enum err policy_set(struct policy *p, struct slice name, struct slice value) MUST_CHECK;

/* True when a policy setting has that name. */
bool policy_is_known(struct slice name);

/* Sets the mode of a rule, unless it is one that is always enforced, or of the second wave: not built, that is OFF. */
void policy_set_mode(struct policy *p, enum rule_id rule, enum rule_mode mode);

static inline enum rule_mode policy_mode(const struct policy *p, enum rule_id rule)
{
    return p->modes[rule];
}

/* Every name in order, for help and nearest-name search. */
unsigned policy_count(void);
struct slice policy_name(unsigned index);

/* The value of a setting as policy_set takes it; nothing when there is no such setting. */
void policy_put(struct text *t, const struct policy *p, struct slice name);

#endif
