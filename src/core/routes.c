/* The table of operations, and the bodies they take. Statements call functions of schema paycore,
 * which check the actor's right, the key and the version in the transaction that does the work. */
#include "route.h"

/* A batch is one transaction and must fit into a statement's time with much to spare. */
enum { ITEMS_MAX = 10000, BATCH_ITEMS_MAX = 2000, DOCUMENT_BASE64_MAX = 1500000 };

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

#define ARRAY(its_name, its_least, its_most, its_item)                            \
    {.name = its_name, .kind = MEMBER_ARRAY, .least = its_least, .most = its_most, \
     .inside = its_item}
#define MAYBE_NUMBER(its_name, its_least, its_most)                                     \
    {.name = its_name, .kind = MEMBER_INTEGER, .least = its_least, .most = its_most,    \
     .optional = true}
#define MAYBE_TRUTH(its_name) {.name = its_name, .kind = MEMBER_BOOL, .optional = true}

/* --- bodies */

static const struct core_member payee[] = {
    WORD("name", 140, NULL),
    WORD("account", 64, "id"),
    END,
};

static const struct core_member payout_body[] = {
    WORD("order_no", 40, "id"),
    WORD("customer", 32, "customer"),
    WORD("channel", 16, "channel"),
    NUMBER("amount", 1, MINOR_MAX),
    WORD("currency", 3, "currency"),
    OBJECT("payee", payee),
    MAYBE_WORD("repays", 18, "payout"),
    END,
};

static const struct core_member batch_item_members[] = {
    WORD("order_no", 40, "id"),
    WORD("customer", 32, "customer"),
    NUMBER("amount", 1, MINOR_MAX),
    OBJECT("payee", payee),
    END,
};
static const struct core_member batch_item = OBJECT("", batch_item_members);

/* The totals are the client's own: where they are not those of the items, the batch is refused. */
static const struct core_member batch_body[] = {
    WORD("batch_no", 35, "batch"),
    WORD("channel", 16, "channel"),
    NUMBER("count", 1, BATCH_ITEMS_MAX),
    NUMBER("total", 1, MINOR_MAX),
    WORD("currency", 3, "currency"),
    ARRAY("items", 1, BATCH_ITEMS_MAX, &batch_item),
    END,
};

static const struct core_member customer_body[] = {
    WORD("id", 32, "customer"),
    WORD("name", 140, NULL),
    WORD("kind", 8, "CUSTOMER|MERCHANT"),
    WORD("currency", 3, "currency"),
    END,
};

/* A reference is booked once on its account, whatever key it comes under. */
static const struct core_member fund_in_body[] = {
    WORD("channel", 16, "channel"),
    NUMBER("amount", 1, MINOR_MAX),
    WORD("currency", 3, "currency"),
    WORD("reference", 64, "id"),
    END,
};

static const struct core_member own_funds_body[] = {
    WORD("account", 64, "account"),
    NUMBER("amount", 1, MINOR_MAX),
    WORD("currency", 3, "currency"),
    WORD("reference", 64, "id"),
    END,
};

static const struct core_member follow_up = NUMBER("", 1, INT32_MAX);
static const struct core_member own_account = WORD("", 64, "account");

/* What is left out keeps its value; of a new channel currency and url are needed. */
static const struct core_member channel_body[] = {
    MAYBE_WORD("currency", 3, "currency"),
    MAYBE_WORD("url", 200, NULL),
    {.name = "accounts", .kind = MEMBER_ARRAY, .optional = true, .least = 0, .most = 8,
     .inside = &own_account},
    MAYBE_NUMBER("ladder_base_s", 1, 3600),
    MAYBE_NUMBER("ladder_count", 1, 16),
    {.name = "follow_up_s", .kind = MEMBER_ARRAY, .optional = true, .least = 0, .most = 8,
     .inside = &follow_up},
    MAYBE_NUMBER("not_after_s", 1, 86400),
    MAYBE_TRUTH("not_after_enforced"),
    MAYBE_TRUTH("idempotent"),
    MAYBE_NUMBER("not_found_final_s", 0, INT32_MAX),
    MAYBE_NUMBER("answer_timeout_ms", 1, 600000),
    MAYBE_NUMBER("utc_offset_s", -64800, 64800),
    MAYBE_WORD("cutoff", 5, "clock"),
    END,
};

