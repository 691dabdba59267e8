/* The name of a server, looked up. */
#include <netdb.h>
#include <sys/socket.h>

#include "daybook/base/language.h"
#include "daybook/store/connection.h"

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
