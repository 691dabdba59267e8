#include "daybook/store/refusal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/buffer.h"
#include "daybook/base/language.h"
#include "daybook/base/text.h"
#include "daybook/domain/money.h"

/* Sorted by word; the words are those that functions of sql/schema refuse with. */
static const struct refusal table[] = {
    {"account-differs", N_("{account} is no account of the channel.")},
    {"action-unknown", N_("There is no action {action} on exceptions.")},
    {"amount-differs", N_("{id} and its line differ in amount.")},
    {"answer-needed", N_("Write down what the bank answered.")},
    {"answered-already", N_("{id} is answered already; add another contact.")},
    {"attachment-needed", N_("{class} rests on a letter or a picture: name its file.")},
    {"bad-class", N_("A payout's evidence is E1, E3, E4 or E5, not {class}.")},
    {"bad-day", N_("There is no such day here: {day}.")},
    {"bad-group", N_("There is no group {group}.")},
    {"bad-limit", N_("A limit is a kind, a currency, an amount and 0, 1 or 2 checkers.")},
    {"bad-login", N_("{login} cannot be a login: use small letters, digits and _.")},
    {"bad-request", N_("The core cannot read this request: {field}.")},
    {"bad-state", N_("A payout's state is corrected to PAID or NOT_PAID, not {state}.")},
    {"bad-verifier", N_("The password of {login} must come as a SCRAM verifier.")},
    {"batch-item", N_("{id} moves with its batch {batch}.")},
    {"body-differs", N_("Chunk {chunk} of {file} is not what the core was to be told.")},
    {"candidate-unknown", N_("{id} has no such candidate; read the candidates again.")},
    {"changed-since", N_("{id} was changed since you read it; look at it again.")},
    {"channel-differs", N_("{id} belongs to the channel {channel}.")},
    {"channel-unknown", N_("There is no channel {channel}.")},
    {"channels-differ", N_("{id} is of another channel: a request is about one.")},
    {"claimed", N_("{id} is claimed already, by {owner}.")},
    {"closed-already", N_("{id} was closed by evidence already.")},
    {"contact-unknown", N_("There is no bank contact {id} in your channels.")},
    {"core-signature-bad", N_("{id} does not carry the core's signature.")},
    {"currency-differs", N_("One request has one currency: {currency}, {other}.")},
    {"date-needed", N_("A date from {from} to {to} is needed.")},
    {"day-closed", N_("{day} is closed already.")},
    {"day-closed-already", N_("{day} is closed already.")},
    {"day-not-over",
     N_("A bracket needs a day that is over, its opening and its closing balance: {day}.")},
    {"day-open-ends", N_("{day} cannot be closed: {count} open, {list}.")},
    {"day-running", N_("{day} is not over yet.")},
    {"document-bad", N_("This is not a request's document: {at}.")},
    {"environment-differs", N_("This request is of {environment}, another environment.")},
    {"evidence-needed",
     N_("{id} needs evidence that it was not paid: of the bank (E1), or in writing (E3).")},
    {"evidence-short", N_("{id} cannot be closed by evidence: {standing}.")},
    {"exception-unknown", N_("There is no exception {id} in your channels.")},
    {"excluded-person",
     N_("You claimed or edited what {id} is about: another person must check it.")},
    {"executed", N_("{id} is executed: nothing can be changed about it.")},
    {"expired", N_("The time to decide about {id} is over.")},
    {"fee-not-alone",
     N_("{line} is a payout's own line; the fee named in it has no line to move.")},
    {"feed-channel", N_("Line {line}: there is no channel {channel}.")},
    {"feed-own-core", N_("Line {line}: our own core pays out through {channel} on {day}; its "
                         "payouts are not fed.")},
    {"file-known", N_("This file is here already: {file}, {state}.")},
    {"file-not-provisional", N_("{file} is not waiting for a second reading.")},
    {"file-unknown", N_("There is no file {file}.")},
    {"file-unreadable",
     N_("The same bytes could not be read before, for the same reason: {file}.")},
    {"gates-open", N_("{day} cannot be closed yet: {gates}.")},
    {"has-difference", N_("A difference is left: such a link needs a signed request.")},
    {"has-files", N_("{channel} gives statement files: they are the evidence.")},
    {"head-unknown", N_("The audit has no entry {seq} to sign.")},
    {"heir-unfit", N_("Name a clerk who sees the channel of {id} and stays: {login}.")},
    {"illegal-edge", N_("What is {from} cannot become {to}.")},
    {"import-finished", N_("Import {import} is finished already.")},
    {"import-no-verify", N_("Import {import} is no second reading.")},
    {"import-unknown", N_("There is no import {import} of yours.")},
    {"import-verifies", N_("Import {import} is a second reading.")},
    {"in-future", N_("That is not over yet: {at}.")},
    {"insufficient-funds", N_("The account of {customer} does not cover this.")},
    {"item-twice", N_("Something stands twice in the request: {field}.")},
    {"kind-unknown", N_("There are no requests of the kind {kind}.")},
    {"line-needed", N_("A statement line is needed for this: {kind}.")},
    {"line-not-booked", N_("{line} is not booked: the bank may still take it back.")},
    {"line-provisional",
     N_("{line} was read by one program only; {file} waits for its second reading.")},
    {"line-told", N_("The core has booked {line}: ending this match needs a signed request.")},
    {"line-unknown", N_("There is no line {line} in your channels.")},
    {"login-above", N_("{login} is not a login of the desk.")},
    {"maker-unknown", N_("{id} was made in another person's name.")},
    {"matched-already", N_("One of both sides is matched already; read the candidates again.")},
    {"mixed-groups", N_("{login} would be a person and a service.")},
    {"needs-none", N_("{id} is {state}: it needs no evidence.")},
    {"no-balance",
     N_("Kept, but it proves nothing: {difference_money} is left over.")},
    {"not-allowed", N_("Your role may not do this: {action}.")},
    {"not-approved", N_("{id} is not approved: {state}.")},
    {"not-asked-for", N_("{id} is {state}: nothing is asked about it any more.")},
    {"not-definite", N_("{id} is {state}: nobody knows yet whether it was paid.")},
    {"not-executed", N_("The core has not executed {id}.")},
    {"not-expired", N_("{id} is not over yet.")},
    {"not-matched", N_("Line {line} is not matched.")},
    {"not-pending", N_("{id} waits for nobody any more: {state}.")},
    {"not-reversible", N_("{id} cannot be taken back by counter-entries.")},
    {"not-yours", N_("{id} is not yours but of {owner}; claim it first.")},
    {"not-yourself", N_("Nobody enrols himself: {login}.")},
    {"nothing-held", N_("The money of {id} is not where it would be taken from.")},
    {"operator-incomplete", N_("Say all of {login}: person, roles, channels and signing key.")},
    {"operator-unknown", N_("{login} is not enrolled here; ask your system administrator.")},
    {"order-differs", N_("Line {line}: order {order_no} is known with another amount or channel.")},
    {"order-twice", N_("Line {line}: order {order_no} stands in the file twice.")},
    {"param-unknown", N_("A request of the kind {kind} takes only {params}.")},
    {"payment-unknown", N_("There is no payout {id} in your channels.")},
    {"payout-needed", N_("Say which payout it is: {kind}.")},
    {"payout-unknown", N_("The payment core knows no payout {id}.")},
    {"pending", N_("{id} is still pending.")},
    {"proposed-already", N_("There is a request about this already: {id} {request}.")},
    {"reason-needed", N_("A reason is needed: {action}.")},
    {"rejected", N_("{id} was rejected.")},
    {"request-differs", N_("{id} is known with other bytes.")},
    {"request-needed", N_("{id} moves by a signed request only.")},
    {"request-unknown", N_("There is no request {id} in your channels.")},
    {"reversed-already", N_("{id} was taken back already.")},
    {"role-missing", N_("Your role may not do this: {action}.")},
    {"rows-stay", N_("Rows of {table} are never changed or deleted.")},
    {"rules-unknown", N_("There is no version {version} of the match rules.")},
    {"same-login", N_("{file} was read by you: the second reading needs another login.")},
    {"same-person", N_("You made {id} yourself: another person must check it.")},
    {"scope-short", N_("Whoever closes {day} must see all channels.")},
    {"signature-bad", N_("The signature on {id} is not yours, or not of this request.")},
    {"stale", N_("What {id} rests on has changed since: propose it again ({object}).")},
    {"suspended-already", N_("{id} stands in suspense already, or did.")},
    {"suspense-needed", N_("Nothing of {id} stands in suspense.")},
    {"suspense-short", N_("Less than that stands in suspense for {id}.")},
    {"tier-short", N_("{id} needs {tier} checkers.")},
    {"told-already", N_("{id} was posted already, by a statement line or a request.")},
    {"too-many", N_("At most {limit} rows at once.")},
    {"too-soon", N_("The bank was asked about {id} a moment ago; again in {seconds} s.")},
    {"version-stale", N_("{id} was changed since you read it; look at it again.")},
    {"voted-already", N_("You have decided about {id} already.")},
    {"window-open", N_("The payout may come back until {until}; E5 counts after that.")},
    {"wrong-disposition", N_("{kind} does not fit {code}.")},
};

