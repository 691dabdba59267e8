#include "problem.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/json.h"
#include "daybook/base/text.h"

/* Sorted by code. What only SQL refuses with stands here too, for its title. */
static const struct core_problem table[] = {
    {"account-differs", 409, "The account is not the channel's"},
    {"account-taken", 409, "An account is another channel's"},
    {"account-unknown", 404, "There is no such account"},
    {"amount-differs", 409, "The line has another amount"},
    {"authority-damaged", 503, "Who may sign cannot be told: a kept request does not hold"},
    {"bad-account", 400, "This is no account"},
    {"bad-amount", 400, "The amount is out of range"},
    {"bad-answer", 400, "This is no answer of a bank"},
    {"bad-batch", 400, "A field of the batch is not as it must be"},
    {"bad-channel", 400, "A channel's setting is not as it must be"},
    {"bad-client", 400, "A client is a certificate's name with rights"},
    {"bad-currency", 400, "The currency is not the one of channel and customer"},
    {"bad-cursor", 400, "This cursor is not one of this list"},
    {"bad-customer", 400, "A customer's field is not as it must be"},
    {"bad-journal", 409, "This is no journal that can be posted"},
    {"bad-lines", 400, "The lines are not as they must be"},
    {"bad-mode", 400, "Items of a batch come with their batch"},
    {"bad-order", 400, "The order number is not as it must be"},
    {"bad-payee", 400, "A field of the payee is not as it must be"},
    {"bad-reference", 400, "The reference is not as it must be"},
    {"bad-request", 400, "The request is not as it must be"},
    {"batch-exists", 409, "This batch is known already"},
    {"batch-item", 409, "This payout moves with its batch"},
    {"batch-totals", 400, "Count and total are not those of the items"},
    {"batch-unknown", 404, "There is no such batch"},
    {"body-needed", 400, "This operation needs a JSON body"},
    {"body-too-large", 413, "The body is over 2 MiB"},
    {"body-unexpected", 400, "This operation takes no body"},
    {"cap-exceeded", 403, "The person's sum of the day is over the limit"},
    {"certificate-unfit", 403, "The certificate does not name a client"},
    {"channel-differs", 409, "This is of another channel"},
    {"channel-unknown", 404, "There is no such channel"},
    {"chunk-differs", 409, "This chunk was told with other lines"},
    {"client-unknown", 403, "This client was never entered here"},
    {"closed-already", 409, "The payout was closed by evidence already"},
    {"content-type", 415, "Bodies are application/json"},
    {"core-signature-bad", 403, "This core did not sign the document"},
    {"currency-differs", 400, "A request has one currency"},
    {"customer-exists", 409, "There is such a customer already"},
    {"customer-unknown", 404, "There is no such customer"},
    {"database-busy", 503, "The database refused to wait any longer; nothing was written"},
    {"database-refused", 500, "The database refused; nothing was written"},
    {"database-unreachable", 503, "The database cannot be reached; nothing was written"},
    {"day-closed", 409, "The ledger's day is closed"},
    {"day-closed-already", 409, "The day is closed already"},
    {"day-open-ends", 409, "Something of the day is still open"},
    {"day-running", 409, "The day is not over"},
    {"document-bad", 400, "The document is not as it must be"},
    {"environment-differs", 403, "The document is of another environment"},
    {"evidence-needed", 409, "Evidence is needed that it was not paid"},
    {"excluded-person", 403, "Who worked on it cannot check it"},
    {"expired", 409, "The request has expired"},
    {"file-unknown", 404, "Nothing was told of such a file"},
    {"header-twice", 400, "A header stands twice that may stand once"},
    {"if-match-malformed", 400, "If-Match is one entity tag, as in ETag: \"7\""},
    {"if-match-needed", 428, "This operation needs If-Match with the version you saw"},
    {"illegal-edge", 409, "What is in this state cannot go to that one"},
    {"insufficient-funds", 409, "The account does not cover this"},
    {"item-twice", 400, "Something stands twice in the request"},
    {"json-key-twice", 400, "A key stands twice in one object"},
    {"json-malformed", 400, "The body is not JSON"},
    {"json-not-utf8", 400, "The body is not UTF-8"},
    {"json-number", 400, "A number is no integer of 64 bits"},
    {"json-too-deep", 400, "The body has more than 16 levels"},
    {"json-too-large", 413, "The body has too many values"},
    {"key-malformed", 400, "Idempotency-Key is 8 to 64 letters, digits and - _ . :"},
    {"key-needed", 400, "This operation needs an Idempotency-Key"},
    {"key-reused", 409, "This key was used for something else"},
    {"key-revoked", 403, "The signing key is no longer the person's"},
    {"key-unknown", 403, "The signing key is nobody's"},
    {"line-needed", 400, "An item names no statement line of that direction"},
    {"maker-unknown", 403, "The maker is no operator of the charter"},
    {"member-missing", 400, "A member of the body is missing"},
    {"member-unfit", 400, "A member of the body has the wrong type or range"},
    {"member-unknown", 400, "A member of the body is not known"},
    {"not-allowed", 403, "This client may not do this"},
    {"not-asked-for", 409, "Nothing is asked about this payout any more"},
    {"not-definite", 409, "Nobody knows yet what became of this payout"},
    {"not-repayable", 409, "Only what failed or came back is paid again"},
    {"not-reversible", 409, "This cannot be taken back by counter-entries"},
    {"nothing-held", 409, "The money is not where it would be taken from"},
    {"order-exists", 409, "This order is known already"},
    {"outcome-unknown", 504, "Whether it was done is not known; ask again with the same key"},
    {"path-unknown", 404, "There is no such path"},
    {"payout-needed", 400, "An item names no payout"},
    {"payout-unknown", 404, "There is no such payout"},
    {"posting-state", 409, "This event cannot be posted in this state"},
    {"query-malformed", 400, "A parameter of the query is not as it must be"},
    {"query-unknown", 400, "A parameter of the query is not known"},
    {"reference-exists", 409, "This reference is known already"},
    {"rejected", 409, "The request was rejected"},
    {"repaid-already", 409, "This payout was paid again already"},
    {"request-differs", 409, "The request was executed with another document, or is another"},
    {"request-id-malformed", 400, "X-Request-Id is 1 to 64 letters, digits and - _ ."},
    {"request-needed", 403, "Paying again needs a signed request"},
    {"request-unknown", 404, "No such request was executed"},
    {"requests-off", 503, "This core is not set up to execute requests"},
    {"reversed-already", 409, "This was taken back already"},
    {"role-missing", 403, "The role does not allow this"},
    {"rows-stay", 409, "Such rows are never changed"},
    {"same-person", 403, "Maker and checkers are different people"},
    {"signature-bad", 403, "A signature does not hold"},
    {"stale", 412, "The effect is not what was signed any more"},
    {"stopping", 503, "This server is about to end; ask another, or again"},
    {"suspended-already", 409, "This stands or stood in suspense already"},
    {"suspense-needed", 409, "Nothing of this stands in suspense"},
    {"suspense-short", 409, "Less stands in suspense than that"},
    {"tier-short", 403, "More people must check this"},
    {"told-already", 409, "This line or payout was posted already"},
    {"too-soon", 429, "This was asked a moment ago"},
    {"unbalanced", 409, "A journal does not balance"},
    {"version-stale", 412, "It was changed since you saw it"},
    {"wrong-method", 405, "This path has other methods"},
};

