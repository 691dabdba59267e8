-- Who the session is and what the title line says.
select session_user::text as login,
    (select string_agg(substr(g.rolname, 3), ' ' order by g.rolname) from pg_catalog.pg_roles g
     where g.rolname like 'g\_%' and g.rolname not in ('g_operator', 'g_service')
         and pg_has_role(session_user, g.oid, 'member')) as roles,
    current_setting('server_version') as server_version,
    -- Where the desk's clock stands still (TRAINING and TEST only): microseconds since 1970.
    case when desk.now() <> statement_timestamp()
        then (extract(epoch from desk.now()) * 1000000)::bigint end as desk_time
