/* A charter as a damaged file may hold it. One that is read has what must hold of every policy;
 * what is said of the rest can be shown. */
#include <string.h>

#include "daybook/domain/policy.h"
#include "fuzz.h"

static void policy_holds(const struct policy *policy)
{
    static const char *const sets[] = {"OPERATOR_ENROL", "OPERATOR_REVOKE", "TIER_CHANGE"};
    size_t supervisors = 0;

    for (size_t i = 0; i < policy_operator_count(policy); i++) {
        const struct policy_operator *person = policy_operator_at(policy, i);

        FUZZ_HOLDS(policy_operator(policy, person->login) == person);
        FUZZ_HOLDS(strlen(person->key) == POLICY_KEY - 1 && person->roles != 0);
        supervisors += (person->roles & POLICY_SUPERVISOR) != 0;
    }
    FUZZ_HOLDS(supervisors >= 2);
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
        FUZZ_HOLDS(policy_tier(policy, span_of(sets[i]), SPAN("-"), 0) == 2);
    FUZZ_HOLDS(policy_tier(policy, SPAN("WRITE_OFF_LOSS"), SPAN("CNY"), 0) >= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error = {0};
    struct policy *policy = policy_charter((struct span){(const char *)data, size}, &error);

    if (policy != NULL) {
        policy_holds(policy);
        policy_free(policy);
    } else {
        char shown[ERROR_MESSAGE_MAX + 8];
        struct span said = span_of(error.message);

        FUZZ_HOLDS(error.code == ERROR_INPUT || error.code == ERROR_LIMIT);
        FUZZ_HOLDS(text_printable(shown, sizeof shown, said) == said.length);
    }
    return 0;
}
