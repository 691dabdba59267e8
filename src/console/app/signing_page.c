/* Rows that carry a document: what the console made of its bytes goes beside them, so that a view,
 * which knows nothing of signatures, draws only what was verified. */
#include <stdio.h>
#include <string.h>

#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "inside.h"

struct page *signing_page(const struct console *console)
{
    static const char *const names[] = {"request_id", "amount", "currency", "document",
                                        "document_fault", "document_words"};
    const struct signing *signing = &console->signing;
    /* While it is asked about and signed, the proposal is the correction under way. */
    bool asked = signing->proposed.root == NULL && signing->decision == POLICY_PROPOSE;
    const struct correction *proposed = asked ? &signing->correction : &signing->proposed;
    struct page *page = page_new(names, sizeof names / sizeof names[0], 1, 0);
    if (page == NULL || proposed->root == NULL)
        return page;
    char amount[24], currency[8];
    const struct document_head *head = &proposed->document.head;
    snprintf(amount, sizeof amount, "%lld", (long long)head->amount);
    snprintf(currency, sizeof currency, "%.*s", (int)head->currency.length, head->currency.data);
    page_row(page);
    page_set(page, 0, proposed->request, strlen(proposed->request));
    page_set(page, 1, amount, strlen(amount));
    page_set(page, 2, currency, strlen(currency));
    page_set(page, 3, proposed->bytes.data, proposed->bytes.length);
    page_set(page, 4, "", 0);
    page_set(page, 5, proposed->words, strlen(proposed->words));
    page->fetched_at = world_now(console);
    return page;
}

/* Copies the row and adds the two columns. */
static struct page *extended(const struct page *page, const char *fault, const char *words)
{
    const char *names[ROWS_COLUMNS_MAX];
    size_t count = page->column_count;
    for (size_t c = 0; c < count; c++)
        names[c] = page->names[c];
    names[count] = "document_fault";
    names[count + 1] = "document_words";
    struct page *wide = page_new(names, count + 2, 1, 0);
    if (wide == NULL || !page_row(wide))
        return wide;
    for (size_t c = 0; c < count; c++) {
        struct rows_cell cell = page_cell(page, 0, (int)c);
        if (!cell.null)
            page_set(wide, c, cell.text, cell.length);
    }
    page_set(wide, count, fault, strlen(fault));
    page_set(wide, count + 1, words, strlen(words));
    wide->fetched_at = page->fetched_at;
    return wide;
}

struct page *signing_verified(const struct console *console, struct page *page)
{
    if (page->row_count != 1 || page_column(page, "document") < 0 ||
        page_column(page, "core_signature") < 0 || page->column_count + 2 > ROWS_COLUMNS_MAX)
        return page;
    struct rows_cell document = page_named(page, 0, "document");
    struct correction_source source = {.document = {document.text, document.length},
                                       .signature = page_named(page, 0, "core_signature").text,
                                       .certificate = page_named(page, 0,
                                                                 "core_certificate").text};
    struct correction correction;
    struct error error = {0};
    bool good = correction_take(&correction, &source, console->session.config, clock_now(),
                                &error);
    bool same = good && strcmp(correction.request, page_named(page, 0, "request_id").text) == 0;
    if (good && !same)
        error_set(&error, ERROR_REFUSED, _("%s has the document of another request."),
                  page_named(page, 0, "request_id").text);
    struct page *wide = extended(page, error.message, good ? correction.words : "");
    if (good)
        correction_release(&correction);
    page_free(page);
    return wide;
}
