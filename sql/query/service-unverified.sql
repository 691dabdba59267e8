-- Files that another login read first and nobody has read a second time (daybookd); served by
-- statement_file_unverified.
select file_id, file_no, name
from desk.statement_files
where reading = 'provisional' and state <> 'RECEIVED' and received_by <> session_user
order by file_id
limit 100
