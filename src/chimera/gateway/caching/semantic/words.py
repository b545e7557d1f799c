"""Words whose exchange changes what a sentence asks, in English and, where it is cheap, in other languages. Data."""

from typing import Final


def _split(words: str) -> list[str]:
    return words.split()


STOP: Final = frozenset(
    _split(
        """
    a an the this that these those some any it its i me my mine we us our you your he she they them their his
    her is are was were be been being am do does did doing done have has had having will would shall should can
    could may might must of in on at by for with about to from into onto as if and or but so than then there
    here what which who whom whose when where why how please tell explain just also very really still yet
    already get got hi hello hey help thanks thank want need like know let s t d ll re ve m
    """
    )
)
NEGATIONS: Final = frozenset(
    _split(
        """
    not no never none nobody nothing neither nor without cannot cant dont doesnt didnt wont isnt arent wasnt
    werent hasnt havent hadnt shouldnt wouldnt couldnt mustnt unable nicht kein keine keinen keinem keiner ohne
    nie niemals pas sans jamais aucun aucune sin nunca jamás ningún ninguna non senza mai não sem не нет без
    никогда
    """
    )
)
NEGATING_CHARACTERS: Final = "不没無无未"
OPPOSITES: Final = tuple(
    tuple(pair.split("/"))
    for pair in _split(
        """
    on/off in/out up/down to/from with/without before/after open/close open/closed buy/sell give/take
    give/receive send/receive lend/borrow win/lose gain/lose rise/fall increase/decrease increase/reduce
    raise/lower more/less most/least more/fewer maximum/minimum max/min high/low higher/lower highest/lowest
    big/small bigger/smaller biggest/smallest large/small larger/smaller largest/smallest long/short
    longer/shorter longest/shortest fast/slow faster/slower fastest/slowest hot/cold hotter/colder warm/cool
    old/new older/newer oldest/newest oldest/youngest old/young first/last early/late earlier/later
    earliest/latest good/bad better/worse best/worst cheap/expensive cheaper/dearer cheapest/dearest strong/weak
    hard/easy hard/soft heavy/light rich/poor safe/dangerous wet/dry full/empty true/false right/wrong
    left/right north/south east/west top/bottom above/below over/under front/back inside/outside start/stop
    start/end start/finish begin/end start/quit add/remove add/subtract add/delete create/delete create/destroy
    insert/delete insert/remove attach/detach enable/disable activate/deactivate allow/deny allow/forbid
    allow/block accept/reject accept/decline accept/refuse approve/reject approve/decline grant/revoke
    join/leave enter/exit enter/leave push/pull upload/download import/export encode/decode encrypt/decrypt
    compress/decompress lock/unlock block/unblock freeze/unfreeze install/uninstall mount/unmount pack/unpack
    show/hide save/spend save/delete hire/fire employ/dismiss arrive/depart arrival/departure come/go pass/fail
    success/failure remember/forget love/hate like/dislike agree/disagree appear/disappear include/exclude
    internal/external import/export public/private male/female man/woman men/women boy/girl mother/father
    son/daughter husband/wife positive/negative profit/loss debit/credit asset/liability advantage/disadvantage
    advantages/disadvantages pros/cons benefit/risk benefits/risks cause/effect question/answer deposit/withdraw
    deposit/withdrawal top/withdraw legal/illegal healthy/unhealthy always/never all/none everyone/nobody
    many/few summer/winter spring/autumn day/night morning/evening am/pm day/week day/month week/month
    month/year past/future ascending/descending horizontal/vertical row/column input/output client/server
    parent/child master/replica read/write ein/aus vor/nach mit/ohne kaufen/verkaufen öffnen/schließen
    avant/après avec/sans acheter/vendre abrir/cerrar antes/después con/sin comprar/vender
    """
    )
)
UN: Final = ("un", "dis", "in", "im", "non", "de", "ir", "il", "mis", "anti")
CALENDAR: Final = frozenset(
    _split(
        """
    monday tuesday wednesday thursday friday saturday sunday january february march april june july august
    september october november december montag dienstag mittwoch donnerstag freitag samstag sonntag januar
    februar märz mai juni juli oktober dezember lundi mardi mercredi jeudi vendredi samedi dimanche janvier
    février mars avril juin juillet août septembre octobre novembre décembre lunes martes miércoles jueves
    viernes sábado domingo enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre
    diciembre christmas easter ramadan weekend weekday
    """
    )
)
NUMBERS: Final = {
    word: str(value)
    for value, words in {
        2: "two second twice zwei deux dos", 3: "three third thrice drei trois tres",
        4: "four fourth vier quatre cuatro", 5: "five fifth fünf cinq cinco",
        6: "six sixth sechs seis", 7: "seven seventh sieben sept siete",
        8: "eight eighth acht huit ocho", 9: "nine ninth neun neuf nueve", 10: "ten tenth zehn dix diez",
        11: "eleven elf onze once", 12: "twelve twelfth dozen zwölf douze doce", 13: "thirteen", 14: "fourteen",
        15: "fifteen", 16: "sixteen", 17: "seventeen", 18: "eighteen", 19: "nineteen",
        20: "twenty zwanzig vingt veinte", 30: "thirty", 40: "forty", 50: "fifty", 60: "sixty", 70: "seventy",
        80: "eighty", 90: "ninety", 100: "hundred hundert cent cien", 1000: "thousand tausend mille mil",
        1000000: "million millionen millones", 1000000000: "billion", 0.5: "half", 0.25: "quarter", 0: "zero null",
    }.items()
    for word in words.split()
    if word not in {"once", "second"}  # "once" is also English for one time, "second" a unit
}  # fmt: skip
# One name a unit; what stands under different names after a number is another quantity.
UNITS: Final = {
    spelled: unit[0]
    for unit in (
        line.split()
        for line in """second seconds sec secs s
        minute minutes min mins
        hour hours hr hrs h
        day days
        week weeks
        month months
        year years yr yrs
        mm millimeter millimeters millimetres
        cm centimeter centimeters centimetres
        m meter meters metre metres
        km kilometer kilometers kilometre kilometres
        inch inches
        foot feet ft
        mile miles mi
        mg milligram milligrams
        g gram grams
        kg kilogram kilograms kilo kilos
        pound pounds lb lbs gbp £
        ml milliliter milliliters
        l liter liters litre litres
        kb kilobyte kilobytes
        mb megabyte megabytes
        gb gigabyte gigabytes
        tb terabyte terabytes
        dollar dollars usd $
        euro euros eur €
        yen jpy ¥
        rupee rupees inr ₹
        % percent pct
        celsius c °c
        fahrenheit f °f
        ms millisecond milliseconds
        am
        pm
        hz
        khz
        mhz
        ghz
        volt volts v
        watt watts w
        kw kilowatt kilowatts""".splitlines()
    )
    for spelled in unit
}
