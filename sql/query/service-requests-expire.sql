-- Ends requests that were not approved, or executed, in time (daybookd).
select desk.requests_expire() as expired
