-- What the audit has of a payout; index audit_entry_object (object, at, entry_id).
-- param 1 payment_id int8
select entry_id, at, actor as who, action as audit_action, object as audit_object,
    detail as text, seq as link_no
from desk.audit_entries
where object = (select p.payment_no from desk.payouts p where p.payment_id = $1::bigint)
