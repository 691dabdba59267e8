-- The chain's last link, where nobody has signed it yet (daybookd --seal).
select seq, encode(hash, 'hex') as hash from desk.audit_unsigned() where seq is not null