static const struct core_member line_payout = WORD("", 18, "payout");
static const struct core_member line_members[] = {
    WORD("line", 20, "id"),
    NUMBER("line_no", 1, INT32_MAX),
    WORD("account", 64, NULL),
    WORD("value_date", 10, "date"),
    NUMBER("amount", -MINOR_MAX, MINOR_MAX),
    WORD("currency", 3, "currency"),
    WORD("kind", 6, "MATCH|RETURN|FEE"),
    {.name = "payouts", .kind = MEMBER_ARRAY, .optional = true, .least = 0, .most = ITEMS_MAX,
     .inside = &line_payout},
    END,
};
static const struct core_member line = OBJECT("", line_members);
static const struct core_member lines_body[] = {
    WORD("channel", 16, "channel"),
    NUMBER("chunk", 1, 100000),
    NUMBER("chunks", 1, 100000),
    ARRAY("lines", 1, ITEMS_MAX, &line),
    END,
};

/* Of a request's item all but the object are words that its kind knows. */
static const struct core_member request_item_members[] = {WORD("object", 64, "object"), END};
static const struct core_member request_item = {.name = "", .kind = MEMBER_WORDS,
                                                .inside = request_item_members};
static const struct core_member request_excluded = WORD("", 64, "object");
static const struct core_member preview_body[] = {
    WORD("kind", 32, "word"),
    MAYBE_WORD("channel", 16, "channel-or-none"),
    WORD("reason", 32, "word"),
    MAYBE_WORD("text", 500, NULL),
    {.name = "excluded", .kind = MEMBER_ARRAY, .optional = true, .least = 0, .most = 256,
     .inside = &request_excluded},
    ARRAY("items", 1, ITEMS_MAX, &request_item),
    END,
};
static const struct core_member signature_members[] = {
    WORD("decision", 8, "propose|approve|reject"),
    MAYBE_WORD("login", 64, NULL),
    MAYBE_WORD("person", 64, NULL),
    WORD("key", 64, "sha256"),
    WORD("expiry", 32, NULL),
    WORD("nonce", 32, "hex"),
    WORD("signature", 128, "hex"),
    WORD("certificate", 8192, "base64"),
    END,
};
static const struct core_member signature = OBJECT("", signature_members);
static const struct core_member execution_body[] = {
    WORD("document", DOCUMENT_BASE64_MAX, "base64"),
    WORD("core_signature", 128, "hex"),
    ARRAY("signatures", 1, 8, &signature),
    END,
};

/* --- the operations */

#define KEYED "actor key sha "
#define PAYOUT_ACTION(word, its_right, its_sql)                                          \
    {.method = "POST", .path = "/v1/payouts/{id}:" word, .operation = "payout-" word,     \
     .right = its_right, .keyed = true, .versioned = true, .sql = its_sql,               \
     .parameters = KEYED "@id! version now"}

