/* Requests to the payment core: one at a time, mutual TLS, three outcomes. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "shop.h"

enum { ATTEMPTS = 20, PAUSE_MS = 250, CONNECT_MS = 3000, REQUEST_MS = 15000 };

static size_t take_bytes(char *data, size_t size, size_t count, void *context)
{
    struct shop_rest *rest = context;

    return buffer_append(&rest->body, data, size * count) ? size * count : 0;
}

bool shop_rest_open(struct shop_rest *rest, const struct shop_options *options,
                    struct error *error)
{
    *rest = (struct shop_rest){.options = options};
    buffer_init(&rest->body, SHOP_ANSWER_MAX);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !(rest->curl = curl_easy_init()))
        return error_set(error, ERROR_SYSTEM, "curl cannot start");
    curl_easy_setopt(rest->curl, CURLOPT_CAINFO, options->root);
    curl_easy_setopt(rest->curl, CURLOPT_SSLCERT, options->certificate);
    curl_easy_setopt(rest->curl, CURLOPT_SSLKEY, options->key);
    curl_easy_setopt(rest->curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3);
    curl_easy_setopt(rest->curl, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(rest->curl, CURLOPT_PROXY, "");
    curl_easy_setopt(rest->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(rest->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(rest->curl, CURLOPT_TIMEOUT_MS, (long)REQUEST_MS);
    curl_easy_setopt(rest->curl, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(rest->curl, CURLOPT_WRITEDATA, rest);
    return true;
}

void shop_rest_close(struct shop_rest *rest)
{
    curl_easy_cleanup(rest->curl);
    json_decref(rest->answer);
    buffer_free(&rest->body);
    curl_global_cleanup();
}

static struct curl_slist *headers_of(const char *key, int64_t version)
{
    char line[SHOP_KEY + 32];
    struct curl_slist *list = curl_slist_append(NULL, "Content-Type: application/json");

    list = curl_slist_append(list, "Expect:");
    if (key) {
        snprintf(line, sizeof line, "Idempotency-Key: %s", key);
        list = curl_slist_append(list, line);
    }
    if (version >= 0) {
        snprintf(line, sizeof line, "If-Match: \"%lld\"", (long long)version);
        list = curl_slist_append(list, line);
    }
    return list;
}

static CURLcode attempt(struct shop_rest *rest)
{
    long status = 0;

    buffer_clear(&rest->body);
    json_decref(rest->answer);
    rest->answer = NULL;
    rest->status = 0;
    CURLcode code = curl_easy_perform(rest->curl);

    if (code == CURLE_OK)
        curl_easy_getinfo(rest->curl, CURLINFO_RESPONSE_CODE, &status);
    rest->status = (int)status;
    if (code == CURLE_OK && rest->body.length > 0)
        rest->answer = json_loadb(rest->body.data, rest->body.length, JSON_REJECT_DUPLICATES, NULL);
    return code;
}

/* Sends until something decides, or the attempts are over. */
static CURLcode send_until_known(struct shop_rest *rest)
{
    CURLcode code = CURLE_OK;

    for (int i = 0; i < ATTEMPTS; i++) {
        code = attempt(rest);
        if (code == CURLE_OK && rest->status < 500 && rest->status != 429)
            break;
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * 1000000L}, NULL);
    }
    return code;
}

bool shop_call(struct shop_rest *rest, const char *method, const char *path, json_t *content,
               const char *key, int64_t version, struct error *error)
{
    char url[SHOP_PATH * 2];
    char *text = content ? json_dumps(content, JSON_COMPACT) : NULL;
    struct curl_slist *headers = headers_of(key, version);

    json_decref(content);
    snprintf(url, sizeof url, "%s%s", rest->options->url, path);
    curl_easy_setopt(rest->curl, CURLOPT_URL, url);
    curl_easy_setopt(rest->curl, CURLOPT_HTTPHEADER, headers);
    if (strcmp(method, "GET") == 0) {
        curl_easy_setopt(rest->curl, CURLOPT_HTTPGET, 1L);
        curl_easy_setopt(rest->curl, CURLOPT_CUSTOMREQUEST, NULL);
    } else {
        curl_easy_setopt(rest->curl, CURLOPT_POST, 1L);
        curl_easy_setopt(rest->curl, CURLOPT_POSTFIELDSIZE, text ? (long)strlen(text) : 0L);
        curl_easy_setopt(rest->curl, CURLOPT_COPYPOSTFIELDS, text ? text : "");
        curl_easy_setopt(rest->curl, CURLOPT_CUSTOMREQUEST, method);
    }
    CURLcode code = send_until_known(rest);

    curl_easy_setopt(rest->curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    free(text);
    if (code != CURLE_OK)
        return error_set(error, ERROR_CONNECTION, "%s %s: %s", method, path,
                         curl_easy_strerror(code));
    if (rest->status < 200 || rest->status > 299)
        return error_set(error, ERROR_REFUSED, "%s %s: %d %s %s", method, path, rest->status,
                         shop_answer_text(rest, "code"), shop_answer_text(rest, "detail"));
    return true;
}

const char *shop_answer_text(const struct shop_rest *rest, const char *name)
{
    const char *text = json_string_value(json_object_get(rest->answer, name));

    return text ? text : "";
}

int64_t shop_answer_number(const struct shop_rest *rest, const char *name)
{
    json_t *number = json_object_get(rest->answer, name);

    return json_is_integer(number) ? (int64_t)json_integer_value(number) : -1;
}
