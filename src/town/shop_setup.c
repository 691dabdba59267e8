/* What a core needs before it can pay out: channels, own money at the banks, customers with money.
 * Everything has a key of its own, so that doing it again changes nothing. */
#include <string.h>

#include "shop.h"

#define FUNDS INT64_C(100000000000) /* minor units: a thousand million */

/* Ladders short enough to be watched. A bank that keeps to not-after hides nothing for longer than
 * a minute beyond it. */
static const struct setup {
    int base_s, count;
    bool enforced, idempotent;
    const char *cutoff;
} setups[TOWN_CHANNELS] = {
    {2, 6, true, true, "22:00"},   /* ICBC */
    {1, 6, true, true, "23:00"},   /* CCB */
    {2, 5, true, true, "21:30"},   /* ABC */
    {3, 5, false, false, "22:00"}, /* CMB: no files, and no promise to keep to not-after */
};

const char *shop_customer(int number, char out[16])
{
    snprintf(out, 16, "%s%03d", number < SHOP_CUSTOMERS / 2 ? "C" : "M", number + 1);
    return out;
}

static const char *key_of(const char *what, const char *name, char out[SHOP_KEY])
{
    snprintf(out, SHOP_KEY, "setup-%s-%s", what, name);
    return out;
}

static bool put_channel(struct shop_rest *rest, int index, const char *bank_url,
                        struct error *error)
{
    const struct setup *setup = &setups[index];
    char path[64], key[SHOP_KEY];
    struct error none = {0};

    snprintf(path, sizeof path, "/v1/channels/%s", town_channels[index].id);
    bool known = shop_call(rest, "GET", path, NULL, NULL, -1, &none);

    if (!known && rest->status != 404) {
        *error = none;
        return false;
    }
    if (known && strcmp(shop_answer_text(rest, "url"), bank_url) == 0)
        return true;
    int64_t version = known ? shop_answer_number(rest, "version") : 0;

    snprintf(key, sizeof key, "setup-%s-%lld-%s", town_channels[index].id, (long long)version,
             strrchr(bank_url, ':') + 1);
    json_t *body = json_pack("{ss s[s] si si s[iiiii] si sb sb si si ss}", "url", bank_url,
                             "accounts", town_channels[index].account, "ladder_base_s",
                             setup->base_s, "ladder_count", setup->count, "follow_up_s", 900,
                             900, 1800, 3600, 86400, "not_after_s", 600,
                             "not_after_enforced", setup->enforced, "idempotent",
                             setup->idempotent, "not_found_final_s", 120,
                             "answer_timeout_ms", 1000, "cutoff", setup->cutoff);

    if (!known)
        json_object_set_new(body, "currency", json_string("CNY"));
    return shop_call(rest, "PUT", path, body, key, version, error);
}

static bool put_own_funds(struct shop_rest *rest, const struct town_channel *channel,
                          struct error *error)
{
    char key[SHOP_KEY];

    return shop_call(rest, "POST", "/v1/own-funds",
                     json_pack("{ss sI ss ss}", "account", channel->account, "amount",
                               (json_int_t)channel->opening, "currency", "CNY", "reference",
                               key_of("own", channel->id, key)),
                     key, -1, error);
}

static bool put_customer(struct shop_rest *rest, int number, struct error *error)
{
    char id[16], key[SHOP_KEY], path[64], name[TOWN_NAME];
    struct town_random random;

    town_random_seed(&random, (uint64_t)number + 1);
    town_name(&random, name);
    shop_customer(number, id);
    if (!shop_call(rest, "POST", "/v1/customers",
                   json_pack("{ss ss ss ss}", "id", id, "name", name, "kind",
                             id[0] == 'C' ? "CUSTOMER" : "MERCHANT", "currency", "CNY"),
                   key_of("customer", id, key), -1, error))
        return false;
    snprintf(path, sizeof path, "/v1/customers/%s:fund-in", id);
    return shop_call(rest, "POST", path,
                     json_pack("{ss sI ss ss}", "channel",
                               town_channels[number % TOWN_CHANNELS].id, "amount",
                               (json_int_t)FUNDS, "currency", "CNY", "reference",
                               key_of("fund", id, key)),
                     key, -1, error);
}

bool shop_setup(const struct shop_options *options, struct error *error)
{
    struct shop_rest rest;
    bool fine = shop_rest_open(&rest, options, error);

    for (int i = 0; i < TOWN_CHANNELS && fine; i++)
        if (options->urls[i])
            fine = put_channel(&rest, i, options->urls[i], error)
                && put_own_funds(&rest, &town_channels[i], error);
    for (int i = 0; i < SHOP_CUSTOMERS && fine; i++)
        fine = put_customer(&rest, i, error);
    shop_rest_close(&rest);
    return fine;
}
