-- Turns the caller's staged rows into payments, all or none.
-- param 1 feed_id int8
select f.added, f.changed, f.same from desk.feed_finish($1::bigint) f
