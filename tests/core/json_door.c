/* The JSON door for whoever has JSON files: exit 0 where it lets the file in, 1 where not (the code
 * is printed), 2 where it cannot be read.
 *
 * usage: json_door FILE */
#include <stdio.h>
#include <stdlib.h>

#include "src/core/json_door.h"

enum { FILE_MOST = 2 * JSON_DOOR_BYTES_MAX };

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    char *text = malloc(FILE_MOST);
    enum json_door_fault fault;
    struct error error;

    if (!file || !text) {
        fputs("usage: json_door FILE\n", stderr);
        free(text);
        return 2;
    }
    size_t length = fread(text, 1, FILE_MOST, file);
    json_t *value = json_door_read((struct span){text, length}, &fault, &error);

    fclose(file);
    puts(json_door_code(fault));
    json_decref(value);
    free(text);
    return fault == JSON_DOOR_FINE ? 0 : 1;
}
