"""Small numbers as words, and as a form of the noun: what may stand for a digit in Dutch, English and Arabic."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

_DUTCH = {
    0: "nul geen", 1: "een één eerste enkel enkele eenmaal enige",
    2: "twee tweede dubbel dubbele beide beiden tweemaal",
    3: "drie derde driemaal", 4: "vier vierde", 5: "vijf vijfde", 6: "zes zesde", 7: "zeven zevende",
    8: "acht achtste", 9: "negen negende", 10: "tien tiende", 11: "elf elfde", 12: "twaalf twaalfde dozijn",
    15: "vijftien", 20: "twintig", 30: "dertig", 100: "honderd", 1000: "duizend",
}  # fmt: skip
_ENGLISH = {
    0: "zero no none", 1: "one first once single only a an", 2: "two second twice double both pair couple",
    3: "three third", 4: "four fourth", 5: "five fifth", 6: "six sixth", 7: "seven seventh", 8: "eight eighth",
    9: "nine ninth", 10: "ten tenth", 11: "eleven eleventh", 12: "twelve twelfth dozen", 15: "fifteen", 20: "twenty",
    30: "thirty", 100: "hundred", 1000: "thousand",
}  # fmt: skip
_ARABIC = {
    0: "صفر", 1: "واحد واحدة واحدا احد احدى اول اولى اولا",
    2: "اثنان اثنين اثنا اثني اثنتان اثنتين ثان ثاني ثانيا ثانية كلا كلتا ثنائي ثنائية",
    3: "ثلاث ثلاثة ثالث ثالثا ثالثة ثلاثي ثلاثية", 4: "اربع اربعة رابع رابعا رابعة رباعي رباعية",
    5: "خمس خمسة خامس خامسة", 6: "ست ستة سادس سادسة",
    7: "سبع سبعة سابع سابعة", 8: "ثمان ثماني ثمانية ثامن ثامنة",
    9: "تسع تسعة تاسع تاسعة", 10: "عشر عشرة عاشر عاشرة",
    11: "احد احدى حادي حادية", 12: "اثنا اثني اثنتا اثنتي ثاني ثانية",
    15: "خمسة خمس", 20: "عشرون عشرين", 30: "ثلاثون ثلاثين",
    100: "مئة مائة", 1000: "الف",
}  # fmt: skip
_WORDS: Mapping[str, Mapping[int, str]] = {"nl": _DUTCH, "en": _ENGLISH, "ar": _ARABIC}
_AFTER = {
    "nl": r"(?:-?(?:cijfer|daags|jarig|delig|persoons|weeks|uurs|factor|voudig|zijdig)\w*)?",
    "en": r"(?:-\w+)?",
    "ar": "",
}
"""What may follow in one word: zescijferige, eight-digit."""
_BEFORE = {"nl": "", "en": "", "ar": r"[وفبلك]{0,2}(?:ال|ل)?"}

_COUNTED_STEMS = """
    يوم اسبوع شهر عام سنت ساع دقيق مر شخص نسخ ورق صفح قسم جلس رسال طفل امرا رجل غرف سؤال
    خطو كيلومتر متر مليون الف مئت كتاب عدد رقم بند نوع طريق خيار جزء حال سبب لغ دول مكان
    مدين حرف كلم ملف موظف محام طبيب متطوع قاض زوج مستند بطاق دور درج مبلغ طلب شرط سنوي
    قرار ليل محاضر لقاء اجتماع موعد مركز مكتب عنوان رابط
"""
_COUNTED = _COUNTED_STEMS.split()
"""Stems of what a newsletter counts; with the ending of the dual each says "two"."""
_DUAL = re.compile(rf"(?<!\w)[وفبلك]?(?:ال|ل)?(?:{'|'.join(_COUNTED)})ت?(?:ان|ين|ي|ا)(?!\w)")
_MAYBE_DUAL = re.compile(r"(?<!\w)\w{3,}(?:ان|ين|تا|تي)(?!\w)")
_MARKS = re.compile(r"[\u064b-\u0652\u0670\u0640]")
_HAMZA = str.maketrans("أإآٱ", "اااا")


def says(number: int, text: str, language: str) -> bool:
    """Whether a text has a word for this number, or in Arabic the dual for two."""
    if language not in _WORDS or number not in _WORDS[language]:
        return False
    folded = _folded(text)
    if language == "ar" and number == 2 and _DUAL.search(folded):
        return True
    return _pattern(number, language).search(folded) is not None


def may_say(number: int, text: str, language: str) -> bool:
    """Whether Arabic may say one or two by the form of a word alone."""
    return language == "ar" and (number == 1 or (number == 2 and _MAYBE_DUAL.search(_folded(text)) is not None))


def number_words(language: str) -> frozenset[str]:
    """Every word for a number in this language; none for one that is not known here."""
    return frozenset(word for words in _WORDS.get(language, {}).values() for word in words.split())


@cache
def _pattern(number: int, language: str) -> re.Pattern[str]:
    words = "|".join(sorted(_WORDS[language][number].split(), key=len, reverse=True))
    return re.compile(rf"(?<!\w){_BEFORE[language]}(?:{words}){_AFTER[language]}(?!\w)")


def _folded(text: str) -> str:
    return _MARKS.sub("", text).translate(_HAMZA).lower()
