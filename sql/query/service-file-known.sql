-- Whether a file of these bytes is here already and could be read (daybookd).
-- param 1 sha256 text
select file_no, state
from desk.statement_files
where sha256 = $1::text and reading <> 'unreadable'
