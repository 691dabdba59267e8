#include "http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <microhttpd.h>

#include "authority.h"
#include "clock.h"
#include "daybook/base/log.h"
#include "daybook/base/memory.h"
#include "daybook/trust/key.h"
#include "json_door.h"
#include "peers.h"
#include "problem.h"
#include "request.h"
#include "tls.h"

enum {
    PEM_MAX = 1 << 20,
    CONNECTION_MEMORY = 24 << 10, /* for the head of a request: line and headers */
    BODY_DRAINED_MAX = 4 << 20    /* of a body that is too large, before it is cut off */
};

struct core_server {
    const struct core_config *config;
    struct MHD_Daemon *daemon;
    struct core_metrics *metrics;
    struct core_authority *authority; /* NULL: no requests */
    struct core_peers *peers;
    char *certificate, *key, *client_ca; /* PEM */
    _Atomic int running;   /* requests between their first header and their last byte */
    _Atomic bool stopping;
    pthread_mutex_t lock;  /* of the list below */
    struct core_database **databases; /* one for each thread that has answered */
    size_t database_count;
};

/* One request of one connection. */
struct exchange {
    struct core_peer *peer;
    struct buffer body;
    size_t drained;
    int64_t start_us;
    bool answered;
};

/* The connection of this thread of the pool. A thread of the library has no other place of its own;
 * the server frees them all once the threads are gone. */
static _Thread_local struct core_database *own_database;

static struct core_database *database_of_thread(struct core_server *server)
{
    if (own_database)
        return own_database;
    own_database = core_database_new(server->config);
    pthread_mutex_lock(&server->lock);
    server->databases = memory_resize(server->databases, server->database_count + 1,
                                      sizeof *server->databases);
    server->databases[server->database_count++] = own_database;
    pthread_mutex_unlock(&server->lock);
    return own_database;
}

/* --- one request */

struct wanted_header {
    const char *name;
    const char **value;
    int count;
};

struct headers {
    struct wanted_header wanted[4];
    const char **twice;
};

static enum MHD_Result take_header(void *context, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct headers *headers = context;

    (void)kind;
    for (size_t i = 0; i < sizeof headers->wanted / sizeof headers->wanted[0]; i++) {
        struct wanted_header *wanted = &headers->wanted[i];

        if (strcasecmp(name, wanted->name) != 0)
            continue;
        *wanted->value = value ? value : "";
        if (++wanted->count > 1)
            *headers->twice = wanted->name;
    }
    return MHD_YES;
}

/* What holds a NUL (%00) is shorter as a text than as bytes; it becomes what no form allows. */
static const char *whole_text(const char *text, size_t size)
{
    if (text == NULL)
        return "";
    return strlen(text) == size ? text : "\x01";
}

static enum MHD_Result take_query(void *context, enum MHD_ValueKind kind, const char *name,
                                  size_t name_size, const char *value, size_t value_size)
{
    struct core_request *request = context;

    (void)kind;
    if (request->query_count == REQUEST_QUERY_MAX) {
        request->query_overflow = true;
        return MHD_NO;
    }
    request->query[request->query_count].name = whole_text(name, name_size);
    request->query[request->query_count++].value = whole_text(value, value_size);
    return MHD_YES;
}

/* The peer's name, looked for once a connection. */
static const char *actor_of(struct MHD_Connection *connection, struct core_peer *peer)
{
    if (!peer->named) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
        struct error error = {0};

        peer->named = true;
        if (!info || !core_tls_peer(info->tls_session, peer->name, &error))
            log_write(LOG_WARNING, "peer.unfit", "error=%s", error.message);
    }
    return peer->name[0] ? peer->name : NULL;
}

static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
    if (value[0])
        MHD_add_response_header(response, name, value);
}

