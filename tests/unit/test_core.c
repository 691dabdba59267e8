/* The client of the payment core against a TLS server of its own: done, refused and unknown, and
 * whom it does not talk to. */
#include <pthread.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "daybook/wire/core.h"

/* --- certificates, made anew for each run */

static char directory[64];

static const char *in_directory(const char *name, char out[128])
{
    snprintf(out, 128, "%s/%s", directory, name);
    return out;
}

static void add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    assert_non_null(extension);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

struct identity {
    EVP_PKEY *key;
    X509 *certificate;
};

static struct identity identity_new(const char *name, EVP_PKEY *key,
                                    const struct identity *issuer, const char *file)
{
    struct identity made = {.key = key, .certificate = X509_new()};
    X509 *x = made.certificate;
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), issuer == NULL ? 1 : 2);
    X509_gmtime_adj(X509_getm_notBefore(x), -60);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
                               (const unsigned char *)name, -1, -1, 0);
    X509 *by = issuer == NULL ? x : issuer->certificate;
    X509_set_issuer_name(x, X509_get_subject_name(by));
    add_extension(x, by, NID_basic_constraints, issuer == NULL ? "critical,CA:TRUE" : "CA:FALSE");
    if (issuer != NULL)
        add_extension(x, by, NID_subject_alt_name, "DNS:localhost");
    assert_true(X509_sign(x, issuer == NULL ? key : issuer->key, EVP_sha256()) > 0);
    char path[128];
    FILE *out = fopen(in_directory(file, path), "w");
    assert_non_null(out);
    PEM_write_X509(out, x);
    fclose(out);
    return made;
}

static void identity_free(struct identity *identity)
{
    EVP_PKEY_free(identity->key);
    X509_free(identity->certificate);
}

/* --- the server: answers by path, one connection at a time */

struct server {
    SSL_CTX *tls;
    int socket, port;
    pthread_t thread;
    int requests, slow;  /* of `slow` requests the first are left without an answer */
    char last[2048];     /* the last request's head */
};

static void answer(SSL *ssl, const char *status, const char *type, const char *body)
{
    char head[512];
    int length = snprintf(head, sizeof head,
                          "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
                          "Connection: close\r\n\r\n", status, type, strlen(body));
    SSL_write(ssl, head, length);
    if (body[0] != '\0')
        SSL_write(ssl, body, (int)strlen(body));
}

static void answer_path(struct server *server, SSL *ssl)
{
    const char *request = server->last;
    if (strncmp(request, "GET /good", 9) == 0)
        answer(ssl, "200 OK", "application/json", "{\"state\":\"PAID\"}");
    else if (strncmp(request, "POST /refused", 13) == 0)
        answer(ssl, "409 Conflict", "application/problem+json",
               "{\"type\":\"about:blank\",\"title\":\"Illegal\",\"code\":\"illegal-edge\","
               "\"detail\":\"from=PAID to=CANCELLED\"}");
    else if (strncmp(request, "POST /typed", 11) == 0)
        answer(ssl, "429 Too Many Requests", "application/problem+json",
               "{\"type\":\"https://daybook.example/problems/too-soon\",\"title\":\"Too soon\"}");
    else if (strncmp(request, "POST /broken", 12) == 0)
        answer(ssl, "500 Oops", "text/plain", "no");
    else if (strncmp(request, "POST /moved", 11) == 0)
        SSL_write(ssl, "HTTP/1.1 302 Found\r\nLocation: https://localhost/good\r\n"
                       "Content-Length: 0\r\n\r\n", 72);
    else if (strncmp(request, "POST /twice", 11) == 0 && server->requests > server->slow)
        answer(ssl, "200 OK", "application/json", "{}");
    else if (strncmp(request, "GET /huge", 9) == 0)
        SSL_write(ssl, "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n{", 46);
}

