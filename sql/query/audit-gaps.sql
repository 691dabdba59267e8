-- Where the books and the audit disagree.
select what, object from desk.audit_gaps()