static enum MHD_Result send_reply(struct MHD_Connection *connection, struct core_reply *reply,
                                  bool last)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        reply->body.length, reply->body.data, MHD_RESPMEM_MUST_FREE);
    char seconds[16] = "";

    if (!response) {
        buffer_free(&reply->body);
        return MHD_NO;
    }
    if (reply->retry_after_s > 0)
        snprintf(seconds, sizeof seconds, "%d", reply->retry_after_s);
    add_header(response, "Content-Type", reply->content_type);
    add_header(response, "Cache-Control", "no-store");
    add_header(response, "X-Request-Id", reply->request_id);
    add_header(response, "ETag", reply->etag);
    add_header(response, "Allow", reply->allow);
    add_header(response, "Retry-After", seconds);
    add_header(response, "Idempotency-Replayed", reply->replayed ? "true" : "");
    add_header(response, "Connection", last ? "close" : "");
    enum MHD_Result queued = MHD_queue_response(connection, (unsigned int)reply->status, response);

    MHD_destroy_response(response);
    return queued;
}

static void log_request(const struct core_request *request, const struct core_reply *reply,
                        int64_t took_us)
{
    bool plain = reply->route && reply->route->kind >= ROUTE_HEALTH;

    log_write(plain ? LOG_DEBUG : reply->status >= 500 ? LOG_WARNING : LOG_INFO, "request",
              "id=%s actor=%s operation=%s status=%d code=%s replayed=%s us=%lld",
              reply->request_id, request->actor ? request->actor : "-",
              reply->route ? reply->route->operation : "none", reply->status,
              reply->code[0] ? reply->code : "-", reply->replayed ? "yes" : "no",
              (long long)took_us);
}

/* A server that is about to end takes no new work, and says so. */
static void answer_stopping(struct core_reply *reply)
{
    *reply = (struct core_reply){
        .status = 503,
        .content_type = "application/problem+json",
        .code = "stopping",
        .retry_after_s = 1,
    };
    buffer_init(&reply->body, REPLY_BODY_MAX);
    core_problem_write(&reply->body, "stopping", 503, NULL, "");
}

static enum MHD_Result answer(struct core_server *server, struct MHD_Connection *connection,
                              struct exchange *exchange, const char *method, const char *url)
{
    struct core_request request = {
        .method = method,
        .path = url,
        .body = {exchange->body.data, exchange->body.length},
        .body_overflow = exchange->body.overflow,
        .actor = actor_of(connection, exchange->peer),
        .now = core_clock_now(server->config->clock),
    };
    struct headers headers = {
        .wanted = {{.name = "Idempotency-Key", .value = &request.key},
                   {.name = "If-Match", .value = &request.if_match},
                   {.name = "Content-Type", .value = &request.content_type},
                   {.name = "X-Request-Id", .value = &request.request_id}},
        .twice = &request.twice,
    };
    bool stopping = atomic_load(&server->stopping);
    struct core_reply reply;

    atomic_store(&exchange->peer->deadline_us, INT64_MAX);
    MHD_get_connection_values(connection, MHD_HEADER_KIND, take_header, &headers);
    MHD_get_connection_values_n(connection, MHD_GET_ARGUMENT_KIND, take_query, &request);
    if (stopping)
        answer_stopping(&reply);
    else
        core_answer(database_of_thread(server), server->metrics, server->authority, &request,
                    &reply);
    int64_t now_us = clock_monotonic_us(), took_us = now_us - exchange->start_us;

    core_metrics_count(server->metrics, reply.route, reply.status, took_us);
    log_request(&request, &reply, took_us);
    exchange->answered = true;
    /* Behind the head comes the body: every answer has one, but none is sent to HEAD. */
    exchange->peer->out.hold = reply.body.length > 0 && strcmp(method, "HEAD") != 0;
    atomic_store(&exchange->peer->deadline_us, now_us + server->config->request_ms * 1000);
    return send_reply(connection, &reply, stopping || request.body_overflow);
}

static struct core_peer *peer_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info ? info->socket_context : NULL;
}

/* The head of a request is here. A body that is announced as too large is read and thrown away, as
 * long as that is no burden: who is still sending would see a reset instead of the answer. */
