#include "answer.h"

#include <jansson.h>
#include <string.h>

#include "daybook/base/text.h"

static void copy_text(const json_t *root, const char *key, char *out, size_t size)
{
    const json_t *value = json_object_get(root, key);

    out[0] = '\0';
    if (json_is_string(value))
        text_printable(out, size,
                       (struct span){json_string_value(value), json_string_length(value)});
}

/* A word that decides: as the bank wrote it or not at all. Made printable, "pa<zero width>id" would
 * become a payment. */
static void copy_word(const json_t *root, const char *key, char *out, size_t size)
{
    const json_t *value = json_object_get(root, key);

    copy_text(root, key, out, size);
    if (json_is_string(value) && strcmp(json_string_value(value), out) != 0)
        out[0] = '\0';
}

void bank_answer_read(struct span body, struct bank_answer *answer)
{
    json_t *root = json_loadb(body.data, body.length, JSON_REJECT_DUPLICATES, NULL);

    copy_word(root, "ref", answer->ref, sizeof answer->ref);
    copy_word(root, "result", answer->result, sizeof answer->result);
    copy_text(root, "code", answer->code, sizeof answer->code);
    copy_text(root, "text", answer->text, sizeof answer->text);
    copy_text(root, "bank_ref", answer->bank_ref, sizeof answer->bank_ref);
    json_decref(root);
}
