-- Whether a file of these bytes is here already (daybookd); served by the unique sha256.
-- param 1 sha256 text
select file_no, state
from desk.statement_files
where sha256 = $1::text
