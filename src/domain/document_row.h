/* Rows of a document, each read from its line. Private to the room. */
#ifndef DAYBOOK_DOMAIN_DOCUMENT_ROW_H
#define DAYBOOK_DOMAIN_DOCUMENT_ROW_H

#include "daybook/domain/document.h"

/* False with *fault said: what stands before the row in a message. */
bool row_item(struct span row, struct document_item *item, const char **fault);
bool row_basis(struct span row, struct document_basis *basis, const char **fault);
bool row_move(struct span row, struct document_move *move, const char **fault);
bool row_posting(struct span row, struct document_posting *posting, const char **fault);
bool row_change(struct span row, const char **fault);
bool row_balance(struct span row, struct document_balance *balance, const char **fault);

/* True where no two of the rows, or of their first words, are equal. */
bool rows_differ(const struct document_rows *rows);

#endif
