/* Reads over keep-alive TLS with a client certificate, and the server that costs least to compare
 * with: the same library, threads and handshake, and a handler that does nothing.
 *
 *     bench_core empty CERTIFICATE KEY ROOT PORTFILE    serves until it is ended
 *     bench_core read URL ROOT CERTIFICATE KEY CLIENTS SECONDS
 *                                                       prints answers a second */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <curl/curl.h>
#include <gnutls/gnutls.h>
#include <microhttpd.h>

#include "daybook/base/date.h"
#include "daybook/base/memory.h"
#include "daybook/base/text.h"

enum { THREADS = 8, CLIENTS_MAX = 64, FILE_BYTES = 65536 };

static void give_up(const char *what)
{
    fprintf(stderr, "bench_core: %s\n", what);
    exit(1);
}

/* --- the empty server */

static char *file_text(const char *path)
{
    char *text = memory_new(FILE_BYTES);
    FILE *file = fopen(path, "r");
    size_t length = file ? fread(text, 1, FILE_BYTES - 1, file) : 0;

    if (!file || length == 0)
        give_up(path);
    fclose(file);
    text[length] = '\0';
    return text;
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **state)
{
    (void)url, (void)method, (void)version, (void)data, (void)size;
    if (*state == NULL) {
        *state = context; /* the headers are there; the next call is the request's end */
        return MHD_YES;
    }
    return MHD_queue_response(connection, MHD_HTTP_OK, context);
}

_Noreturn static void serve(char **words)
{
    static char nothing[1];
    char *certificate = file_text(words[0]), *key = file_text(words[1]);
    char *root = file_text(words[2]);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(0, nothing, MHD_RESPMEM_PERSISTENT);
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_TLS | MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer, response,
        MHD_OPTION_THREAD_POOL_SIZE, (unsigned int)THREADS, MHD_OPTION_HTTPS_MEM_CERT, certificate,
        MHD_OPTION_HTTPS_MEM_KEY, key, MHD_OPTION_HTTPS_MEM_TRUST, root,
        MHD_OPTION_HTTPS_PRIORITIES, "NORMAL:-VERS-ALL:+VERS-TLS1.3", MHD_OPTION_END);

    if (!daemon)
        give_up("the empty server does not start");
    FILE *port = fopen(words[3], "w");

    if (!port)
        give_up(words[3]);
    fprintf(port, "%d\n", (int)MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fclose(port);
    for (;;)
        pause();
}

/* --- the readers */

struct reader {
    char **words;
    int64_t until_us;
    int64_t answers;
    bool failed;
    pthread_t thread;
};

static size_t drop(char *data, size_t size, size_t count, void *context)
{
    (void)data, (void)context;
    return size * count;
}

static void *read_on(void *context)
{
    struct reader *reader = context;
    CURL *curl = curl_easy_init();
    long status = 0;

    curl_easy_setopt(curl, CURLOPT_URL, reader->words[0]);
    curl_easy_setopt(curl, CURLOPT_CAINFO, reader->words[1]);
    curl_easy_setopt(curl, CURLOPT_SSLCERT, reader->words[2]);
    curl_easy_setopt(curl, CURLOPT_SSLKEY, reader->words[3]);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
    while (!reader->failed && clock_monotonic_us() < reader->until_us) {
        reader->failed = curl_easy_perform(curl) != CURLE_OK;
        if (!reader->failed)
            curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        reader->failed = reader->failed || status != 200;
        reader->answers++;
    }
    curl_easy_cleanup(curl);
    return NULL;
}

static int read_all(char **words)
{
    struct reader readers[CLIENTS_MAX] = {0};
    int64_t count = 0, seconds = 0, answers = 0;

    if (!text_to_int64(span_of(words[4]), &count) || count < 1 || count > CLIENTS_MAX
        || !text_to_int64(span_of(words[5]), &seconds) || seconds < 1)
        give_up("CLIENTS and SECONDS are numbers");
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int64_t start_us = clock_monotonic_us();

    for (int i = 0; i < (int)count; i++) {
        readers[i] = (struct reader){.words = words, .until_us = start_us + seconds * 1000000};
        if (pthread_create(&readers[i].thread, NULL, read_on, &readers[i]) != 0)
            give_up("there is no thread");
    }
    for (int i = 0; i < (int)count; i++) {
        pthread_join(readers[i].thread, NULL);
        if (readers[i].failed)
            give_up("a read failed");
        answers += readers[i].answers;
    }
    printf("%lld\n", (long long)(answers * 1000000 / (clock_monotonic_us() - start_us)));
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 6 && strcmp(argv[1], "empty") == 0)
        serve(argv + 2);
    if (argc == 8 && strcmp(argv[1], "read") == 0)
        return read_all(argv + 2);
    fputs("usage: bench_core empty|read ...\n", stderr);
    return 2;
}