const struct refusal *refusals(size_t *count)
{
    *count = sizeof table / sizeof table[0];
    return table;
}

static int refusal_compare(const void *word, const void *row)
{
    return strcmp(word, ((const struct refusal *)row)->word);
}

static const struct refusal *refusal_find(const char *word)
{
    return bsearch(word, table, sizeof table / sizeof table[0], sizeof table[0], refusal_compare);
}

/* --- details: `key=value key=value`, values run to the next ` key=` */

static size_t key_length(const char *text)
{
    size_t n = 0;
    while ((text[n] >= 'a' && text[n] <= 'z') || text[n] == '_')
        n++;
    return n > 0 && text[n] == '=' ? n : 0;
}

static struct span detail_value(const char *detail, struct span key)
{
    for (const char *at = detail; at != NULL && *at != '\0';) {
        size_t name = key_length(at);
        const char *value = at + name + (name > 0);
        const char *end = value;
        while (*end != '\0' && !(*end == ' ' && key_length(end + 1) > 0))
            end++;
        if (name > 0 && span_equal((struct span){at, name}, key))
            return (struct span){value, (size_t)(end - value)};
        at = *end == '\0' ? NULL : end + 1;
    }
    return (struct span){NULL, 0};
}

/* {amount_money}: the word `amount`, in minor units, as an amount of the word `currency`. */
static bool money_fill(const char *detail, struct span key, char out[MONEY_TEXT + 8])
{
    static const char tail[] = "_money";
    size_t length = sizeof tail - 1;
    struct currency currency;
    char number[MONEY_TEXT];
    int64_t minor = 0;
    if (key.length <= length || memcmp(key.data + key.length - length, tail, length) != 0)
        return false;
    struct span amount = detail_value(detail, (struct span){key.data, key.length - length});
    if (!text_to_int64(amount, &minor) ||
        !currency_parse(detail_value(detail, span_of("currency")), &currency) ||
        currency_exponent(currency) < 0)
        return false;
    snprintf(out, MONEY_TEXT + 8, "%s %s",
             money_text(minor, currency_exponent(currency), true, number), currency.code);
    return true;
}