/* The version moves with every question: whoever wants silence would never see the right one. */
#define LADDER_ACTION(word, stopped)                                                     \
    {.method = "POST", .path = "/v1/payouts/{id}:" word, .operation = "payout-" word,     \
     .right = "operator", .keyed = true,                                                 \
     .sql = "select status, body, replayed from paycore.payout_ladder($1, $2, $3, $4, "  \
            "null, " stopped ", $5)",                                                    \
     .parameters = KEYED "@id! now"}

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
     .query = "state channel order_no bank_ref cursor limit",
     .sql = "select status, body from paycore.payout_list($1, $2, $3, $4, $5, $6, $7)",
     .parameters = "actor ?state ?channel ?order_no ?bank_ref ?cursor ?limit"},
    {.method = "GET", .path = "/v1/payouts/{id}", .operation = "payout-get", .right = "read",
     .sql = "select status, body from paycore.payout_get($1, $2)", .parameters = "actor @id!"},
    PAYOUT_ACTION("approve", "payouts",
                  "select status, body, replayed from paycore.payout_approve($1, $2, $3, $4, $5,"
                  " $6)"),
    PAYOUT_ACTION("submit", "payouts",
                  "select status, body, replayed from paycore.payout_submit($1, $2, $3, $4, $5,"
                  " $6)"),
    PAYOUT_ACTION("cancel", "payouts operator",
                  "select status, body, replayed from paycore.payout_cancel($1, $2, $3, $4, $5,"
                  " $6)"),
    LADDER_ACTION("stop-ladder", "true"),
    LADDER_ACTION("resume-ladder", "false"),
    {.method = "POST", .path = "/v1/payouts/{id}:ask", .operation = "payout-ask",
     .right = "operator", .keyed = true,
     .sql = "select status, body, replayed from paycore.payout_ask($1, $2, $3, $4, $5)",
     .parameters = KEYED "@id! now"},
    {.method = "GET", .path = "/v1/payouts/{id}/events", .operation = "payout-events",
     .right = "read", .query = "cursor limit",
     .sql = "select status, body from paycore.payout_events($1, $2, $3, $4)",
     .parameters = "actor @id! ?cursor ?limit"},
    {.method = "POST", .path = "/v1/batches", .operation = "batch-create", .right = "payouts",
     .keyed = true, .body = batch_body,
     .sql = "select status, body, replayed from paycore.batch_create($1, $2, $3, $4, $5, $6, $7,"
            " $8, $9, $10)",
     .parameters = KEYED "$batch_no $channel $count $total $currency $items now"},
    {.method = "GET", .path = "/v1/batches/{batch_no}", .operation = "batch-get",
     .right = "read", .sql = "select status, body from paycore.batch_get($1, $2)",
     .parameters = "actor @batch_no"},
    {.method = "POST", .path = "/v1/batches/{batch_no}:submit", .operation = "batch-submit",
     .right = "payouts", .keyed = true,
     .sql = "select status, body, replayed from paycore.batch_submit($1, $2, $3, $4, $5)",
     .parameters = KEYED "@batch_no now"},
    {.method = "POST", .path = "/v1/customers", .operation = "customer-create",
     .right = "admin", .keyed = true, .body = customer_body,
     .sql = "select status, body, replayed from paycore.customer_create($1, $2, $3, $4, $5, $6,"
            " $7, $8)",
     .parameters = KEYED "$id $name $kind $currency now"},
    {.method = "GET", .path = "/v1/customers", .operation = "customer-list", .right = "read",
     .query = "cursor limit", .sql = "select status, body from paycore.customer_list($1, $2, $3)",
     .parameters = "actor ?cursor ?limit"},
    {.method = "GET", .path = "/v1/customers/{customer}", .operation = "customer-get",
     .right = "read", .sql = "select status, body from paycore.customer_get($1, $2)",
     .parameters = "actor @customer"},
    {.method = "POST", .path = "/v1/customers/{customer}:fund-in", .operation = "fund-in",
     .right = "admin", .keyed = true, .body = fund_in_body,
     .sql = "select status, body, replayed from paycore.fund_in($1, $2, $3, $4, $5, $6, $7, $8, "
            "$9)",
     .parameters = KEYED "@customer $channel $amount $currency $reference now"},
    {.method = "POST", .path = "/v1/own-funds", .operation = "own-funds-in", .right = "admin",
     .keyed = true, .body = own_funds_body,
     .sql = "select status, body, replayed from paycore.own_funds_in($1, $2, $3, $4, $5, $6, $7, "
            "$8)",
     .parameters = KEYED "$account $amount $currency $reference now"},
    {.method = "GET", .path = "/v1/accounts/{account}/{sub}/{currency}",
     .operation = "account-get", .right = "read",
     .sql = "select status, body from paycore.account_get($1, $2, $3, $4)",
     .parameters = "actor @account @sub @currency"},
    {.method = "GET", .path = "/v1/channels", .operation = "channel-list", .right = "read",
     .sql = "select status, body from paycore.channel_list($1)", .parameters = "actor"},
    {.method = "GET", .path = "/v1/channels/{channel}", .operation = "channel-get",
     .right = "read", .sql = "select status, body from paycore.channel_get($1, $2)",
     .parameters = "actor @channel"},
    {.method = "PUT", .path = "/v1/channels/{channel}", .operation = "channel-put",
     .right = "admin", .keyed = true, .versioned = true, .body = channel_body,
     .sql = "select status, body, replayed from paycore.channel_put($1, $2, $3, $4, $5, $6, $7)",
     .parameters = KEYED "@channel version $ now"},
    {.method = "POST", .path = "/v1/statement-files/{sha256}/lines",
     .operation = "statement-lines", .right = "desk", .keyed = true, .body = lines_body,
     .sql = "select status, body, replayed from paycore.statement_lines($1,"
            " decode($2, 'hex'), $3, $4, $5, $6, $7)",
     .parameters = "actor @sha256 $chunk $chunks sha $ now"},
    {.method = "GET", .path = "/v1/statement-files/{sha256}/receipt",
     .operation = "statement-receipt", .right = "read",
     .sql = "select status, body from paycore.statement_receipt($1, decode($2, 'hex'))",
     .parameters = "actor @sha256"},
    {.method = "POST", .path = "/v1/requests:preview", .operation = "request-preview",
     .right = "operator", .kind = ROUTE_PREVIEW, .body = preview_body,
     .sql = "select request, amount, currency, items, effect, balances from"
            " paycore.request_preview($1, $2, $3, $4, $5)",
     .parameters = "actor $kind $channel $items now"},
    {.method = "PUT", .path = "/v1/requests/{id}", .operation = "request-execute",
     .right = "operator desk", .kind = ROUTE_EXECUTE, .body = execution_body, .parameters = ""},
    {.method = "GET", .path = "/v1/requests/{id}", .operation = "request-get", .right = "read",
     .kind = ROUTE_RECEIPT, .sql = "select status, body from paycore.request_get($1, $2)",
     .parameters = "actor @id"},
};

const struct core_route *core_routes(size_t *count)
{
    *count = sizeof routes / sizeof routes[0];
    return routes;
}
