#include "daybook/base/environment.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daybook/base/memory.h"

extern char **environ;

static bool is_harmful(const char *variable)
{
    static const char *const prefixes[] = {
        "PG",       "CURL",    "SSL",    "OPENSSL",  "GNUTLS",       "LD_",
        "TERMINFO", "NCURSES", "GCONV_", "NLSPATH=", "HOSTALIASES=", "RES_OPTIONS=",
        "LOCALDOMAIN=",
    };
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (strncmp(variable, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    size_t name = strcspn(variable, "=");
    return name >= 6 && strncasecmp(variable + name - 6, "_proxy", 6) == 0;
}

void environment_scrub(void)
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
