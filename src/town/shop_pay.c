/* Payouts at a pace that a person can watch, or one after another. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "shop.h"

struct order {
    char order_no[48], id[32], key[SHOP_KEY];
    int channel;
};

/* A channel by its share of the town's payouts. */
static int pick_channel(struct town_random *random)
{
    int at = (int)town_random_below(random, 100);

    for (int i = 0; i < TOWN_CHANNELS; i++) {
        if (at < town_channels[i].share)
            return i;
        at -= town_channels[i].share;
    }
    return 0;
}

/* Mostly small, seldom large: 10.00 to 50,000.00. */
static int64_t pick_amount(struct town_random *random)
{
    int64_t most = town_random_chance(random, 50) ? 5000000 : 300000;

    return town_random_between(random, 1000, most);
}

static json_t *payout_body(struct order *order, struct town_random *random)
{
    char customer[16], name[TOWN_NAME], account[TOWN_ACCOUNT];

    order->channel = pick_channel(random);
    shop_customer((int)town_random_below(random, SHOP_CUSTOMERS), customer);
    town_name(random, name);
    town_account(random, account);
    return json_pack("{ss ss ss sI ss s{ss ss}}", "order_no", order->order_no, "customer",
                     customer, "channel", town_channels[order->channel].id, "amount",
                     (json_int_t)pick_amount(random), "currency", "CNY", "payee", "name", name,
                     "account", account);
}

/* The next step of the payout whose last answer lies in rest. */
static bool step(struct shop_rest *rest, struct order *order, const char *word,
                 struct error *error)
{
    char path[64];

    snprintf(path, sizeof path, "/v1/payouts/%s:%s", order->id, word);
    snprintf(order->key, sizeof order->key, "%s-%s", order->order_no, word);
    return shop_call(rest, "POST", path, json_object(), order->key,
                     shop_answer_number(rest, "version"), error);
}

static bool pay_one(struct shop_rest *rest, struct order *order, struct town_random *random,
                    struct error *error)
{
    snprintf(order->key, sizeof order->key, "%s-create", order->order_no);
    if (!shop_call(rest, "POST", "/v1/payouts", payout_body(order, random), order->key, -1, error))
        return false;
    snprintf(order->id, sizeof order->id, "%s", shop_answer_text(rest, "id"));
    return step(rest, order, "approve", error) && step(rest, order, "submit", error);
}

/* Half to one and a half times the mean gap. */
static void pause_between(struct town_random *random, int64_t per_minute)
{
    int64_t mean_ms = 60000 / per_minute;
    int64_t ms = town_random_between(random, mean_ms / 2, mean_ms + mean_ms / 2);

    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

bool shop_pay(const struct shop_options *options, struct error *error)
{
    struct town_random random;
    struct shop_rest rest;
    struct order order = {0};
    int64_t start_ms = clock_now() / 1000, failed = 0;

    town_random_seed(&random, options->seed ^ (uint64_t)start_ms);
    if (!shop_rest_open(&rest, options, error)) {
        shop_rest_close(&rest);
        return false;
    }
    for (int64_t i = 0; options->count == 0 || i < options->count; i++) {
        if (i > 0 && options->per_minute > 0)
            pause_between(&random, options->per_minute);
        snprintf(order.order_no, sizeof order.order_no, "S%lld-%d-%lld", (long long)start_ms,
                 (int)getpid(), (long long)i);
        if (pay_one(&rest, &order, &random, error)) {
            printf("%s %s %s\n", order.order_no, order.id, town_channels[order.channel].id);
            fflush(stdout);
            continue;
        }
        failed++;
        fprintf(stderr, "town: %s: %s\n", order.order_no, error->message);
        if (options->count > 0)
            break;
        pause_between(&random, 60);
    }
    shop_rest_close(&rest);
    return failed == 0;
}
