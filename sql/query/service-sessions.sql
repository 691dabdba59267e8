-- Ends sessions that hold a transaction open and do nothing (daybookd).
select desk.sessions_end_idle() as ended