static enum MHD_Result begin(struct core_server *server, struct MHD_Connection *connection,
                             struct exchange **exchange, const char *method, const char *url)
{
    struct core_peer *peer = peer_of(connection);
    const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
                                                     MHD_HTTP_HEADER_CONTENT_LENGTH);
    int64_t bytes;

    if (!peer)
        return MHD_NO;
    *exchange = memory_new(sizeof **exchange);
    (*exchange)->peer = peer;
    (*exchange)->start_us = clock_monotonic_us();
    buffer_init(&(*exchange)->body, JSON_DOOR_BYTES_MAX);
    peer->asked = true;
    atomic_fetch_add(&server->running, 1);
    atomic_store(&peer->deadline_us,
                 (*exchange)->start_us + server->config->request_ms * 1000);
    if (!length || !text_to_int64(span_of(length), &bytes) || bytes <= JSON_DOOR_BYTES_MAX)
        return MHD_YES;
    (*exchange)->body.overflow = true;
    return bytes <= BODY_DRAINED_MAX ? MHD_YES
                                     : answer(server, connection, *exchange, method, url);
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection,
                                  const char *url, const char *method, const char *version,
                                  const char *data, size_t *data_size, void **state)
{
    struct core_server *server = context;
    struct exchange *exchange = *state;

    (void)version;
    if (!exchange)
        return begin(server, connection, (struct exchange **)state, method, url);
    if (*data_size == 0)
        return exchange->answered ? MHD_YES : answer(server, connection, exchange, method, url);
    if (!exchange->body.overflow)
        buffer_append(&exchange->body, data, *data_size);
    exchange->drained += *data_size;
    *data_size = 0;
    return exchange->drained > BODY_DRAINED_MAX ? MHD_NO : MHD_YES;
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode how)
{
    struct core_server *server = context;
    struct exchange *exchange = *state;

    (void)connection;
    if (!exchange)
        return;
    if (how != MHD_REQUEST_TERMINATED_COMPLETED_OK && !exchange->answered)
        log_write(LOG_INFO, "request.cut", "actor=%s how=%d",
                  exchange->peer->name[0] ? exchange->peer->name : "-", (int)how);
    atomic_store(&exchange->peer->deadline_us,
                 clock_monotonic_us() + server->config->idle_ms * 1000);
    buffer_free(&exchange->body);
    free(exchange);
    *state = NULL;
    atomic_fetch_sub(&server->running, 1);
}

/* --- connections */

static void on_connection(void *context, struct MHD_Connection *connection, void **state,
                          enum MHD_ConnectionNotificationCode what)
{
    struct core_server *server = context;

    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *fd =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        const union MHD_ConnectionInfo *tls =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);

        core_tls_require(tls->tls_session);
        struct core_peer *peer =
            core_peers_enter(server->peers, fd->connect_fd,
                             clock_monotonic_us() + server->config->request_ms * 1000);

        core_tls_send_through(tls->tls_session, &peer->out, fd->connect_fd);
        *state = peer;
        return;
    }
    struct core_peer *peer = *state;

    if (!peer->asked)
        core_metrics_count_unused(server->metrics);
    core_peers_leave(server->peers, peer);
    *state = NULL;
}

__attribute__((format(printf, 2, 0))) static void on_log(void *context, const char *format,
                                                        va_list args)
{
    char text[512];

    (void)context;
    if (vsnprintf(text, sizeof text, format, args) > 0)
        log_write(LOG_DEBUG, "http", "text=%s", text);
}

/* --- start and stop */

/* A PEM file as text, from malloc; NULL with the error set. */
static char *pem_read(const char *path, struct error *error)
{
    FILE *file = fopen(path, "re");
    char *text;
    size_t length;

    if (!file) {
        error_set(error, ERROR_INPUT, "%s: %s", path, strerror(errno));
        return NULL;
    }
    text = memory_new(PEM_MAX + 1);
    length = fread(text, 1, PEM_MAX + 1, file);
    fclose(file);
    if (length > 0 && length <= PEM_MAX)
        return text;
    error_set(error, ERROR_INPUT, "%s: this is not a PEM file", path);
    free(text);
    return NULL;
}

/* The key passes trust, which refuses one that others may read. */
static char *key_read(const char *path, struct error *error)
{
    struct key *key = key_open(path, NULL, error);
    char *text = key ? pem_read(key_path(key), error) : NULL;

    key_free(key);
    return text;
}

