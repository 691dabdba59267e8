/* The table of operations, and the bodies they take. Statements call functions of schema paycore,
 * which check the actor's right, the key and the version in the transaction that does the work. */
#include "route.h"

enum { ITEMS_MAX = 10000 };

/* 10^15 minor units: sums of a day stay far below what 64 bits hold. */
#define MINOR_MAX 1000000000000000

#define END {.name = NULL}
#define WORD(its_name, its_most, its_form)                                                 \
    {.name = its_name, .kind = MEMBER_TEXT, .least = 1, .most = its_most, .form = its_form}
#define MAYBE_WORD(its_name, its_most, its_form)                                           \
    {.name = its_name, .kind = MEMBER_TEXT, .least = 1, .most = its_most, .form = its_form, \
     .optional = true}
#define NUMBER(its_name, its_least, its_most) \
    {.name = its_name, .kind = MEMBER_INTEGER, .least = its_least, .most = its_most}
#define OBJECT(its_name, its_members) \
    {.name = its_name, .kind = MEMBER_OBJECT, .inside = its_members}

/* --- bodies */

static const struct core_member payee[] = {
    WORD("name", 140, NULL),
    WORD("account", 34, "id"),
    END,
};

static const struct core_member payout_body[] = {
    WORD("order_no", 40, "id"),
    WORD("customer", 40, "id"),
    WORD("channel", 16, "id"),
    NUMBER("amount", 1, MINOR_MAX),
    WORD("currency", 3, "currency"),
    OBJECT("payee", payee),
    MAYBE_WORD("repays", 18, "payout"),
    END,
};

static const struct core_member batch_item[] = {
    WORD("order_no", 40, "id"),
    WORD("customer", 40, "id"),
    NUMBER("amount", 1, MINOR_MAX),
    OBJECT("payee", payee),
    END,
};

/* The totals are the client's own: where they are not those of the items, the batch is refused. */
static const struct core_member batch_body[] = {
    WORD("batch_no", 35, "id"),
    WORD("channel", 16, "id"),
    NUMBER("count", 1, ITEMS_MAX),
    NUMBER("total", 1, MINOR_MAX),
    WORD("currency", 3, "currency"),
    {.name = "items", .kind = MEMBER_ARRAY, .least = 1, .most = ITEMS_MAX, .inside = batch_item},
    END,
};

static const struct core_member customer_body[] = {
    WORD("customer", 40, "id"),
    WORD("name", 140, NULL),
    WORD("kind", 8, "CUSTOMER|MERCHANT"),
    WORD("currency", 3, "currency"),
    END,
};

static const struct core_member fund_in_body[] = {
    WORD("channel", 16, "id"),
    NUMBER("amount", 1, MINOR_MAX),
    WORD("currency", 3, "currency"),
    WORD("reference", 64, "id"),
    END,
};

static const struct core_member own_funds_body[] = {
    WORD("account", 34, "id"),
    NUMBER("amount", 1, MINOR_MAX),
    WORD("currency", 3, "currency"),
    WORD("reference", 64, "id"),
    END,
};

/* --- the operations */

#define KEYED "actor key sha "
#define PAYOUT_ACTION(word, its_right, its_sql)                                          \
    {.method = "POST", .path = "/v1/payouts/{id}:" word, .operation = "payout-" word,     \
     .right = its_right, .keyed = true, .versioned = true, .sql = its_sql,               \
     .parameters = KEYED "@id! version now"}