static void serve_one(struct server *server, int connection)
{
    SSL *ssl = SSL_new(server->tls);
    SSL_set_fd(ssl, connection);
    if (SSL_accept(ssl) == 1) {
        int got = SSL_read(ssl, server->last, sizeof server->last - 1);
        server->last[got > 0 ? got : 0] = '\0';
        if (got > 0) {
            server->requests++;
            answer_path(server, ssl);
            SSL_shutdown(ssl);
        }
    }
    SSL_free(ssl);
    close(connection);
}

static void *serve(void *context)
{
    struct server *server = context;
    for (int connection; (connection = accept(server->socket, NULL, NULL)) >= 0;)
        serve_one(server, connection);
    return NULL;
}

static void server_start(struct server *server, const struct identity *identity, int version)
{
    char path[128];
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    server->tls = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_max_proto_version(server->tls, version);
    SSL_CTX_use_certificate(server->tls, identity->certificate);
    SSL_CTX_use_PrivateKey(server->tls, identity->key);
    SSL_CTX_load_verify_locations(server->tls, in_directory("root.crt", path), NULL);
    SSL_CTX_set_verify(server->tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    server->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(server->socket, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(server->socket, 8), 0);
    getsockname(server->socket, (struct sockaddr *)&address, &length);
    server->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void server_stop(struct server *server)
{
    shutdown(server->socket, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->socket);
    SSL_CTX_free(server->tls);
}

/* --- the desk's side */

static struct identity root, server_identity, clerk, stranger_root;
static char clerk_pem[2048];
static size_t clerk_pem_length;
static struct wire *wire;

static void files_make(void)
{
    snprintf(directory, sizeof directory, "/tmp/daybook-core.XXXXXX");
    assert_non_null(mkdtemp(directory));
    root = identity_new("root", EVP_EC_gen("P-256"), NULL, "root.crt");
    stranger_root = identity_new("stranger", EVP_EC_gen("P-256"), NULL, "stranger.crt");
    server_identity = identity_new("core", EVP_EC_gen("P-256"), &root, "core.crt");
    clerk = identity_new("clerk1", EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), &root, "clerk1.crt");
    BIO *bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PKCS8PrivateKey(bio, clerk.key, NULL, NULL, 0, NULL, NULL);
    clerk_pem_length = (size_t)BIO_read(bio, clerk_pem, sizeof clerk_pem - 1);
    BIO_free(bio);
}

static int set_up(void **state)
{
    (void)state;
    /* The server writes to clients that have gone away, on purpose. */
    signal(SIGPIPE, SIG_IGN);
    files_make();
    wire = wire_new(NULL);
    return wire == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    static const char *const files[] = {"root.crt", "stranger.crt", "core.crt", "clerk1.crt"};
    wire_free(wire);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        unlink(in_directory(files[i], command));
    rmdir(directory);
    identity_free(&root);
    identity_free(&stranger_root);
    identity_free(&server_identity);
    identity_free(&clerk);
    return 0;
}

static struct core *core_for(const char *host, int port, const char *root_file)
{
    char url[64], root_path[128], certificate[128];
    snprintf(url, sizeof url, "https://%s:%d", host, port);
    struct core_options options = {
        .url = url, .root = in_directory(root_file, root_path),
        .certificate = in_directory("clerk1.crt", certificate),
        .key = {clerk_pem, clerk_pem_length}, .again_first_ms = 10};
    struct error error;
    struct core *core = core_new(wire, &options, &error);
    assert_non_null(core);
    return core;
}

static struct core_answer ask(struct core *core, const char *method, const char *path)
{
    struct core_answer got;
    struct core_call call = {.method = method, .path = path, .deadline_ms = 3000};
    core_run(core, &call, &got);
    return got;
}

static void three_outcomes(void **state)
{
    (void)state;
    struct server server = {0};
    server_start(&server, &server_identity, TLS1_3_VERSION);
    struct core *core = core_for("localhost", server.port, "root.crt");
    struct core_answer got = ask(core, "GET", "/good");
    assert_int_equal(got.outcome, CORE_DONE);
    assert_string_equal(got.body.data, "{\"state\":\"PAID\"}");
    assert_int_equal(strncmp(got.request_id, "desk-", 5), 0);
    assert_non_null(strstr(server.last, got.request_id));
    core_answer_release(&got);
    got = ask(core, "POST", "/refused");
    assert_int_equal(got.outcome, CORE_REFUSED);
    assert_int_equal(got.status, 409);
    assert_string_equal(got.code, "illegal-edge");
    assert_string_equal(got.detail, "from=PAID to=CANCELLED");
    core_answer_release(&got);
    got = ask(core, "POST", "/typed");
    assert_string_equal(got.code, "too-soon");
    core_answer_release(&got);
    got = ask(core, "POST", "/broken");
    assert_int_equal(got.outcome, CORE_UNKNOWN);
    core_answer_release(&got);
    got = ask(core, "POST", "/moved");
    assert_int_equal(got.outcome, CORE_UNKNOWN);
    assert_int_equal(got.status, 302);
    core_answer_release(&got);
    got = ask(core, "GET", "/huge");
    assert_int_equal(got.outcome, CORE_UNKNOWN);
    core_answer_release(&got);
    core_free(core);
    server_stop(&server);
}

/* Cut off without an answer it is asked again by the same key, until it is known. */
static void asked_again_by_key(void **state)
{
    (void)state;
    struct server server = {.slow = 2};
    server_start(&server, &server_identity, TLS1_3_VERSION);
    struct core *core = core_for("localhost", server.port, "root.crt");
    char key[CORE_KEY_TEXT];
    struct core_answer got;
    struct core_call call = {.method = "POST", .path = "/twice", .body = "{}", .version = 7,
                             .key = core_key_new(key), .attempts = 5, .deadline_ms = 3000};
    assert_true(core_run(core, &call, &got));
    assert_int_equal(server.requests, 3);
    assert_non_null(strstr(server.last, key));
    assert_non_null(strstr(server.last, "If-Match: \"7\""));
    core_answer_release(&got);
    server.requests = 0;
    call.attempts = 2;
    assert_false(core_run(core, &call, &got));
    assert_int_equal(got.outcome, CORE_UNKNOWN);
    assert_int_equal(server.requests, 2);
    assert_int_equal(core_pending(core), 0);
    core_answer_release(&got);
    core_free(core);
    server_stop(&server);
}

static void only_one_server(void **state)
{
    (void)state;
    struct server server = {0}, old = {0};
    server_start(&server, &server_identity, TLS1_3_VERSION);
    server_start(&old, &server_identity, TLS1_2_VERSION);
    const struct {
        const char *host, *root;
        int port;
    } wrong[] = {{"localhost", "stranger.crt", server.port},
                 {"127.0.0.1", "root.crt", server.port},
                 {"localhost", "root.crt", old.port},
                 {"localhost", "root.crt", 1}};
    setenv("https_proxy", "http://127.0.0.1:1", 1);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct core *core = core_for(wrong[i].host, wrong[i].port, wrong[i].root);
        struct core_answer got = ask(core, "POST", "/refused");
        assert_int_equal(got.outcome, CORE_REFUSED);
        assert_int_equal(got.error.code, ERROR_CONNECTION);
        core_answer_release(&got);
        core_free(core);
    }
    assert_int_equal(server.requests + old.requests, 0);
    unsetenv("https_proxy");
    server_stop(&server);
    server_stop(&old);
}

static void addresses(void **state)
{
    (void)state;
    static const char *const wrong[] = {"http://localhost:1", "https://a@localhost", "localhost",
                                        "https://localhost/v1", "https://localhost/",
                                        "https://localhost?x", "file:///etc/passwd"};
    char path[128], other[128];
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct core_options options = {.url = wrong[i], .root = in_directory("root.crt", path),
                                       .certificate = in_directory("clerk1.crt", other),
                                       .key = {clerk_pem, clerk_pem_length}};
        struct error error;
        assert_null(core_new(wire, &options, &error));
        assert_int_equal(error.code, ERROR_USAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_outcomes),
        cmocka_unit_test(asked_again_by_key),
        cmocka_unit_test(only_one_server),
        cmocka_unit_test(addresses),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
