/* The currencies of ISO 4217 by the digits of their minor unit. Codes withdrawn since the euro came
 * stand at the end of their group: old statement files still carry them. */
#ifndef DAYBOOK_DOMAIN_CURRENCIES_H
#define DAYBOOK_DOMAIN_CURRENCIES_H

struct currency_group {
    int exponent;
    const char *codes; /* each with one blank after it */
};

static const struct currency_group currency_groups[] = {
    {.exponent = 2,
     .codes = "CNY EUR USD HKD GBP " /* most of what is looked up */
              "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD "
              "BTN BWP BYN BZD CAD CDF CHE CHF CHW CNH COP COU CRC CUC CUP CVE CZK DKK DOP DZD "
              "EGP ERN ETB FJD FKP GEL GHS GIP GMD GTQ GYD HNL HRK HTG HUF IDR ILS INR IRR JMD "
              "KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR "
              "MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON "
              "RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS "
              "TMT TOP TRY TTD TWD TZS UAH USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ZWL "
              "ATS CYP DEM EEK FIM FRF IEP LTL LVL MTL NLG SIT SKK "},
    {.exponent = 0,
     .codes = "JPY KRW VND BIF CLP DJF GNF ISK KMF PYG RWF UGX UYI VUV XAF XOF XPF "
              "BEF ESP GRD ITL LUF PTE "},
    {.exponent = 3, .codes = "BHD IQD JOD KWD LYD OMR TND "},
    {.exponent = 4, .codes = "CLF UYW "},
};

#endif
