/* Cells in UTF-8, whatever the bank writes. Bytes that mean nothing in its encoding stay as they
 * are: whoever shows them makes them visible. */
#include <errno.h>
#include <string.h>

#include "csv.h"

bool csv_decoder_start(struct csv_decoder *decoder, enum profile_encoding encoding,
                       struct error *error)
{
    decoder->encoding = encoding;
    decoder->converter = (iconv_t)-1;
    buffer_init(&decoder->bytes, 2 * CSV_TEXT_ROW_MAX);
    if (encoding != ENCODING_GB18030)
        return true;
    decoder->converter = iconv_open("UTF-8", "GB18030");
    return decoder->converter != (iconv_t)-1 ||
           error_set(error, ERROR_SYSTEM, "This system cannot convert GB18030: %s.",
                     strerror(errno));
}

void csv_decoder_end(struct csv_decoder *decoder)
{
    if (decoder->converter != (iconv_t)-1)
        iconv_close(decoder->converter);
    buffer_free(&decoder->bytes);
}

struct span csv_trim(struct span text)
{
    static const struct span wide[] = {{"\xC2\xA0", 2}, {"\xE3\x80\x80", 3}};
    for (bool again = true; again;) {
        text = span_trim(text);
        again = false;
        for (size_t i = 0; i < 2; i++) {
            size_t length = wide[i].length;
            if (text.length < length)
                continue;
            if (memcmp(text.data, wide[i].data, length) == 0) {
                text = (struct span){text.data + length, text.length - length};
                again = true;
            } else if (memcmp(text.data + text.length - length, wide[i].data, length) == 0) {
                text.length -= length;
                again = true;
            }
        }
    }
    return text;
}

static bool is_ascii(struct span text)
{
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.data[i] >= 0x80)
            return false;
    return true;
}

/* Both write at most twice as many bytes as they read. */
static size_t decode_latin1(struct span text, char *out)
{
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++)
        length += text_encode((unsigned char)text.data[i], out + length);
    return length;
}

static size_t decode_gb18030(iconv_t converter, struct span text, char *out)
{
    char *from = (char *)(uintptr_t)text.data; /* iconv() reads there and writes not */
    size_t from_rest = text.length;
    char *to = out;
    size_t to_rest = 2 * text.length;
    while (from_rest > 0 && iconv(converter, &from, &from_rest, &to, &to_rest) == (size_t)-1) {
        if (from_rest == 0 || to_rest == 0)
            break;
        *to++ = *from++;
        from_rest--;
        to_rest--;
        iconv(converter, NULL, NULL, NULL, NULL);
    }
    return (size_t)(to - out);
}

void csv_decoder_row(struct csv_decoder *decoder, const struct csv_text_row *row)
{
    size_t total = 0;
    for (size_t i = 0; i < row->count; i++)
        total += row->cells[i].text.length;
    buffer_clear(&decoder->bytes);
    char *out = decoder->encoding == ENCODING_UTF8 ? NULL
                                                   : buffer_reserve(&decoder->bytes, 2 * total);
    for (size_t i = 0; i < row->count; i++) {
        struct span text = row->cells[i].text;
        if (out != NULL && !is_ascii(text)) {
            size_t length = decoder->encoding == ENCODING_LATIN1
                                ? decode_latin1(text, out)
                                : decode_gb18030(decoder->converter, text, out);
            text = (struct span){out, length};
            out += length;
        }
        decoder->cells[i] = csv_trim(text);
    }
}