const struct core_problem *core_problems(size_t *count)
{
    *count = sizeof table / sizeof table[0];
    return table;
}

static int problem_compare(const void *code, const void *row)
{
    return strcmp(code, ((const struct core_problem *)row)->code);
}

const struct core_problem *core_problem_find(const char *code)
{
    return bsearch(code, table, sizeof table / sizeof table[0], sizeof table[0], problem_compare);
}

/* --- what the database says */

/* The standard's states, the first that fits: five characters, or the beginning of them. */
static const struct {
    const char *state, *code;
} states[] = {
    {"57014", "database-busy"}, /* statement_timeout */
    {"55P03", "database-busy"}, /* lock_timeout */
    {"40001", "database-busy"},
    {"40P01", "database-busy"},
    {"25006", "database-unreachable"}, /* a standby: nothing can be written here */
    {"53", "database-busy"},
    {"57P", "database-unreachable"},
};

static int status_of(const char *code)
{
    const struct core_problem *problem = core_problem_find(code);

    assert(problem);
    return problem->status;
}

const char *core_problem_of(enum core_outcome outcome, const struct core_refusal *refusal,
                            bool writes, int *status)
{
    const char *code = "database-refused";
    int64_t number;

    if (outcome == CORE_UNKNOWN) {
        code = writes ? "outcome-unknown" : "database-unreachable";
    } else if (outcome == CORE_UNREACHABLE) {
        code = "database-unreachable";
    } else if (strncmp(refusal->sqlstate, "DB4", 3) == 0
               && text_to_int64(span_of(refusal->sqlstate + 2), &number) && number >= 400) {
        const struct core_problem *known = core_problem_find(refusal->message);

        *status = known ? known->status : (int)number;
        return refusal->message;
    } else {
        for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
            if (strncmp(refusal->sqlstate, states[i].state, strlen(states[i].state)) == 0) {
                code = states[i].code;
                break;
            }
        }
    }
    *status = status_of(code);
    return code;
}

/* --- the document */

void core_problem_write(struct buffer *out, const char *code, int status, const char *detail,
                        const char *request_id)
{
    const struct core_problem *problem = core_problem_find(code);
    char type[CORE_REFUSAL_TEXT + 32];
    struct json json;

    snprintf(type, sizeof type, "urn:daybook:problem:%s", code);
    json_write_start(&json, out);
    json_write_object(&json);
    json_write_key(&json, "type");
    json_write_string(&json, type);
    json_write_key(&json, "title");
    json_write_string(&json, problem ? problem->title : code);
    json_write_key(&json, "status");
    json_write_int(&json, status);
    json_write_key(&json, "code");
    json_write_string(&json, code);
    json_write_key(&json, "detail");
    json_write_string(&json, detail ? detail : "");
    json_write_key(&json, "request_id");
    json_write_string(&json, request_id);
    json_write_end(&json);
}
