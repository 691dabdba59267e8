-- What the audit has of an exception; index audit_entry_object (object, at, entry_id).
-- param 1 exception_id int8
select entry_id, at, actor as who, action as audit_action, object as audit_object,
    detail as text, seq as link_no
from desk.audit_entries
where object = 'X-' || $1::bigint
