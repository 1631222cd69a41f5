"""The peers: Postfix's smtp-source, nodemailer with a pool, and what one writes with smtplib on a first afternoon."""

from __future__ import annotations

import json
import smtplib
import subprocess
import time
from email.message import EmailMessage
from pathlib import Path

from benchmarks.sending_parts import SENTENCE, SIZE, html_of

NODE = """
const nodemailer = require('nodemailer');
const [port, count, html] = [Number(process.argv[2]), Number(process.argv[3]), require('fs').readFileSync(0, 'utf8')];
const mailer = nodemailer.createTransport({host: '127.0.0.1', port, pool: true, maxConnections: 5, maxMessages: 1e9,
  ignoreTLS: true});
(async () => {
  const started = process.hrtime.bigint();
  await Promise.all(Array.from({length: count}, (_, n) => mailer.sendMail({
    from: 'LOS <nieuwsbrief@post.example>', to: `lezer${n}@lezers.example`, subject: 'Nieuwsbrief 24',
    text: 'Beste lezer, ' + n, html: html.replace('{{greeting}}', 'Beste lezer ' + n + ',')})));
  console.log(JSON.stringify(count / (Number(process.hrtime.bigint() - started) / 1e9)));
  mailer.close();
})();
"""


def smtp_source(port: int, count: int) -> float:
    """Messages per second over ten sessions; the messages are all the same and were made beforehand."""
    started = time.perf_counter()
    session = ["-s", "10", "-m", str(count), "-l", str(SIZE), "-t", "a@lezers.example", "-f", "b@post.example"]
    subprocess.run(["smtp-source", *session, f"127.0.0.1:{port}"], check=True)
    return count / (time.perf_counter() - started)


def naive(port: int, count: int) -> float:
    """An EmailMessage per reader, over one connection that is kept."""
    html = html_of()
    started = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as client:
        for number in range(count):
            client.send_message(email_message(html, number))
    return count / (time.perf_counter() - started)


def email_message(html: str, number: int) -> EmailMessage:
    """A personal message as the standard library builds it."""
    message = EmailMessage()
    message["From"], message["To"] = "LOS <nieuwsbrief@post.example>", f"lezer{number}@lezers.example"
    message["Subject"] = "Nieuwsbrief 24"
    message.set_content(f"Beste lezer {number},\n\n{SENTENCE}")
    message.add_alternative(html.replace("{{greeting}}", f"Beste lezer {number},"), subtype="html")
    return message


def install_nodemailer(folder: Path) -> Path:
    """Into a folder of its own, from npm; returns the script to run."""
    install = ["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(folder), "nodemailer@7"]
    subprocess.run(install, check=True, capture_output=True, cwd=folder)
    script = folder / "send.js"
    script.write_text(NODE, "utf-8")
    return script


def nodemailer(script: Path, port: int, count: int) -> float:
    done = subprocess.run(
        ["node", str(script), str(port), str(count)], input=html_of(), check=True, capture_output=True, text=True
    )
    return float(json.loads(done.stdout))
