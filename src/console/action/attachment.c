/* Attachments: the bytes stay where they are, the database keeps their name and their hash. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daybook/action/action.h"
#include "daybook/base/language.h"
#include "daybook/trust/sha256.h"

const char *action_file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static bool file_is_right(int fd, const char *name, struct error *error)
{
    struct stat about;
    if (fd < 0 || fstat(fd, &about) != 0)
        return error_set(error, ERROR_INPUT, "%s: %s", name, strerror(errno));
    if (!S_ISREG(about.st_mode))
        return error_set(error, ERROR_INPUT, _("%s: this is no file"), name);
    if (about.st_size == 0)
        return error_set(error, ERROR_INPUT, _("%s: this file is empty"), name);
    if (about.st_size > ACTION_FILE_MAX)
        return error_set(error, ERROR_LIMIT, _("%s: an attachment has at most 64 MB"), name);
    return true;
}

static bool file_hash(int fd, const char *name, char *hex, struct error *error)
{
    unsigned char digest[SHA256_BYTES];
    char bytes[65536];
    ssize_t count;
    struct sha256 *sha256 = sha256_new();
    while ((count = read(fd, bytes, sizeof bytes)) > 0)
        sha256_add(sha256, bytes, (size_t)count);
    sha256_finish(sha256, digest);
    sha256_free(sha256);
    sha256_hex(digest, hex);
    return count == 0 || error_set(error, ERROR_INPUT, "%s: %s", name, strerror(errno));
}

bool action_file_digest(const char *path, char out[ACTION_DIGEST_TEXT], struct error *error)
{
    const char *name = action_file_name(path);
    /* A pipe is not waited for. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool good = file_is_right(fd, name, error);
    memcpy(out, "\\x", 2);
    good = good && file_hash(fd, name, out + 2, error);
    if (fd >= 0)
        close(fd);
    return good;
}
