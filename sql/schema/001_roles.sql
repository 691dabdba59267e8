-- Roles, schemas and what nobody may do. Owners and definers cannot log in; people and services are
-- members of groups and own nothing (ARCHITECTURE.md, "Rights").
do $$
declare
    name text;
begin
    foreach name in array array[
        -- own_*: own tables.  def_*: own views and functions, hold only the grants those need.
        'own_core', 'own_desk', 'own_paycore', 'def_read', 'def_import', 'def_match', 'def_case',
        'def_feed', 'def_enrol', 'def_core', 'def_end', 'def_audit',
        -- g_*: what people and services are members of.
        'g_operator', 'g_support', 'g_clearing', 'g_supervisor', 'g_risk', 'g_fare', 'g_device',
        'g_auditor', 'g_sysadmin', 'g_service', 'g_core_writer', 'g_core', 'g_sealer',
        'g_witness']
    loop
        if not exists (select from pg_catalog.pg_roles where rolname = name) then
            execute format('create role %I nologin nosuperuser noinherit nobypassrls', name);
        end if;
    end loop;
    foreach name in array array[
        'g_support', 'g_clearing', 'g_supervisor', 'g_risk', 'g_fare', 'g_device', 'g_auditor',
        'g_sysadmin']
    loop
        execute format('alter role %I inherit', name);
        execute format('grant g_operator to %I', name);
    end loop;
    -- Enrolment creates logins; only its one function, with a fixed list of groups, runs as this.
    alter role def_enrol createrole;
    -- Its one function ends sessions that hold a transaction open.
    alter role def_end inherit;
    grant pg_signal_backend, pg_read_all_stats to def_end;
end
$$;

-- New functions are nobody's to call until a grant says so; the rule is global because a grant made
-- globally cannot be revoked for one schema.
alter default privileges for role own_core, own_desk, own_paycore, def_read, def_import, def_match,
    def_case, def_feed, def_enrol, def_core, def_end, def_audit
    revoke execute on functions from public;
alter default privileges revoke execute on functions from public;

create schema core authorization own_core;
create schema desk authorization own_desk;
-- The payment core's own; nobody else sees in.
create schema paycore authorization own_paycore;
revoke all on schema public from public;

grant usage on schema core to def_read, def_import, def_match, def_case, def_feed, def_core,
    def_audit, own_desk;
grant usage on schema paycore to def_core, def_audit, g_core;
grant usage on schema desk to def_read, def_import, def_match, def_case, def_feed, def_enrol,
    def_end, def_audit, g_operator, g_service, g_core_writer, g_sealer, g_witness;

-- A lock that anybody can take by its number would let anybody stall the functions that take it,
-- and a large object is a thing that a person would own.
do $$
declare
    f record;
begin
    for f in select p.oid::regprocedure as name from pg_catalog.pg_proc p
             where p.pronamespace = 'pg_catalog'::regnamespace
                 and (p.proname ~ '^pg_(try_)?advisory_'
                      or p.proname in ('lo_creat', 'lo_create', 'lo_from_bytea'))
    loop
        execute format('revoke execute on function %s from public', f.name);
    end loop;
end
$$;
grant execute on function pg_advisory_xact_lock(bigint) to own_core, own_desk;

-- Rights on the database itself. They are not copied with a database, so that whoever clones one
-- calls this again.
create function desk.grant_database() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    execute format('revoke all on database %I from public', current_database());
    execute format('grant connect on database %I to g_operator, g_service, g_core_writer, '
        'g_core, g_sealer, g_witness', current_database());
    -- Matching keeps its work sets in temporary tables; nobody else can make any, so that nothing
    -- can be shadowed.
    execute format('grant temporary on database %I to def_match, def_import', current_database());
end
$$;
comment on function desk.grant_database() is 'Who may connect, and who may make temporary tables.';
alter function desk.grant_database() owner to own_desk;
select desk.grant_database();
