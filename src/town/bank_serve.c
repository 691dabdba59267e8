/* The bank's server: one poll loop over plain sockets, so that it can fall silent and reset. */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "bank.h"
#include "daybook/base/memory.h"
#include "daybook/base/text.h"

enum {
    CONNECTIONS_MAX = 512,
    HEAD_MAX = 16384, /* bytes of a request before its body */
    METHOD_MAX = 8,
    PATH_MAX_BYTES = 256,
    POLL_MS = 200 /* the clock may be moved from outside */
};

enum phase { PHASE_FREE, PHASE_READ, PHASE_WAIT, PHASE_MUTE, PHASE_WRITE };

struct connection {
    int fd;
    enum phase phase;
    bool is_control;
    int64_t until_us; /* monotonic: of waiting, of silence, of patience */
    struct buffer in, out;
    size_t written;
    bool close_after;
};

struct server {
    const struct bank_options *options;
    struct bank_book book;
    struct connection connections[CONNECTIONS_MAX];
    int listener, control;
};

/* Set by a signal, read by the loop. */
static volatile sig_atomic_t told_to_end;

static void on_signal(int number)
{
    (void)number;
    told_to_end = 1;
}

/* --- connections */

static void drop(struct connection *connection, bool reset)
{
    if (reset) {
        struct linger linger = {.l_onoff = 1};

        setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    }
    close(connection->fd);
    buffer_free(&connection->in);
    buffer_free(&connection->out);
    *connection = (struct connection){.fd = -1};
}

static void take_connection(struct server *server, int listener)
{
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd < 0)
        return;
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        struct connection *connection = &server->connections[i];

        if (connection->phase != PHASE_FREE)
            continue;
        *connection = (struct connection){
            .fd = fd,
            .phase = PHASE_READ,
            .is_control = listener == server->control,
            .until_us = clock_monotonic_us() + BANK_IDLE_S * INT64_C(1000000),
        };
        buffer_init(&connection->in, BANK_BODY_MAX + HEAD_MAX);
        buffer_init(&connection->out, BANK_BODY_MAX * 4);
        return;
    }
    close(fd);
}

/* --- HTTP/1.1, as much as a payment core speaks */

struct head {
    char method[METHOD_MAX], path[PATH_MAX_BYTES];
    size_t length;      /* of the head with its empty line */
    size_t body_length;
    bool close;
};

static struct span header_value(struct span head, const char *name)
{
    size_t length = strlen(name);

    for (const char *line = head.data; line < head.data + head.length;) {
        const char *end = memchr(line, '\n', (size_t)(head.data + head.length - line));
        size_t count = end ? (size_t)(end - line) : (size_t)(head.data + head.length - line);

        if (count > length && line[length] == ':' && strncasecmp(line, name, length) == 0)
            return span_trim((struct span){line + length + 1, count - length - 1});
        line += count + 1;
    }
    return (struct span){NULL, 0};
}

/* 1: a whole head was read; 0: more must come; -1: it is none. */
static int read_head(const struct buffer *in, struct head *head)
{
    const char *text = buffer_text(in);
    const char *end = in->length > 0 ? memmem(text, in->length, "\r\n\r\n", 4) : NULL;
    int64_t length = 0;

    if (end == NULL)
        return in->length > HEAD_MAX ? -1 : 0;
    struct span all = {text, (size_t)(end - text)};
    struct span count = header_value(all, "Content-Length");
    struct span connection = header_value(all, "Connection");

    if (sscanf(text, "%7[A-Z] %255[!-~] HTTP/1.", head->method, head->path) != 2
        || header_value(all, "Transfer-Encoding").length > 0)
        return -1;
    if (count.length > 0
        && (!text_to_int64(count, &length) || length < 0 || length > BANK_BODY_MAX))
        return -1;
    head->length = all.length + 4;
    head->body_length = (size_t)length;
    head->close = connection.length == 5 && strncasecmp(connection.data, "close", 5) == 0;
    return 1;
}

static void put_answer(struct connection *connection, const struct bank_reply *reply)
{
    buffer_clear(&connection->out);
    buffer_printf(&connection->out,
                  "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%s\r\n",
                  reply->status, reply->status < 300 ? "OK" : "No", reply->type,
                  reply->body.length, connection->close_after ? "Connection: close\r\n" : "");
    buffer_append(&connection->out, buffer_text(&reply->body), reply->body.length);
    connection->written = 0;
}

static void answer_request(struct server *server, struct connection *connection,
                           const struct head *head)
{
    struct bank_reply reply;
    struct span body = {buffer_text(&connection->in) + head->length, head->body_length};
    int64_t now_us = clock_monotonic_us();

    bank_reply_start(&reply);
    connection->close_after = head->close;
    bank_answer(&server->book, head->method, head->path, body, bank_now(server->options), &reply);
    put_answer(connection, &reply);
    buffer_drop_front(&connection->in, head->length + head->body_length);
    switch (reply.manner) {
    case BANK_AT_ONCE: connection->phase = PHASE_WRITE; break;
    case BANK_AFTER:
        connection->phase = PHASE_WAIT;
        connection->until_us = now_us + reply.delay_ms * 1000;
        break;
    case BANK_NEVER:
        connection->phase = PHASE_MUTE;
        connection->until_us = now_us + BANK_MUTE_S * INT64_C(1000000);
        break;
    case BANK_BREAK: drop(connection, true); break;
    }
    buffer_free(&reply.body);
}

static void take_command(struct server *server, struct connection *connection)
{
    char answer[256];

    if (memchr(buffer_text(&connection->in), '\n', connection->in.length) == NULL)
        return;
    bank_command(&server->book, buffer_text(&connection->in), bank_now(server->options), answer,
                 sizeof answer);
    buffer_append_string(&connection->out, answer);
    connection->close_after = true;
    connection->phase = PHASE_WRITE;
}

