# One of five layouts of the public reconciliation sample: three columns, money out is negative.
title     "Reconciliation sample, bni"
encoding  utf-8
date      YYYY-MM-DD
currency  IDR

column    bank-ref BNIUniqueIdentifier
column    date     BNIDate
column    amount   BNIAmount
