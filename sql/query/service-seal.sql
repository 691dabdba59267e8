-- Chains the audit's new entries (daybookd --seal); sealed is null where another sealer is at it.
select sealed, seq, (extract(epoch from clock_timestamp() - oldest) * 1000)::bigint as lag_ms
from desk.audit_seal()
