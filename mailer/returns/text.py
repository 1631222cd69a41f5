"""Octets and fields of a mail as text. Never raises: what cannot be read is read as Latin-1, or stays as it is."""

from __future__ import annotations

import binascii
import quopri
import re

from mailer.returns import limits

_CHARSETS = (
    "utf-8 us-ascii iso-8859-1 iso-8859-2 iso-8859-6 iso-8859-9 iso-8859-15 windows-1250 windows-1251 windows-1252 "
    "windows-1254 windows-1256 koi8-r iso-2022-jp shift_jis euc-jp gb2312 gbk gb18030 big5 euc-kr"
)
CHARSETS = frozenset(_CHARSETS.split())
"""Never one that unpacks (zlib) or hides text (utf-7, punycode): the name is a stranger's."""
ADDRESS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z0-9-]{1,63}"
ANY_ADDRESS = re.compile(ADDRESS)
_ENCODED_WORD = re.compile(
    r"=\?([\w-]{1,30})(?:\*[\w-]{1,10})?\?([bq])\?([^?]{0,400})\?=(?:\s+(?==\?))?", re.IGNORECASE
)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_NEW_LINE = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d|/pre)\b[^<>]{0,200}>", re.IGNORECASE)
_TAG = re.compile(r"<(?![^\s<>@]{1,64}@)/?[a-z!][^<>]{0,1000}>", re.IGNORECASE)
"""Not an address between angle brackets."""
_ENTITIES = {"&nbsp;": " ", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&#64;": "@", "&amp;": "&"}
_HIDDEN = (("<!--", "-->"), ("<style", "</style>"), ("<script", "</script>"), ("<head", "</head>"))


def unpacked(raw: bytes, encoding: str) -> bytes:
    """The body of a part, by its Content-Transfer-Encoding."""
    match encoding.strip().lower():
        case "base64":
            return base64_of(raw)
        case "quoted-printable":
            return quopri.decodestring(raw)
        case _:
            return raw


def base64_of(raw: bytes, *, padding: bytes = b"") -> bytes:
    """What whole groups of four say; a cut-off end is left out, unless `padding` makes it whole."""
    whole = _NOT_BASE64.sub(b"", raw) + (padding if len(padding) < 3 else b"")
    return binascii.a2b_base64(whole[: len(whole) // 4 * 4])


def decoded(data: bytes, charset: str) -> str:
    """Text in a charset that we know; otherwise UTF-8, and Latin-1 when it is not that."""
    known = charset.lower() in CHARSETS
    try:
        return data.decode(charset.lower() if known else "utf-8", "replace" if known else "strict")
    except ValueError:
        return data.decode("latin-1")


def words_of(value: str) -> str:
    """A header field with its encoded words read (RFC 2047)."""
    return _ENCODED_WORD.sub(_word, value[: limits.FIELD]) if "=?" in value else value


def _word(found: re.Match[str]) -> str:
    said = found[3].encode("ascii", "replace")
    if found[2].lower() == "b":
        return decoded(base64_of(said, padding=b"=" * (-len(said.rstrip(b"=")) % 4)), found[1])
    return decoded(quopri.decodestring(said.replace(b"_", b" ")), found[1])


def plain_of(html: str) -> str:
    """What a person would read of HTML, good enough for a report; linear in its length."""
    html = html[: limits.PART_OCTETS]
    for opens, closes in _HIDDEN:
        html = _without(html, opens, closes)
    html = _TAG.sub(" ", _NEW_LINE.sub("\n", html.replace("\n", " ")))
    for name, sign in _ENTITIES.items():
        html = html.replace(name, sign)
    return re.sub(r"[ \t]{2,}", " ", html)


def _without(text: str, opens: str, closes: str) -> str:
    """Each mark is searched from where the last one ended. A head that never ends hides nothing."""
    low, kept, at = text.lower(), [], 0
    if len(low) != len(text):
        low = text  # a letter that changes length; the marks are then found as they are written
    while (start := low.find(opens, at)) >= 0:
        kept.append(text[at:start])
        end = low.find(closes, start)
        if end < 0:
            at = start + len(opens) if opens == "<head" else len(text)
            break
        at = end + len(closes)
    return " ".join([*kept, text[at:]])


def address_in(value: str) -> str:
    """The address in a field such as `rfc822; <a@b.example>`, in lower case; empty without one."""
    found = ANY_ADDRESS.search(value[:1000])
    return found[0].lower() if found else ""
