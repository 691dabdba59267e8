-- Begins a verification of the audit: how far the chain goes.
select desk.audit_begin() as last
