-- Entries that are in no chain.
select source || '-' || entry_id as entry, late from desk.audit_unsealed()
