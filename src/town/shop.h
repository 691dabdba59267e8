/* The town's shop: whoever has the payment core pay out. It talks to the core over REST with a
 * client certificate, as any system of the company would.
 *
 *     town shop setup   channels, own funds, customers and merchants with money
 *     town shop pay     payouts, one after another: created, approved, submitted
 *     town shop agree   holds a list of payouts against what the banks really did */
#ifndef DAYBOOK_TOWN_SHOP_H
#define DAYBOOK_TOWN_SHOP_H

#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>
#include <jansson.h>

#include "daybook/base/buffer.h"
#include "daybook/base/date.h"
#include "daybook/base/error.h"
#include "daybook/town/town.h"

enum {
    SHOP_PATH = 1024,
    SHOP_KEY = 65,          /* an idempotency key with its NUL */
    SHOP_ANSWER_MAX = 4 << 20,
    SHOP_CUSTOMERS = 32
};

struct shop_options {
    const char *url;        /* https://host:port of the core */
    const char *root;       /* the authority that signed its certificate */
    const char *certificate, *key;
    const char *banks;      /* a directory with one of each bank's below it */
    const char *urls[TOWN_CHANNELS];
    date_day day;           /* of agree */
    uint64_t seed;
    int64_t count;          /* payouts; 0: until told to end */
    int64_t per_minute;     /* 0: one after another */
};

/* --- shop_rest.c: one connection to the core */

struct shop_rest {
    const struct shop_options *options;
    CURL *curl;
    struct buffer body;
    int status;             /* HTTP's, of the last call */
    json_t *answer;         /* of the last call; NULL where it was no JSON */
};

bool shop_rest_open(struct shop_rest *rest, const struct shop_options *options,
                    struct error *error);
void shop_rest_close(struct shop_rest *rest);
/* Asks, and asks again with the same key while the outcome is unknown. True for 2xx. content is
 * taken over, NULL: none; key NULL: it changes nothing; version below 0: none is named. */
bool shop_call(struct shop_rest *rest, const char *method, const char *path, json_t *content,
               const char *key, int64_t version, struct error *error);
/* A member of the last answer: "" or -1 where it is not there. */
const char *shop_answer_text(const struct shop_rest *rest, const char *name);
int64_t shop_answer_number(const struct shop_rest *rest, const char *name);

/* --- shop_setup.c, shop_pay.c, shop_agree.c, shop_main.c */

const char *shop_customer(int number, char out[16]); /* 0 .. SHOP_CUSTOMERS - 1 */
bool shop_setup(const struct shop_options *options, struct error *error);
bool shop_pay(const struct shop_options *options, struct error *error);
/* Reads `daybook list payouts --json` from stdin; false where anything does not agree. */
bool shop_agree(const struct shop_options *options, struct error *error);
int shop_main(int argc, char **argv);

#endif
