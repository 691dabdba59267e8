date MM/DD
column date Date
column amount Amount
column in In
column out Out
currency CNY
