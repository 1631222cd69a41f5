"""The usual words of servers as ordered rules; the first that fits wins. Data only.

OVERRULING words outweigh any code: a 5.1.1 with "blocked using" is about us. GONE says that an address is no more, and
needs a second witness. PLAIN is for what no code tells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailer.returns.facts import Stage


@dataclass(frozen=True)
class Rule:
    """Words that tell a reason; at these stages only, when any are given."""

    reason: str
    pattern: re.Pattern[str]
    stages: frozenset[Stage] = frozenset()


def _rule(reason: str, *words: str, stages: tuple[Stage, ...] = ()) -> Rule:
    return Rule(reason, re.compile("|".join(words), re.IGNORECASE), frozenset(stages))


_HOLDER = (
    r"(?:account|mail ?box|user|address|recipient|postvak|brievenbus|konto|postfach|compte|bo[iî]te|cuenta|casella)"
)
_PERSON = (
    r"(?:user(?: ?name)?|recipients?|rcpt|mail ?box|account|address|addressee|alias|userid|person|member|local part|"
    r"e-?mail|s?he\b|gebruiker|ontvanger|adres|postbus|empf[äa]nger|destinataire|compte|destinatario|buz[oó]n|odbiorca)"
)
_STORE = (
    r"(?:mail ?box|mail ?folder|inbox|account|user|quota|storage|postvak|postbus|brievenbus|postfach|bo[iî]te|casella|"
    r"buz[oó]n|message ?box|maildir|disk|recipient)"
)

OVERRULING: tuple[Rule, ...] = (
    _rule(
        "challenge",
        r"not pre-?approved|requires confirmation|challenge[- /]response|confirm that you are (?:a )?(?:human|person)",
        r"verify (?:that )?you are (?:a )?(?:human|person|not a)|address added to the recipient's allowed",
    ),
    _rule("unclear", r"may not exist, they may be blacklisted"),
    _rule(
        "sender",
        r"group.{0,60} permission to post|sender address rejected|domain of sender|sender (?:denied|refused)",
        r"sender.{0,40}(?:domain )?does not exist|invalid sender|from: domain is invalid|sender verif",
        r"afzender.{0,30}(?:geweigerd|onbekend|bestaat niet)",
    ),
    _rule(
        "rate",
        r"too many (?:invalid|bad|unknown|wrong) (?:recipients|users|addresses|rcpts)",
        r"\bRP-00\d|\b(?:RLY|DYN):|\[TSS?0[4-9]\]|receiving mail at a rate",
    ),
    _rule("blocked", r"\b(?:SC-00[1-4]|OU-001|DY-001|RTR:(?:BB|SC|DU)|CON:B|PH01|BL2[13]|VS1-|IPTS0)|\bIB10\d\b"),
    _rule("virus", r"\bDY-002|RTR:CH"),
    _rule("spam", r"\bOU-002|\bOFR_50\d|\b(?:HVU|HVC|CVU):B"),
    _rule(
        "authentication",
        r"\bdmarc\b|\bspf\b(?! ?,)|\bdkim\b(?! header)|domainkeys|sender ?id (?:fail|check)",
        r"unauthenticated (?:e-?)?mail|authentication checks? (?:has |have )?failed|did not pass authentication",
        r"not authenticated|email authentication",
    ),
    _rule(
        "reverse-dns",
        r"\bptr\b(?!\))|ip name lookup failed|mismatch\w{0,5} client ip|unverifyable sending ip",
        r"can'?t resolve (?:your|ip)",
        r"reverse[- ]?(?:dns|lookup|hostname|mapping)|\brdns\b|cannot (?:find|resolve) your (?:host|reverse|ip)",
        r"no (?:valid )?(?:reverse|hostname)|helo (?:command )?rejected|invalid helo",
        r"(?:does not|doesn't) resolve (?:to|back)",
    ),
    _rule(
        "security",
        r"starttls|tls (?:is )?(?:required|mandatory)|encryption (?:is )?(?:required|needed)",
        r"must (?:use|issue) (?:a )?(?:tls|starttls|ssl)",
    ),
    _rule("virus", r"\bvirus(?:es|sen)?\b|malware|infected|phishing (?:attempt|detected)"),
    _rule(
        "relaying",
        r"relay(?:ing)? (?:access )?(?:denied|not (?:permitted|allowed)|prohibited|is not)|unable to relay|open relay",
        r"not (?:permitted|allowed|authori[sz]ed) to relay|insecure mail relay|not local host|as a relay, but",
        r"(?:not configured|refus\w{0,9}|no|we do not|does not) (?:to )?relay",
        r"(?:mail|message) (?:routing|relay) (?:denied|error)",
        r"(?:domain|host)s? is(?:n't| not) in my list of allowed rcpthosts|doorsturen .{0,20}niet toegestaan",
    ),
    _rule(
        "blocked",
        r"blacklist|black[- ]list|block ?list|dnsbl|\brbls?\b|spamhaus|spamcop|sorbs|barracudacentral|uceprotect",
        r"abuseat",
        r"cloudmark csi|blocked (?:using|by|for|because|due|- see)|banned (?:sending )?ip|bad sender ip|\bcdrbl\b",
        r"ip(?: address)?(?: \S+)? (?:is |has been |was )?(?:banned|blocked|denied|listed|rejected)",
        r"invalid ip for sending",
        r"(?:is|are|been|temporarily|permanently) (?:banned|blocked) ",
        r"(?<!not )(?<!is not )listed (?:at|by|in|on) (?!the )",
        r"client host (?:rejected|blocked)|connections? (?:not accepted|refused due|will not be accepted)",
        r"not accepting connections|too many unwanted|messages from .{1,60} weren'?t sent|smtp server of your isp",
        r"dynamic (?:ip|address)|dial-?up|residential|host network not allowed|ip[=:]\S{1,50} - a problem occurred",
        r"service refuse|access from ip|your (?:server|host|network) .{0,40}(?:blocked|banned|refused)",
        r"no smtp service here|refused to talk to me|(?:ip|server|afzender|bericht)\S{0,20}.{0,30}geblokkeerd",
        r"(?:zwarte lijst|blokkadelijst|blokkeerlijst)|is not allowed to send mail from|schwarzen liste|liste noire",
    ),
    _rule(
        "reputation",
        r"reputation|reputatie|user complaints|unexpected volume|suspicious (?:due|activity)|poor score|sender score",
        r"senderbase|AUP#|réputation",
    ),
    _rule(
        "spam",
        r"\bspam(?!cop|haus|ers? list|assassin)|spam(?:my|assassin)?\b|\bjunk\b|unsolicited|\buribl\b|surbl|\bucbl?\b",
        r"bulk (?:e-?)?mail|message (?:content )?(?:looks|appears|scored)|content (?:was )?rejected|filtered as",
        r"mail rejete|mail rejected\. (?:OFR|LPN)|considered (?:unsolicited|spam)|spamverdacht|unerwünscht",
        r"ongewenste (?:mail|reclame|e-?mail)|antispam|no deseado|indésirable|محتوى غير مرغوب|بريد مزعج",
    ),
    _rule("full", r"too many messages (?:in|on) |zuviele mails auf|too much mail stored|quota violation"),
    _rule(
        "rate",
        r"too (?:many|much) (?:connections?|messages|mails?|recipients|concurrent|sessions|requests|errors|emails)",
        r"rate[- ]?limit|rate (?:exceeded|that)|at a rate|frequency limited|throttl|connection (?:rate )?limit",
        r"exceed\w{0,5} .{0,40}(?:per (?:hour|minute|day|connection)|hourly|daily|sending limit|rate)|message rate",
        r"(?:mails?|messages) per (?:hour|session|connection)|slow down|sending limit|deferred due to .{0,30}volume",
        r"receiving mail too (?:quickly|fast)|too fast|te veel (?:verbindingen|berichten|mails)",
    ),
    _rule(
        "full",
        rf"{_STORE}.{{0,60}}(?:\bfull\b|exceed\w*|over (?:the )?(?:quota|limit)|\bvol\b|\bvoll\b|pleine|überschritten"
        r"|overschreden|dépassé|piena|llen[ao]|ممتلئ)",
        r"(?:full|exceed\w{0,5}|over).{0,30}(?:mail ?box|quota|storage|disk space)|over ?quota|out of (?:storage|disk)",
        r"(?:insufficient|not enough|no) (?:disk |storage |system storage|space)|quota exceed|disk quota|would exceed",
        r"mailbox (?:size )?(?:limit|quota)|صندوق .{0,20}ممتلئ",
    ),
    _rule("mailer", r"procmail:|command output:|maildrop:|^x-unix; ?(?!5)"),
    _rule(
        "too-big",
        r"(?:message|mail|content|data)(?: \w+){0,4} (?:too (?:big|large)|exceeds? .{0,40}(?:size|limit|maximum))",
        r"size (?:limit|exceed(?:s|ed))|max message size|exceeds? (?:the )?(?:maximum|size|fixed)|te groot|zu groß",
        r"trop (?:gros|volumineux)|demasiado grande|SizeLimit|file too big|message too big",
    ),
    _rule(
        "moved",
        r"(?:has|have) moved|no longer (?:on|at) (?:this )?server|new (?:e-?mail )?address is|is verhuisd",
        r"changed (?:his|her|their|the) address|nieuwe (?:e-?mail)?adres is",
    ),
    _rule(
        "suspended",
        rf"{_HOLDER}(?:\(s\))?.{{0,50}}(?:is |are |been |was |temporarily |currently |address )?(?:disabled|deactivated"
        r"|suspended|inactive|discontinued|locked|blocked|bloqu[ée]|expired|not active|closed|deleted for inactivity"
        r"|unavailable due to inactivity|gesperrt|deaktiviert|uitgeschakeld|d[ée]sactiv|geblokkeerd|desactivad"
        r"|niedostepne)",
        r"(?:disabled|inactive|suspended|dormant|deactivated|closed) (?:account|user|mail ?box|recipient|address)",
        r"not (?:currently )?active|mailbox (?:is )?frozen|inactive (?:on|for)",
    ),
)

GONE: tuple[Rule, ...] = (
    _rule(
        "network",
        r"host not found, try again|host name lookup failure|temporary (?:lookup|dns|name|failure in)",
        r"name server timeout",
        r"dns (?:timeout|temporar)|name service error .{0,80}try again|too many hops|cname lookup failed temp",
        r"could not contact dns|malformed (?:or unexpected )?name server|host not reachable|mail loop|hop count",
        r"loop(?:s|ing)? (?:detected|back)|routing loop|loops back",
    ),
    _rule(
        "no-mail",
        r"no smtp service|does(?:n'?t| not) accept (?:any )?(?:mail|e-?mail|messages)|no mx (?:record )?found",
        r"null ?mx|no mail exchanger|couldn'?t find a mail exchanger|mx or srv record indicated",
        r"domain .{0,60}(?:no longer|not) accept|host does not (?:accept|receive) mail|domein .{0,40}neemt geen",
    ),
    _rule(
        "unknown-host",
        r"domain is not reachable|name or service not known|couldn'?t find any host|no such domain|nxdomain",
        r"unrouteable",
        r"\b(?:host|domain|system)(?: or domain)?(?: name)?[^:;]{0,40}"
        r"(?:unknown|not found|not exist|nonexist|invalid|no data)",
        r"(?:unknown|illegal|invalid|no such|unrouteable|unresolvable|bad|non-?existent) "
        r"(?:host|domain|mail domain|destination (?:host|system|domain)|(?:mail )?host)",
        r"name (?:service|server).{0,60}(?:not found|no data)|all host address lookups failed|bad destination system",
        r"mx records point to non-?existent|domain .{0,60} does(?:n't| not) exist",
        r"dns (?:domain )?.{0,40}does not exist",
        r"domein .{0,40}(?:bestaat niet|onbekend)|host .{0,30}lookup did not complete|missing the proper dns",
        r"not a valid domain|mail server for .{0,60}unresolvable|domaine .{0,30}(?:inconnu|n'existe)",
        r"domain .{0,40}unbekannt",
        r"اسم النطاق غير موجود|dominio .{0,30}no existe",
    ),
    _rule(
        "unknown-user",
        r"user.{0,20}unknown|unknown.{0,20}(?:user|recipient|address|alias|mailbox|account|local[- ]?part|addressee)",
        r"no such (?:user|recipient|mailbox|mail ?drop|address|account|person|local|email|addressee|id\b)",
        rf"{_PERSON}.{{0,60}}(?:does(?:n'?t| not) exist|n'?t exist|not exist|not found|nonexistent|invalid\b|unknown"
        r"|(?:was|is|were|could)(?: not|n'?t)(?: be)? (?:found|known|valid|listed|exist|registered|available"
        r"|recogni[sz]ed)"
        r"|(?:is|are) no longer|no longer (?:exists?|available|valid|in use|active|employed|with)"
        r"|cannot be (?:found|verified|reached)|not listed|not known|not available|a known user|invalide)",
        r"(?:invalid|illegal|bad|unrecogni[sz]ed|nonexistent|not a (?:valid|known)|non-?existing|undeliverable"
        r"|incorrect) "
        r"(?:user|recipient|mailbox|address|account|addressee|alias|final delivery userid|e-?mail"
        r"|destination mailbox|rcpt"
        r"|local)",
        r"does(?:n'?t| not) have an? .{1,80}account|no valid recipients|addressee unknown|unable to find",
        r"no (?:mailbox|account|user|recipient|person|one|email)(?: here)? .{0,30}(?:by|with|for) (?:that|this)",
        r"no mailbox (?:here|by)|mailbox (?:unavailable|not (?:available|found|exist))",
        r"no mail ?box (?:found|available)",
        r"not (?:our|an active|a known|a valid|a local|a registered|an? existing) "
        r"(?:customer|user|recipient|mailbox|gateway|account|address)",
        r"BAD_RECIPIENT|badrcptto|RecipNotFound|RecipientNotFound|not listed in|bad destination mailbox",
        r"(?:user|recipient|employee) (?:has )?left|no longer works|no longer accepts? (?:mail|e-?mail|messages)",
        r"no longer (?:available|valid|in use)",
        r"(?:recipient|address(?:es)?) (?:address )?rejected(?:\W*$| ?: access denied)",
        r"niet (?:meer )?(?:bekend|in gebruik|gevonden|bereikbaar|werkzaam)|onbekende?\b|bestaat niet|opgeheven",
        r"did not (?:exactly )?match an|not have a final e-?mail delivery point|adres .{0,30}onjuist",
        r"is (?:hier )?uit dienst",
        r"geen (?:mailbox|postbus|gebruiker)",
        r"unbekannt|nicht (?:mehr )?(?:vorhanden|bekannt|gefunden|existent)|existiert nicht",
        r"inconnue?|n['’]existe (?:pas|plus)|introuvable|no existe|sconosciut|inesistente|non esiste|não existe",
        r"desconocid|dd this user|no matches to nameserver query|nieznany|nie istnieje",
        r"ディレクトリのリストにありません|見つからない|見つかりません|غير موجود|غير معروف",
    ),
)

NEVER_A_FILTER = re.compile(r"this user does(?:n'?t| not) have an? \S{1,80} account", re.IGNORECASE)
"""Yahoo says so after DATA, of accounts that do not exist."""

PLAIN: tuple[Rule, ...] = (
    _rule(
        "sender",
        r"sender (?:address |domain |denied|rejected|refused|blocked|not)|backscatter|not allowed to (?:post|send)",
        r"(?:domain of )?sender.{0,60}(?:not exist|invalid|rejected|verify failed|denied)|groups\.google\.com",
        r"(?:from|sender|mail from|return)[: ].{0,60}(?:invalid|rejected|not (?:allowed|accepted)|refused|denied)",
        r"you are not (?:allowed|authori[sz]ed|permitted)|group .{0,30}(?:may not exist|permission)",
    ),
    _rule(
        "mailer",
        r"procmail|command (?:output|failed|died|line)|mailer error|pipe to \||local delivery failed|unable to create",
        r"exit (?:status|code|7\d)|couldn'?t create|x-unix; ?\d|maildrop|child status|delivery agent",
    ),
    _rule(
        "expired",
        r"(?:retry|delivery) (?:time|timeout|period).{0,20}(?:exceed|expire)|expired|too long (?:in|on)|giving up",
        r"been in (?:the )?queue|(?:for|last|after) \d+(?:\.\d+)? ?(?:seconds|minutes|hours?|days?)|not going to try",
        r"multiple retries|(?<!\d)\d+ attempts|aborted after|timed?[ -]?out|within \d+ (?:days|hours)|queue too long",
        r"connection (?:refused|timed out|dropped)|did not accept our requests|no (?:answer|response) from|unreachable",
        r"unable to connect|could not (?:connect|find a gateway)|not responding|verlopen|na \d+ (?:uur|dagen)",
    ),
    _rule(
        "network",
        r"lost connection|connection (?:lost|reset|closed|broken)|network (?:error|is unreachable|unreachable)",
        r"no route",
        r"handshake|tls|ssl|certificate|unable to (?:contact|establish)|wasn'?t able to establish",
        r"host .{0,40}not respond",
        r"geen verbinding",
    ),
    _rule(
        "greylisted",
        r"gr[ea]y[- ]?list|try again (?:later|in)|temporarily (?:deferred|rejected|unavailable)|come back later",
    ),
    _rule(
        "system",
        r"(?:system|server|internal|local|service|configuration|ldap|database|resource).{0,40}"
        r"(?:error|fail|problem|unavailable|trouble|not available)",
        r"out of memory|insufficient (?:permission|system|resources)|temporary (?:error|failure|problem)",
        r"could not load",
        r"i/o error|(?:read|disk) error|aliasing|unable to accept|system not (?:ready|available)|storing",
    ),
    _rule(
        "blocked",
        r"access denied|rejected\W*$|connection refused|denied|not permitted|forbidden|refused|not welcome|prohibited",
        stages=(Stage.CONNECT,),
    ),
    _rule(
        "rules",
        r"polic(?:y|ies)|header error|prohibited|restricted|violat|denied by|not accepted for|attachment|against",
        r"moderat",
        r"(?:message|mail).{0,30}(?:not (?:allowed|accepted|permitted)|rejected|refused|blocked)|beleid",
        r"administrative(?:ly)? (?:prohibit|den)|not accepting mail (?:with|from)",
    ),
    _rule(
        "content",
        r"headers? too (?:large|long|many)|malformed|media error|duplicate header|bare lf|rfc ?[25]\d22",
        r"multiple addresses",
        r"(?:header|content|message|mime|format|8-?bit|encoding|from:|duplicate|line).{0,40}"
        r"(?:duplicate|error|not (?:allowed|accept|support|compliant)|invalid|missing|illegal|violates|rejected"
        r"|broken)",
    ),
    _rule(
        "security",
        r"authori[sz]|authenticat|credentials|access denied|permission|security|login|password|encrypt|starttls",
    ),
)