static const struct core_route routes[] = {
    {.method = "GET", .path = "/health", .operation = "health", .right = "any",
     .kind = ROUTE_HEALTH},
    {.method = "GET", .path = "/metrics", .operation = "metrics", .right = "any",
     .kind = ROUTE_METRICS},
    {.method = "GET", .path = "/v1/openapi.yaml", .operation = "contract", .right = "any",
     .kind = ROUTE_CONTRACT},
    {.method = "POST", .path = "/v1/payouts", .operation = "payout-create", .right = "payouts",
     .keyed = true, .body = payout_body,
     .sql = "select status, body, replayed from paycore.payout_create($1, $2, $3, $4, $5, $6,"
            " 'REALTIME', null, $7, $8, $9, $10, $11, $12)",
     .parameters = KEYED "$order_no $customer $channel $amount $currency $payee.name"
                         " $payee.account $repays! now"},
    {.method = "GET", .path = "/v1/payouts", .operation = "payout-list", .right = "read",
     .kind = ROUTE_READ, .query = "state channel order_no bank_ref cursor limit",
     .sql = "select paycore.payout_list($1, $2, $3, $4, $5, $6, $7)",
     .parameters = "actor ?state ?channel ?order_no ?bank_ref ?cursor ?limit"},
    {.method = "GET", .path = "/v1/payouts/{id}", .operation = "payout-get", .right = "read",
     .kind = ROUTE_READ, .sql = "select paycore.payout_get($1, $2)", .parameters = "actor @id!"},
    PAYOUT_ACTION("approve", "payouts",
                  "select status, body, replayed from paycore.payout_approve($1, $2, $3, $4, $5,"
                  " $6)"),
    PAYOUT_ACTION("submit", "payouts",
                  "select status, body, replayed from paycore.payout_submit($1, $2, $3, $4, $5,"
                  " $6)"),
    PAYOUT_ACTION("cancel", "operator",
                  "select status, body, replayed from paycore.payout_cancel($1, $2, $3, $4, $5,"
                  " $6)"),
    PAYOUT_ACTION("stop-ladder", "operator",
                  "select status, body, replayed from paycore.payout_ladder($1, $2, $3, $4, $5,"
                  " true, $6)"),
    PAYOUT_ACTION("resume-ladder", "operator",
                  "select status, body, replayed from paycore.payout_ladder($1, $2, $3, $4, $5,"
                  " false, $6)"),
    {.method = "POST", .path = "/v1/payouts/{id}:ask", .operation = "payout-ask",
     .right = "operator", .keyed = true,
     .sql = "select status, body, replayed from paycore.payout_ask($1, $2, $3, $4, $5)",
     .parameters = KEYED "@id! now"},
    {.method = "GET", .path = "/v1/payouts/{id}/events", .operation = "payout-events",
     .right = "read", .kind = ROUTE_READ, .query = "cursor limit",
     .sql = "select paycore.payout_events($1, $2, $3, $4)",
     .parameters = "actor @id! ?cursor ?limit"},
    {.method = "POST", .path = "/v1/batches", .operation = "batch-create", .right = "payouts",
     .keyed = true, .body = batch_body,
     .sql = "select status, body, replayed from paycore.batch_create($1, $2, $3, $4, $5, $6, $7,"
            " $8, $9, $10)",
     .parameters = KEYED "$batch_no $channel $count $total $currency $items now"},
    {.method = "GET", .path = "/v1/batches/{batch_no}", .operation = "batch-get",
     .right = "read", .kind = ROUTE_READ, .sql = "select paycore.batch_get($1, $2)",
     .parameters = "actor @batch_no"},
    {.method = "POST", .path = "/v1/batches/{batch_no}:submit", .operation = "batch-submit",
     .right = "payouts", .keyed = true,
     .sql = "select status, body, replayed from paycore.batch_submit($1, $2, $3, $4, $5)",
     .parameters = KEYED "@batch_no now"},
    {.method = "POST", .path = "/v1/customers", .operation = "customer-create",
     .right = "admin", .keyed = true, .body = customer_body,
     .sql = "select status, body, replayed from paycore.customer_create($1, $2, $3, $4, $5, $6,"
            " $7, $8)",
     .parameters = KEYED "$customer $name $kind $currency now"},
    {.method = "GET", .path = "/v1/customers/{customer}", .operation = "customer-get",
     .right = "read", .kind = ROUTE_READ, .sql = "select paycore.customer_get($1, $2)",
     .parameters = "actor @customer"},
    {.method = "POST", .path = "/v1/customers/{customer}:fund-in", .operation = "fund-in",
     .right = "payouts", .keyed = true, .body = fund_in_body,
     .sql = "select status, body, replayed from paycore.fund_in($1, $2, $3, $4, $5, $6, $7, $8,"
            " $9)",
     .parameters = KEYED "@customer $channel $amount $currency $reference now"},
    {.method = "POST", .path = "/v1/own-funds", .operation = "own-funds-in", .right = "admin",
     .keyed = true, .body = own_funds_body,
     .sql = "select status, body, replayed from paycore.own_funds_in($1, $2, $3, $4, $5, $6, $7,"
            " $8)",
     .parameters = KEYED "$account $amount $currency $reference now"},
    {.method = "GET", .path = "/v1/accounts/{account}/{sub}/{currency}",
     .operation = "account-get", .right = "read", .kind = ROUTE_READ,
     .sql = "select paycore.account_get($1, $2, $3, $4)",
     .parameters = "actor @account @sub @currency"},
};

const struct core_route *core_routes(size_t *count)
{
    *count = sizeof routes / sizeof routes[0];
    return routes;
}