static bool address_of(const struct core_config *config, struct sockaddr_storage *address,
                       struct error *error)
{
    struct sockaddr_in *four = (struct sockaddr_in *)address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;

    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, config->listen, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons((uint16_t)config->port);
        return true;
    }
    if (inet_pton(AF_INET6, config->listen, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons((uint16_t)config->port);
        return true;
    }
    return error_set(error, ERROR_USAGE, "listen %s: this is no address", config->listen);
}

static struct MHD_Daemon *start_daemon(struct core_server *server,
                                       const struct sockaddr_storage *address)
{
    const struct core_config *config = server->config;
    unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TLS | MHD_USE_ITC
        | MHD_USE_ERROR_LOG;

    if (address->ss_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    return MHD_start_daemon(
        flags, (uint16_t)config->port, NULL, NULL, on_request, server,
        MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
        MHD_OPTION_SOCK_ADDR, (const struct sockaddr *)address,
        MHD_OPTION_THREAD_POOL_SIZE, (unsigned int)config->threads,
        MHD_OPTION_CONNECTION_LIMIT,
        (unsigned int)(config->connections < config->threads ? config->threads
                                                             : config->connections),
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned int)((config->idle_ms > config->request_ms ? config->idle_ms
                                                             : config->request_ms) / 1000 + 2),
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_HTTPS_PRIORITIES, core_tls_priorities,
        MHD_OPTION_HTTPS_MEM_CERT, server->certificate,
        MHD_OPTION_HTTPS_MEM_KEY, server->key,
        MHD_OPTION_HTTPS_MEM_TRUST, server->client_ca,
        MHD_OPTION_END);
}

static void server_free(struct core_server *server)
{
    for (size_t i = 0; i < server->database_count; i++)
        core_database_free(server->databases[i]);
    free(server->databases);
    core_peers_free(server->peers);
    core_metrics_free(server->metrics);
    core_authority_close(server->authority);
    pthread_mutex_destroy(&server->lock);
    free(server->certificate);
    if (server->key)
        explicit_bzero(server->key, strlen(server->key));
    free(server->key);
    free(server->client_ca);
    free(server);
}

struct core_server *core_server_start(const struct core_config *config, struct error *error)
{
    struct core_server *server = memory_new(sizeof *server);
    struct sockaddr_storage address;

    server->config = config;
    server->metrics = core_metrics_new();
    pthread_mutex_init(&server->lock, NULL);
    if (address_of(config, &address, error)
        && (server->certificate = pem_read(config->tls_certificate, error))
        && (server->key = key_read(config->tls_key, error))
        && (server->client_ca = pem_read(config->client_ca, error))
        && (!config->sign_key || (server->authority = core_authority_open(config, error)))
        && (server->peers = core_peers_new(error))) {
        server->daemon = start_daemon(server, &address);
        if (server->daemon)
            return server;
        error_set(error, ERROR_SYSTEM, "cannot listen on %s port %d: %s", config->listen,
                  (int)config->port, strerror(errno));
    }
    server_free(server);
    return NULL;
}

int core_server_port(const struct core_server *server)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_LISTEN_FD);
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;

    if (!info || getsockname(info->listen_fd, (struct sockaddr *)&address, &size) != 0)
        return (int)server->config->port;
    return address.ss_family == AF_INET6 ? ntohs(((struct sockaddr_in6 *)&address)->sin6_port)
                                         : ntohs(((struct sockaddr_in *)&address)->sin_port);
}

void core_server_stop(struct core_server *server)
{
    if (!server)
        return;
    int64_t until_us = clock_monotonic_us() + server->config->drain_ms * 1000;
    struct timespec turn = {.tv_nsec = 5000000};

    atomic_store(&server->stopping, true);
    int fd = MHD_quiesce_daemon(server->daemon);

    if (fd >= 0)
        close(fd);
    while (atomic_load(&server->running) > 0 && clock_monotonic_us() < until_us)
        nanosleep(&turn, NULL);
    log_write(LOG_INFO, "server.drained", "left=%d", atomic_load(&server->running));
    MHD_stop_daemon(server->daemon);
    server_free(server);
}
