-- A document that the core made and nobody signed yet. The console answers this itself, from the
-- bytes in its memory: the desk has none before it is proposed.
-- param 1 request_id text
select $1::text as request_id, ''::text as request_kind, 0::bigint as amount,
    ''::text as currency, ''::text as document
where false
