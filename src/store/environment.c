/* What the surroundings may say to a connection: nothing (RELIABILITY 4.2). */
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "daybook/base/language.h"
#include "daybook/base/memory.h"
#include "daybook/store/connection.h"

extern char **environ;

static bool is_harmful(const char *variable)
{
    static const char *const prefixes[] = {"PG", "CURL", "SSL", "OPENSSL", "LD_", "TERMINFO",
                                           "NCURSES", "GCONV_", "NLSPATH=", "HOSTALIASES=",
                                           "RES_OPTIONS=", "LOCALDOMAIN="};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (strncmp(variable, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    size_t name = strcspn(variable, "=");
    return name >= 6 && strncasecmp(variable + name - 6, "_proxy", 6) == 0;
}

void store_scrub_environment(void)
{
    for (size_t i = 0; environ[i] != NULL;) {
        if (!is_harmful(environ[i])) {
            i++;
            continue;
        }
        char *name = memory_copy_string(environ[i]);
        name[strcspn(name, "=")] = '\0';
        /* A variable without a name cannot be unset; unsetenv moves the others up. */
        if (unsetenv(name) != 0)
            i++;
        free(name);
    }
}

bool store_resolve(const char *host, char *out, size_t size, struct error *error)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    struct addrinfo *found = NULL;
    int failed = getaddrinfo(host, NULL, &hints, &found);
    if (failed != 0)
        return error_set(error, ERROR_CONNECTION, _("the name %s is not known: %s"), host,
                         gai_strerror(failed));
    failed = getnameinfo(found->ai_addr, found->ai_addrlen, out, (socklen_t)size, NULL, 0,
                         NI_NUMERICHOST);
    freeaddrinfo(found);
    if (failed != 0)
        return error_set(error, ERROR_CONNECTION, _("the address of %s: %s"), host,
                         gai_strerror(failed));
    return true;
}
