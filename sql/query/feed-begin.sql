-- Starts a feed of the caller.
select desk.feed_begin() as feed_id