static void take_request(struct server *server, struct connection *connection)
{
    struct head head;
    int found = read_head(&connection->in, &head);

    if (found < 0)
        drop(connection, false);
    else if (found > 0 && connection->in.length >= head.length + head.body_length)
        answer_request(server, connection, &head);
}

static void read_more(struct server *server, struct connection *connection)
{
    char chunk[16384];
    ssize_t count = read(connection->fd, chunk, sizeof chunk);

    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count <= 0 || !buffer_append(&connection->in, chunk, (size_t)count)) {
        drop(connection, false);
        return;
    }
    if (connection->phase != PHASE_READ)
        return;
    if (connection->is_control)
        take_command(server, connection);
    else
        take_request(server, connection);
}

static void write_more(struct server *server, struct connection *connection)
{
    ssize_t count = write(connection->fd, connection->out.data + connection->written,
                          connection->out.length - connection->written);

    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count < 0) {
        drop(connection, false);
        return;
    }
    connection->written += (size_t)count;
    if (connection->written < connection->out.length)
        return;
    if (connection->close_after) {
        drop(connection, false);
        return;
    }
    connection->phase = PHASE_READ;
    connection->until_us = clock_monotonic_us() + BANK_IDLE_S * INT64_C(1000000);
    if (connection->in.length > 0)
        take_request(server, connection);
}

/* --- the loop */

static void pass_time(struct server *server)
{
    int64_t now_us = clock_monotonic_us();

    bank_book_pass_time(&server->book, bank_now(server->options));
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        struct connection *connection = &server->connections[i];

        if (connection->phase == PHASE_FREE || connection->phase == PHASE_WRITE
            || connection->until_us > now_us)
            continue;
        if (connection->phase == PHASE_WAIT)
            connection->phase = PHASE_WRITE;
        else
            drop(connection, false);
    }
}

/* At most POLL_MS, less where an answer is due sooner. */
static int wait_ms(const struct server *server)
{
    int64_t now_us = clock_monotonic_us(), wait_us = POLL_MS * 1000;

    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        const struct connection *connection = &server->connections[i];

        if (connection->phase == PHASE_WAIT && connection->until_us - now_us < wait_us)
            wait_us = connection->until_us - now_us;
    }
    return wait_us <= 0 ? 0 : (int)((wait_us + 999) / 1000);
}

static void turn(struct server *server)
{
    struct pollfd polls[CONNECTIONS_MAX + 2] = {{.fd = server->listener, .events = POLLIN},
                                                {.fd = server->control, .events = POLLIN}};
    int of[CONNECTIONS_MAX + 2], count = 2;

    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        const struct connection *connection = &server->connections[i];

        if (connection->phase == PHASE_FREE)
            continue;
        of[count] = i;
        polls[count++] = (struct pollfd){
            .fd = connection->fd,
            .events = connection->phase == PHASE_WRITE ? POLLOUT : POLLIN};
    }
    if (poll(polls, (nfds_t)count, wait_ms(server)) < 0)
        return;
    for (int i = 2; i < count; i++) {
        struct connection *connection = &server->connections[of[i]];

        if (connection->phase == PHASE_WRITE && polls[i].revents != 0)
            write_more(server, connection);
        else if (polls[i].revents != 0)
            read_more(server, connection);
    }
    for (int i = 0; i < 2; i++)
        if (polls[i].revents & POLLIN)
            take_connection(server, polls[i].fd);
    pass_time(server);
}

static int listen_port(const struct bank_options *options, struct error *error)
{
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)options->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    char path[BANK_PATH];

    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0
        || bind(fd, (struct sockaddr *)&address, size) != 0 || listen(fd, 512) != 0
        || getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        error_set(error, ERROR_SYSTEM, "port %d: %s", (int)options->port, strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    snprintf(path, sizeof path, "%s/port", options->state);
    FILE *file = fopen(path, "w");

    if (file != NULL) {
        fprintf(file, "%d\n", ntohs(address.sin_port));
        fclose(file);
    }
    return fd;
}

static int listen_control(const struct bank_options *options, struct error *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (snprintf(address.sun_path, sizeof address.sun_path, "%s/control", options->state)
        >= (int)sizeof address.sun_path) {
        error_set(error, ERROR_USAGE, "%s: too long for a socket's name", options->state);
    } else {
        unlink(address.sun_path);
        if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0
            && listen(fd, 16) == 0)
            return fd;
        error_set(error, ERROR_SYSTEM, "%s: %s", address.sun_path, strerror(errno));
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

int bank_serve(const struct bank_options *options)
{
    struct server *server = memory_new(sizeof *server);
    struct error error = {0};
    struct sigaction end = {.sa_handler = on_signal}, ignore = {.sa_handler = SIG_IGN};

    sigaction(SIGTERM, &end, NULL);
    sigaction(SIGINT, &end, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    server->options = options;
    server->listener = server->control = -1;
    bool fine = bank_book_open(&server->book, options, true, &error);

    if (fine) {
        server->control = listen_control(options, &error);
        server->listener = server->control >= 0 ? listen_port(options, &error) : -1;
        fine = server->listener >= 0;
    }
    if (!fine)
        fprintf(stderr, "town: %s\n", error.message);
    while (fine && !told_to_end)
        turn(server);
    for (int i = 0; i < CONNECTIONS_MAX; i++)
        if (server->connections[i].phase != PHASE_FREE)
            drop(&server->connections[i], false);
    bank_book_close(&server->book);
    free(server);
    return fine ? 0 : 1;
}
