-- Statement files, newest first; index statement_file_received (received_at, file_id).
select file_id, file_no, name, format, channel_id, state as file_state, reason, received_at,
    received_by, lines, lines_new, matched, faults, reading, size_bytes
from desk.statement_files