static void sentence_fill(struct buffer *out, const char *sentence, const char *detail)
{
    for (const char *at = sentence; *at != '\0';) {
        const char *end = *at == '{' ? strchr(at, '}') : NULL;
        if (end == NULL) {
            buffer_append_char(out, *at++);
            continue;
        }
        struct span key = {at + 1, (size_t)(end - at) - 1};
        struct span value = detail == NULL ? (struct span){NULL, 0} : detail_value(detail, key);
        char money[MONEY_TEXT + 8];
        if (value.length == 0 && detail != NULL && money_fill(detail, key, money))
            buffer_append_string(out, money);
        else if (value.length == 0)
            buffer_append_string(out, "-");
        else
            buffer_append(out, value.data, value.length);
        at = end + 1;
    }
}

/* --- the standard's states */

struct state_meaning {
    const char *state; /* five characters, or the class: two */
    enum error_code code;
    const char *sentence; /* N_(); NULL: the server's own words */
};

/* The first that fits. */
static const struct state_meaning meanings[] = {
    {"57014", ERROR_CANCELLED, N_("The database stopped this: it was cancelled or took too long.")},
    {"42501", ERROR_REFUSED, N_("The database does not allow you this.")},
    {"40001", ERROR_CONFLICT, N_("Somebody else changed this at the same moment; do it again.")},
    {"40P01", ERROR_CONFLICT, N_("Somebody else changed this at the same moment; do it again.")},
    {"55P03", ERROR_CONFLICT, N_("Somebody else is at work on this; do it again later.")},
    {"25006", ERROR_REFUSED, N_("This server can only be read at the moment.")},
    {"57P", ERROR_CONNECTION, NULL},
    {"08", ERROR_CONNECTION, NULL},
    {"22", ERROR_INPUT, NULL},
    {"23", ERROR_CONFLICT, NULL},
    {"28", ERROR_REFUSED, NULL},
    {"53", ERROR_SYSTEM, NULL},
    {"P0001", ERROR_REFUSED, NULL},
};

