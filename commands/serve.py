"""`postduif serve`: the pages for readers and a worker, in one process."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from commands.desk import desk
from commands.telling import tell
from commands.words import say
from wording import Text, _


def register(app: typer.Typer) -> None:
    app.command(help=say(_("Toon de pagina’s voor lezers en verstuur wat wacht, tot Ctrl+C of SIGTERM.")))(serve)


def serve(
    context: typer.Context,
    host: Annotated[
        str, typer.Option(help=say(_("Adres om op te luisteren; TLS doet een server ervoor.")))
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help=say(_("Poort om op te luisteren.")))] = 8080,
    *,
    worker: Annotated[
        bool, typer.Option(help=say(_("Ook versturen; --no-worker als er een eigen werker draait.")))
    ] = True,
) -> None:
    from contextlib import nullcontext

    from waitress import create_server

    from mailer.services.sending.doorbell import CeleryDoorbell
    from web.app import create_app
    from worker.app import make_app
    from worker.running import embedded

    parts = desk(context).parts
    settings = parts.settings.web
    pages = staff_pages(parts.house.base_url, port)
    far = CeleryDoorbell(make_app(parts.settings.storage.broker))
    with embedded(parts.worker_office) if worker else nullcontext(far) as bell:
        app = create_app(
            parts.office(bell), hosts=(*settings.hosts, host, "localhost"), proxies=settings.proxies, pages=pages
        )
        # a proxy of ours may say who the client is (web.proxies); no other header is passed on
        server = create_server(app, host=host, port=port, threads=8, ident="", clear_untrusted_proxy_headers=False)
        if not settings.proxies and pages.startswith("https:"):
            tell(one_network())
        tell(_("De pagina’s staan op http://{host}:{port}/ ; stop met Ctrl+C.", host=host, port=port))
        tell(_("Voor medewerkers: {pages}/staff/", pages=pages))
        _until_stopped(server)


def one_network() -> Text:
    """What a person is told whose pages stand behind a server for TLS that they did not speak of."""
    return _(
        "base_url begint met https, dus er staat een server voor TLS voor deze pagina’s; maar web.proxies is 0. Dan "
        "lijken alle bezoekers van één netwerk te komen, en sluit één lastige bezoeker het aanmeldformulier voor "
        "iedereen. Zet in postduif.toml onder [web]: proxies = 1"
    )


def staff_pages(base_url: str, port: int = 8080) -> str:
    """Where the staff reach their pages: the base URL, or this machine while that is an example's (RFC 2606).

    Passkeys know `localhost` as a name; they refuse 127.0.0.1.
    """
    from urllib.parse import urlsplit

    host = urlsplit(base_url).hostname or ""
    is_set = bool(host) and not host.endswith((".example", ".invalid", ".test"))
    return base_url.rstrip("/") if is_set else f"http://localhost:{port}"


def _until_stopped(server: Any) -> None:
    """Ctrl+C, SIGTERM and SIGQUIT let the requests on hand end (waitress catches both exceptions)."""
    from signal import SIGQUIT, SIGTERM, signal

    def stop(_number: int, _frame: Any) -> None:
        raise SystemExit

    for number in (SIGTERM, SIGQUIT):
        signal(number, stop)
    server.run()
    server.close()
