"""How the many mail programs write, as patterns. Data only; each looks at one line or one field, and is bounded."""

from __future__ import annotations

import re

from mailer.returns.facts import Stage


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


QUOTE_BEGINS = re.compile(
    r"^\W{0,80}(?:the first \d{1,6} lines of your (?:original )?message|this is a copy of (?:the|your) message"
    r"|the body of (?:your|the) message|"
    r"(?:below this line|enclosed|below) is a copy of the (?:original )?message|"
    r"(?:start of )?(?:original|old|returned|unsent|undelivered) (?:message|mail)(?: (?:follows|info|text|headers?))?"
    r"(?: follows)?\W{0,20}$|"
    r"message (?:headers?|text) follow|original (?:message|mail) headers?|the header of the original message|"
    r"(?:included|attached|enclosed|below|following) (?:is|are) (?:a copy of )?(?:the|your) "
    r"(?:original |returned )?(?:message|mail|headers?)|(?:the )?headers? of (?:the|your) (?:original )?message|"
    r"(?:your|the) original message (?:follows|is (?:included|attached|below))|"
    r"(?:het )?oorspronkelijke? bericht|ursprüngliche nachricht|message d['’]origine|mensaje original|"
    r"messaggio originale|الرسالة الأصلية|元のメッセージ)",
    re.IGNORECASE,
)
"""A line after which the mail that we sent is quoted: nothing after it is read."""
QUOTE_FIELD = re.compile(
    r"^(?:received|return-path|dkim-signature|domainkey-signature|x-received|x-google-smtp-source|x-originating-ip|"
    r"delivered-to|authentication-results|received-spf|arc-[a-z-]{1,40}|mime-version|x-mailer|list-[a-z-]{1,30}):\s",
    re.IGNORECASE,
)
"""A field of the mail that we sent, quoted without an introduction."""

DAEMON = _any(
    r"mailer[-_.]?daemon|post_?master|mail[-_. ]?deliver|delivery[-_. ]?(?:subsystem|system|status|agent)|mmsc|<>",
    r"mdaemon|bounce[-_.]?(?:handler|notification)|mail[-_. ]?(?:administrator|router|system error)|exchange-?system",
    r"internet mail (?:delivery|service)|no-reply@sns\.amazonaws",
)
SUBJECT = _any(
    r"undeliver|deliver(?:y|ed)? .{0,30}(?:fail|notif|report|error|problem|delay)|could not be delivered|user unknown",
    r"(?:fail|problem|error|unable).{0,30}deliver|(?:returned|rejected|bounced) mail|mail .{0,30}(?:fail|return|error)",
    r"failure (?:notice|notification)|message .{0,40}delayed|message delivery has failed",
    r"(?:not|nicht|niet|non) (?:delivered|zustell|bezorgd|remis|afgeleverd)|onbestelbaar|unzustellbar",
    r"non[- ]delivery|échec de la remise|devuelto|mancata consegna|تعذر (?:التسليم|تسليم)|配信",
)
AUTOMATIC = _any(
    r"out of (?:the )?office|autore(?:ply|sponse)|away from (?:my )?(?:mail|office|desk)|on (?:vacation|holiday|leave)",
    r"auto(?:matic(?:ally)?|mated)?[- ]?(?:generated )?(?:repl|response|responder|antwoord|answer)",
    r"automatisch(?:e)? (?:antwoord|reactie|antwort)|afwezig|niet op kantoor|met vakantie",
    r"vacation (?:message|reply|response)",
    r"abwesen|nicht im (?:büro|hause)|réponse automatique|absence du bureau|absent|respuesta automática",
    r"fuera de (?:la )?oficina|risposta automatica|fuori sede|رد تلقائي|خارج المكتب|不在",
    r"automat\w{1,8} (?:odpowied|atbild|svar|vastaus)",
    r"thank you for your (?:e-?mail|message)|(?:bedankt|dank) voor (?:je|uw) (?:e-?mail|bericht|mail)",
    r"ontvangstbevestiging",
)
DELAYED = _any(
    r"warning message only|(?:has|have) (?:not yet been delivered|been delayed)|not yet been able to deliver",
    r"(?:is|was|been) (?:only )?delayed (?:for|by|\d)",
    r"will (?:be retried|continue to (?:try|retry|attempt)|keep trying)",
    r"do not need to re-?send|no action is required on your part|delivery attempts will continue|still being retried",
    r"(?:nog|noch) (?:niet|nicht) (?:afgeleverd|bezorgd|zugestellt)|wordt later opnieuw",
    r"pas encore (?:été )?(?:remis|distribu)",
)
DELAYED_SUBJECT = _any(r"\(delay\)|delayed|vertraagd|verzögert|retard")
GIVEN_UP = _any(
    r"giv(?:en|ing) up|not going to try|could not be delivered|permanent(?:ly)?|undeliverable|expired",
    r"will be (?:deleted|removed)|failed to deliver|definitief|endgültig",
)
ONLY_DELAYED = _any(r"attempts will continue to be made|warning message only|\(delay\)|delayed \d")
NOT_DELIVERED = _any(
    r"(?:could|can|was|were) ?not (?:be )?delivered|n['’]a pas pu [eê]tre d[ée]livr|undeliverable",
    r"delivery (?:has )?failed",
    r"niet (?:worden )?(?:bezorgd|afgeleverd)",
)
CHALLENGE = _any(
    r"is protected by|click (?:on )?the (?:following )?link|verify (?:that )?you|guest list|allowed list|whitelist",
    r"bevestig dat (?:je|u) een mens|approved senders?",
)
"""Of a mail that asks its sender to prove something before it is delivered."""
GROUP_MARKS = ("groups.google.com/support", "groups.google.com/d/optout")
"""A discussion group that does not take our mail; the text is in the language of its owner."""

