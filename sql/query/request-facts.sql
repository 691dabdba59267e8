-- The body of the preview: what the desk's rows say of what is to be proposed.
-- param 1 kind text
-- param 2 exceptions int8[]
-- param 3 versions int4[]
-- param 4 params jsonb
-- param 5 reason text
-- param 6 text text
select (desk.request_facts($1::text, $2::bigint[], $3::integer[], $4::jsonb)
    || jsonb_strip_nulls(jsonb_build_object('reason', $5::text,
        'text', nullif($6::text, ''))))::text as body
