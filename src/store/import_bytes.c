/* The first steps of an import: the file's bytes. Hashed, then kept; or, for a second reading,
 * fetched from where they are kept. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daybook/base/language.h"
#include "import_steps.h"

static enum import_turn step_channels(struct import *import);
static enum import_turn step_begun(struct import *import);
static enum import_turn step_keep(struct import *import);

static enum import_turn fail_file(struct import *import, const char *what)
{
    struct error error;
    error_set(&error, ERROR_INPUT, "%s", what);
    import_fail(import, &error);
    return IMPORT_GOES_ON;
}

static ssize_t chunk_read(struct import *import, char *chunk)
{
    size_t have = 0;
    ssize_t got;
    while (have < IMPORT_CHUNK && (got = read(import->fd, chunk + have,
                                              IMPORT_CHUNK - have)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        have += (size_t)got;
    }
    return (ssize_t)have;
}

/* --- hashing */

enum import_turn step_hash(struct import *import)
{
    import->phase = IMPORT_HASHING;
    ssize_t got = chunk_read(import, import->chunk);
    if (got < 0)
        return fail_file(import, strerror(errno));
    sha256_add(import->sha256, import->chunk, (size_t)got);
    import->bytes += got;
    if (got == IMPORT_CHUNK)
        return IMPORT_GOES_ON;
    sha256_finish(import->sha256, import->digest);
    import->size = import->bytes;
    import_ask(import, &(struct store_call){.statement = "import-channels"}, step_channels);
    return IMPORT_WAITS;
}

/* --- beginning */

static bool take_channels(struct import *import)
{
    import->channels.rows = import->answer.result;
    import->answer.result = NULL;
    struct error error;
    bool chosen = channels_choose(&import->channels, import->fd, import->format, import->channel,
                                  &error);
    if (!chosen)
        import_fail(import, &error);
    return chosen;
}

/* `begin` goes first and alone; the transaction's own limits follow it. */
static enum import_turn step_transaction(struct import *import)
{
    import->in_transaction = true;
    char hex[SHA256_HEX], sha256[SHA256_HEX + 2], size[24];
    snprintf(sha256, sizeof sha256, "\\x%s", sha256_hex(import->digest, hex));
    snprintf(size, sizeof size, "%lld", (long long)import->size);
    const char *const values[] = {sha256, import->name, import->format, size,
                                  import->channel[0] == '\0' ? NULL : import->channel};
    import_ask(import, &(struct store_call){.statement = "import-begin", .values = values,
                                            .value_count = 5, .writes = true}, step_begun);
    return IMPORT_WAITS;
}

static enum import_turn step_channels(struct import *import)
{
    if (!take_channels(import))
        return IMPORT_GOES_ON;
    import_do(import, "begin", step_transaction);
    return IMPORT_WAITS;
}

static enum import_turn step_begun(struct import *import)
{
    const char *id = store_cell(import->answer.result, 0, "import_id");
    snprintf(import->import_id, sizeof import->import_id, "%s", id == NULL ? "" : id);
    import->outcome.file_id = store_cell_int(import->answer.result, 0, "file_id", 0);
    if (lseek(import->fd, 0, SEEK_SET) != 0)
        return fail_file(import, strerror(errno));
    import->phase = IMPORT_KEEPING;
    import->bytes = 0;
    return step_keep(import);
}

/* --- keeping the bytes as they came */

/* The bytes stored must be those that were hashed: a file may still grow while it is read. */
static bool bytes_are_the_same(struct import *import)
{
    unsigned char again[SHA256_BYTES];
    sha256_finish(import->sha256, again);
    return memcmp(again, import->digest, sizeof again) == 0;
}

static enum import_turn step_kept(struct import *import)
{
    if (!bytes_are_the_same(import)) {
        struct error error;
        error_set(&error, ERROR_CONFLICT, "%s",
                  _("the file changed while it was read; import it again"));
        import_fail(import, &error);
        return IMPORT_GOES_ON;
    }
    if (lseek(import->fd, 0, SEEK_SET) != 0)
        return fail_file(import, strerror(errno));
    return step_read_begin(import);
}

/* Reads and hashes the next piece of the file: while the database stores the one before it. */
static void read_ahead(struct import *import)
{
    import->ahead_length = chunk_read(import, import->ahead);
    import->ahead_errno = errno;
    if (import->ahead_length > 0)
        sha256_add(import->sha256, import->ahead, (size_t)import->ahead_length);
}

