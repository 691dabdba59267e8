/* A body as it comes over REST: through the JSON door and against the table of an operation's
 * members. The first byte chooses the operation. What is let in is UTF-8, has no number that is not
 * int64, comes out again as the same value, and what is said of the rest can be shown. */
#include <string.h>

#include "fuzz.h"
#include "src/core/body.h"
#include "src/core/json_door.h"
#include "src/core/problem.h"

static void value_holds(json_t *value)
{
    enum json_door_fault fault;
    struct error error;
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);

    FUZZ_HOLDS(text != NULL);
    json_t *again = json_door_read(span_of(text), &fault, &error);

    FUZZ_HOLDS(again != NULL && json_equal(again, value));
    json_decref(again);
    free(text);
}

static void words_hold(const char *code, const struct buffer *words)
{
    char shown[4096];
    struct span text = {words->data, words->length};

    FUZZ_HOLDS(core_problem_find(code) != NULL);
    FUZZ_HOLDS(text_printable(shown, sizeof shown, text) == text.length);
    FUZZ_HOLDS(memcmp(shown, text.data, text.length) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t count;
    const struct core_route *routes = core_routes(&count);
    enum json_door_fault fault;
    struct error error;
    struct buffer words;

    if (size == 0)
        return 0;
    const struct core_route *route = &routes[data[0] % count];
    json_t *value = json_door_read((struct span){(const char *)data + 1, size - 1}, &fault, &error);

    FUZZ_HOLDS((value == NULL) == (fault != JSON_DOOR_FINE));
    if (value == NULL)
        return 0;
    value_holds(value);
    buffer_init(&words, 512);
    if (route->body) {
        const char *code = core_body_check(value, route->body, &words);

        if (code)
            words_hold(code, &words);
    }
    buffer_free(&words);
    json_decref(value);
    return 0;
}
