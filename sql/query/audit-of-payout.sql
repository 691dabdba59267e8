-- What the audit has of a payout; index audit_entry_object (object, at, entry_id).
-- param 1 payment_id int8
select entry_id, at, actor as who, action as audit_action, object as audit_object,
    detail as text, seq as link_no
from desk.audit_entries
where object = 'P' || ($1::bigint / 1000000000)::text
    || lpad(($1::bigint % 1000000000)::text, 5, '0')
