-- The next chunk of matched lines that the core has given no receipt for (daybookd).
select file_id, file_no, chunk_no, lines, sha256, key, body
from desk.core_next()