static enum import_turn step_keep(struct import *import)
{
    if (import->chunk_no == 0) {
        sha256_free(import->sha256);
        import->sha256 = sha256_new();
        read_ahead(import);
    }
    ssize_t got = import->ahead_length;
    if (got < 0)
        return fail_file(import, strerror(import->ahead_errno));
    if (got == 0)
        return step_kept(import);
    char *chunk = import->ahead;
    import->ahead = import->chunk;
    import->chunk = chunk;
    import->bytes += got;
    char number[16];
    snprintf(number, sizeof number, "%d", import->chunk_no++);
    const char *const values[] = {import->import_id, number};
    import_ask(import, &(struct store_call){.statement = "import-chunk", .values = values,
                                            .value_count = 2, .bytes = import->chunk,
                                            .bytes_length = (size_t)got, .writes = true},
               step_keep);
    if (import->asked != 0)
        read_ahead(import);
    return IMPORT_WAITS;
}

/* --- a second reading */

static enum import_turn step_fetched(struct import *import);

static void fetch_next(struct import *import)
{
    char file[24], number[16];
    snprintf(file, sizeof file, "%lld", (long long)import->verify_file_id);
    snprintf(number, sizeof number, "%d", import->chunk_no);
    const char *const values[] = {file, number};
    import_ask(import, &(struct store_call){.statement = "statement-bytes", .values = values,
                                            .value_count = 2,
                                            .result_limit = 4 * IMPORT_CHUNK}, step_fetched);
}

static enum import_turn step_fetch_channels(struct import *import)
{
    import->channels.rows = import->answer.result;
    import->answer.result = NULL;
    fetch_next(import);
    return IMPORT_WAITS;
}

static enum import_turn step_described(struct import *import)
{
    const char *format = store_cell(import->answer.result, 0, "format");
    if (format == NULL)
        return fail_file(import, _("there is no such file"));
    snprintf(import->format, sizeof import->format, "%s", format);
    const char *channel = store_cell(import->answer.result, 0, "channel_id");
    snprintf(import->channel, sizeof import->channel, "%s", channel == NULL ? "" : channel);
    import->size = store_cell_int(import->answer.result, 0, "size_bytes", 0);
    import_ask(import, &(struct store_call){.statement = "import-channels"}, step_fetch_channels);
    return IMPORT_WAITS;
}

enum import_turn step_fetch_describe(struct import *import)
{
    import->phase = IMPORT_KEEPING;
    char file[24];
    snprintf(file, sizeof file, "%lld", (long long)import->verify_file_id);
    snprintf(import->name, sizeof import->name, "F-%s", file);
    const char *const values[] = {file};
    import_ask(import, &(struct store_call){.statement = "verify-file", .values = values,
                                            .value_count = 1}, step_described);
    return IMPORT_WAITS;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One chunk as the database writes bytea: \x and two digits a byte. Returns its bytes, or -1. */
static ssize_t chunk_decode(struct import *import, const char *text)
{
    size_t length = strlen(text);
    if (length < 2 || text[0] != '\\' || text[1] != 'x' || length % 2 != 0 ||
        (length - 2) / 2 > IMPORT_CHUNK)
        return -1;
    size_t count = (length - 2) / 2;
    for (size_t i = 0; i < count; i++) {
        int high = hex_digit(text[2 + 2 * i]), low = hex_digit(text[3 + 2 * i]);
        if (high < 0 || low < 0)
            return -1;
        import->chunk[i] = (char)(high * 16 + low);
    }
    return (ssize_t)count;
}

static enum import_turn step_verify_begun(struct import *import)
{
    const char *id = store_cell(import->answer.result, 0, "import_id");
    snprintf(import->import_id, sizeof import->import_id, "%s", id == NULL ? "" : id);
    return step_read_begin(import);
}

static enum import_turn step_verify_transaction(struct import *import)
{
    import->in_transaction = true;
    char file[24];
    snprintf(file, sizeof file, "%lld", (long long)import->verify_file_id);
    const char *const values[] = {file};
    import_ask(import, &(struct store_call){.statement = "verify-begin", .values = values,
                                            .value_count = 1, .writes = true},
               step_verify_begun);
    return IMPORT_WAITS;
}

static enum import_turn step_fetched(struct import *import)
{
    const char *text = store_cell(import->answer.result, 0, "bytes");
    if (text == NULL) {
        sha256_finish(import->sha256, import->digest);
        if (lseek(import->fd, 0, SEEK_SET) != 0)
            return fail_file(import, strerror(errno));
        import_do(import, "begin", step_verify_transaction);
        return IMPORT_WAITS;
    }
    ssize_t count = chunk_decode(import, text);
    if (count < 0 || write(import->fd, import->chunk, (size_t)count) != count)
        return fail_file(import, _("the stored bytes cannot be read"));
    sha256_add(import->sha256, import->chunk, (size_t)count);
    import->bytes += count;
    import->chunk_no++;
    fetch_next(import);
    return IMPORT_WAITS;
}
