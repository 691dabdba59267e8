# One of five layouts of the public reconciliation sample: three columns, money out is negative.
title     "Reconciliation sample, bca"
encoding  utf-8
date      YYYY-MM-DD
currency  IDR

column    bank-ref BCAUniqueIdentifier
column    date     BCADate
column    amount   BCAAmount
