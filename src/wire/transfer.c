/* One attempt of a call: curl's options (RELIABILITY.md 5), each of them a door that is shut. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/buffer.h"
#include "daybook/base/language.h"
#include "inside.h"

enum { CONNECT_MS = 4000, SLOW_S = 5 };

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct core_transfer *transfer = context;
    size_t length = size * count;
    if (buffer_append(transfer->answer, bytes, length))
        return length;
    transfer->too_long = true;
    return 0;
}

static void add_header(struct core_transfer *transfer, const char *name, const char *value)
{
    char line[256];
    snprintf(line, sizeof line, "%s: %s", name, value);
    struct curl_slist *longer = curl_slist_append(transfer->headers, line);
    if (longer != NULL)
        transfer->headers = longer;
}

static void add_headers(struct core_transfer *transfer)
{
    char version[32];
    add_header(transfer, "Accept", "application/json, application/problem+json");
    add_header(transfer, "X-Request-Id", transfer->request_id);
    if (transfer->body != NULL)
        add_header(transfer, "Content-Type", "application/json");
    else if (strcmp(transfer->method, "GET") != 0)
        add_header(transfer, "Content-Type", ""); /* curl would call it a form */
    /* curl would wait a second for a "100 Continue". */
    add_header(transfer, "Expect", "");
    if (transfer->key != NULL)
        add_header(transfer, "Idempotency-Key", transfer->key);
    if (transfer->version > 0) {
        snprintf(version, sizeof version, "\"%lld\"", (long long)transfer->version);
        add_header(transfer, "If-Match", version);
    }
}

/* Who we are and whom we believe: TLS 1.3, one authority, the host's name checked. */
static bool set_identity(CURL *easy, const struct core *core)
{
    struct curl_blob key = {.data = (void *)core->key.data, .len = core->key.length,
                            .flags = CURL_BLOB_NOCOPY};
    return curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CAINFO, core->root) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_SSLCERT, core->certificate) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_SSLKEYTYPE, "PEM") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_SSLKEY_BLOB, &key) == CURLE_OK;
}

/* Nothing but this address, by nothing but HTTPS, and never for ever. */
static bool set_bounds(CURL *easy, const struct core_transfer *transfer)
{
    long deadline = transfer->deadline_ms;
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, deadline) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                            deadline < CONNECT_MS ? deadline : CONNECT_MS) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)SLOW_S) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_MAXFILESIZE, (long)CORE_BODY_MAX) == CURLE_OK;
}

static bool set_request(CURL *easy, struct core_transfer *transfer)
{
    char address[1280];
    int length = snprintf(address, sizeof address, "%s%s", transfer->core->url, transfer->path);
    bool good = length > 0 && (size_t)length < sizeof address &&
                curl_easy_setopt(easy, CURLOPT_URL, address) == CURLE_OK &&
                curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers) == CURLE_OK &&
                curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
                curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer) == CURLE_OK &&
                curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer) == CURLE_OK;
    if (!good || strcmp(transfer->method, "GET") == 0)
        return good;
    const char *body = transfer->body == NULL ? "" : transfer->body;
    return curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                            (curl_off_t)strlen(body)) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, transfer->method) == CURLE_OK;
}

bool transfer_begin(struct core_transfer *transfer, struct error *error)
{
    transfer->too_long = false;
    buffer_clear(transfer->answer);
    add_headers(transfer);
    transfer->easy = curl_easy_init();
    if (transfer->easy != NULL && set_identity(transfer->easy, transfer->core) &&
        set_bounds(transfer->easy, transfer) && set_request(transfer->easy, transfer) &&
        curl_multi_add_handle(wire_multi(transfer->core->wire), transfer->easy) == CURLM_OK) {
        transfer->tried++;
        return true;
    }
    curl_easy_cleanup(transfer->easy);
    transfer->easy = NULL;
    transfer_end(transfer);
    return error_set(error, ERROR_SYSTEM, _("The request to the payment core cannot be made."));
}

void transfer_end(struct core_transfer *transfer)
{
    if (transfer->easy != NULL) {
        (void)curl_multi_remove_handle(wire_multi(transfer->core->wire), transfer->easy);
        curl_easy_cleanup(transfer->easy);
        transfer->easy = NULL;
    }
    curl_slist_free_all(transfer->headers);
    transfer->headers = NULL;
}