static enum error_code desk_code(const char *sqlstate)
{
    static const struct {
        const char *state;
        enum error_code code;
    } codes[] = {
        {"DB400", ERROR_INPUT},    {"DB403", ERROR_REFUSED},  {"DB404", ERROR_NOT_FOUND},
        {"DB405", ERROR_REFUSED},  {"DB409", ERROR_CONFLICT}, {"DB410", ERROR_CONFLICT},
        {"DB412", ERROR_CONFLICT}, {"DB413", ERROR_REFUSED},  {"DB414", ERROR_CONFLICT},
        {"DB411", ERROR_INPUT},    {"DB420", ERROR_LIMIT},
    };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (strcmp(codes[i].state, sqlstate) == 0)
            return codes[i].code;
    return ERROR_REFUSED;
}

static void desk_error(const char *sqlstate, const char *word, const char *detail,
                       struct error *error)
{
    const struct refusal *refusal = refusal_find(word);
    if (refusal == NULL) {
        error_set(error, desk_code(sqlstate), "%s %s", word, detail == NULL ? "" : detail);
        return;
    }
    struct buffer sentence;
    buffer_init(&sentence, ERROR_MESSAGE_MAX);
    sentence_fill(&sentence, _(refusal->sentence), detail);
    error_set(error, desk_code(sqlstate), "%s", buffer_text(&sentence));
    buffer_free(&sentence);
}

void refusal_error(const char *sqlstate, const char *message, const char *detail,
                   struct error *error)
{
    const char *state = sqlstate == NULL ? "" : sqlstate;
    const char *words = message == NULL || message[0] == '\0' ? _("no reason was given") : message;
    if (strncmp(state, "DB", 2) == 0) {
        desk_error(state, words, detail, error);
        return;
    }
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
        const struct state_meaning *meaning = &meanings[i];
        if (strncmp(meaning->state, state, strlen(meaning->state)) != 0)
            continue;
        error_set(error, meaning->code, "%s",
                  meaning->sentence == NULL ? words : _(meaning->sentence));
        return;
    }
    error_set(error, ERROR_SYSTEM, _("the database says: %s (%s)"), words,
              state[0] == '\0' ? "-" : state);
}
