/* One value of a JSON file, for shell scripts: `json_field FILE a.b.0.c` prints it; texts without
 * quotes, nothing where there is none (exit 1). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

static json_t *step(json_t *value, const char *name)
{
    char *end;
    unsigned long index = strtoul(name, &end, 10);

    if (json_is_array(value) && *end == '\0' && end != name)
        return json_array_get(value, index);
    return json_object_get(value, name);
}

int main(int argc, char **argv)
{
    json_error_t error;
    json_t *root = argc == 3 ? json_load_file(argv[1], JSON_DECODE_ANY, &error) : NULL;
    json_t *value = root;
    char name[256];

    for (const char *at = argc == 3 ? argv[2] : ""; value && *at;) {
        size_t length = strcspn(at, ".");

        snprintf(name, sizeof name, "%.*s", (int)length, at);
        value = step(value, name);
        at += length + (at[length] == '.');
    }
    if (json_is_string(value))
        puts(json_string_value(value));
    else if (value) {
        json_dumpf(value, stdout, JSON_ENCODE_ANY | JSON_COMPACT);
        puts("");
    }
    int status = value ? 0 : 1;

    json_decref(root);
    return status;
}
