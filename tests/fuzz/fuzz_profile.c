/* Profiles: every text is a profile or has faults, each a line `file:line:column: sentence` that a
 * terminal can show. */
#include <string.h>

#include "daybook/formats/profile.h"
#include "fuzz.h"

static void fault_lines_hold(const char *text)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        int line;
        int column;
        FUZZ_HOLDS(text[length] == '\n');
        FUZZ_HOLDS(sscanf(text, "p:%d:%d: ", &line, &column) == 2 && line > 0 && column > 0);
        text += length + 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer faults;
    buffer_init(&faults, 1 << 20);
    struct profile *profile = profile_parse("p", (struct span){(const char *)data, size}, &faults);
    FUZZ_HOLDS((profile == NULL) == (faults.length > 0));
    fault_lines_hold(buffer_text(&faults));
    FUZZ_HOLDS(text_is_utf8((struct span){faults.data, faults.length}));
    profile_free(profile);
    buffer_free(&faults);
    return 0;
}
