-- When the last base backup ended (packaging/backup), for those who ask how much of today would be
-- lost with this server. A restored database knows the backups before the one that it came from.
set local role own_desk;

create table desk.backup (
    backup_id bigint generated always as identity primary key,
    ended_at timestamptz not null,
    bytes bigint not null check (bytes > 0),
    noted_at timestamptz not null default clock_timestamp(),
    check (ended_at <= noted_at)
);
create trigger backup_stays before update or delete on desk.backup
    for each row execute function desk.deny_change();
create trigger backup_stays_whole before truncate on desk.backup
    for each statement execute function desk.deny_change();
grant select on desk.backup to def_read;

-- Nobody is granted it: who takes a base backup is the server's superuser.
create function desk.backup_done(p_ended_at timestamptz, p_bytes bigint) returns void
language sql volatile set search_path = pg_catalog, pg_temp
begin atomic
    insert into desk.backup (ended_at, bytes) values (p_ended_at, p_bytes);
end;
comment on function desk.backup_done(timestamptz, bigint) is
    'Notes a base backup that has ended and was verified, and its bytes.';
reset role;

-- The server's time and not the desk's: a backup grows old while a desk's clock stands.
create view desk.backups as
select b.ended_at, extract(epoch from clock_timestamp() - b.ended_at)::bigint as age_s, b.bytes
from desk.backup b;
alter view desk.backups owner to def_read;
revoke all on desk.backups from public;
grant select on desk.backups to g_operator, g_service;
comment on view desk.backups is 'Base backups and how old they are, in seconds.';
