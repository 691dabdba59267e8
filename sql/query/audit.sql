-- Who did what, newest first; indexes audit_entry_at, _actor, _action and _object.
select entry_id, at, actor as who, action as audit_action, object as audit_object,
    detail as text, seq as link_no
from desk.audit_entries