STAGES: tuple[tuple[Stage, re.Pattern[str]], ...] = (
    (Stage.DATA, _any(
        r"in reply to (?:the )?end of data|after (?:end of data|i sent the message|sending message)|final data",
        r"failed after i sent|(?<!command )\[(?:DATA|DATA_END|EOM)\]|in reply to data|following (?:the )?data",
        r"while sending (?:message|data)|smtp command\W{1,20}data|\(state 1[5-9]\)|smtp:data\b|end of data")),
    (Stage.RCPT, _any(
        r"in reply to (?:the )?rcpt|after rcpt|our rcpt|\[RCPT_?TO\]|following (?:the )?rcpt|rejected recipient",
        r"at rcpt",
        r"smtp:rcpt|does not like recipient|for rcpt to|recipients? (?:was|were) rejected by|rcpt to response",
        r"remote smtp server has rejected address|rcpt command|smtp command\W{1,20}rcpt|\(state 14\)")),
    (Stage.MAIL, _any(
        r"in reply to (?:the )?mail|after mail from|our mail from|\[MAIL_?FROM\]|smtp:mail|but sender was rejected",
        r"rejected mail from address|smtp command\W{1,20}mail")),
    (Stage.CONNECT, _any(
        r"after initial connection|in reply to (?:the )?(?:ehlo|helo|starttls|connect)|refused to talk to me",
        r"but (?:greeting|my name was|connection)|after (?:ehlo|helo)|smtp:(?:ehlo|helo|conn)|server greeting")),
)  # fmt: skip
"""By the words in which mail programs tell at which command the answer came."""
NAMED_AFTERWARDS = _any(
    r"no valid recip|need rcpt|<<<\s*503|^\s*[45]\d\d [45]\.1\.1 .{0,200}\.\.\. User unknown",
)
"""In a transcript where commands were sent ahead: the refusal belongs to the recipient, not to DATA."""

BECAUSE = _any(r"\b(?:because|omdat|weil|parce qu|porque|perché)\b", r"(?:following|this) reason: ?\S")
BOILERPLATE = _any(
    r"this (?:message|mail) was created automatically|this is (?:the|an automatically) |i'm (?:afraid|sorry)",
    r"sorry (?:it didn't work out|to have to inform)|this is a permanent error|a message that you sent",
    r"could not be delivered to (?:one or more|all|the following)|be delivered to one or more|the following address",
    r"following recipient|for further assistance|if you do so, please include|delete your own text",
    r"the (?:mail|postfix) (?:system|program)|message from\s+\S+\.$|technical details|transcript of session",
    r"^\W*please (?:contact|forward|verify|check|visit|include|do not reply|note)|permanent fatal error",
    r"returned to sender",
    r"^\W*(?:the )?original message was received|^\W*from \S+ ?\[|unable to deliver (?:your )?message to",
    r"the error (?:message )?(?:that )?the other server returned|we were unable to deliver|no further delivery",
    r"an error (?:has )?occurred while|message delivery has failed|has been a permanent failure|we recommend",
    r"you (?:can|may|do not|should) |contact (?:the|your)|re-?send|try again (?:later)?\.?$|was not delivered to:?$",
    r"^\W*(?:reporting|received-from|arrival|remote|x-postfix|last-attempt|content-|mime-)[a-z-]*:",
    r"^\W*(?:to|from|cc|subject|date|sent date|message-id|size|number of lines)\s*:|did not reach the following",
)
"""Lines of the reporting server that say nothing about why."""
