"""`postduif serve`: the pages for readers and staff, a worker and the sweep, in one process."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.desk import desk
from commands.telling import announce
from commands.words import say
from wording import Text, _

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from flask import Flask

    from mailer.bootstrap import Parts
    from mailer.sections import Web
    from web.front import Front
    from web.staff.here import Demo

log = logging.getLogger(__name__)


def register(app: typer.Typer) -> None:
    app.command(
        help=say(_("Toon de pagina’s voor lezers en medewerkers en verstuur wat wacht, tot Ctrl+C of SIGTERM."))
    )(serve)


def serve(
    context: typer.Context,
    host: Annotated[
        str, typer.Option(help=say(_("Adres om op te luisteren; TLS doet een server ervoor.")))
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help=say(_("Poort om op te luisteren.")))] = 8080,
    *,
    health: Annotated[
        str,
        typer.Option(
            envvar="POSTDUIF_HEALTH",
            help=say(_("Adres:poort voor wie bewaakt: /health/ready, /metrics.")),
        ),
    ] = "",
    public: Annotated[
        bool, typer.Option("--public", help=say(_("Alleen de pagina’s voor lezers; zonder die voor medewerkers.")))
    ] = False,
    worker: Annotated[
        bool, typer.Option(help=say(_("Ook versturen; --no-worker als er een eigen werker draait.")))
    ] = True,
) -> None:
    from commands.first_run import InFolder
    from commands.watching import guarded_by, watched
    from mailer.bootstrap import watchman, wire
    from web.first.pages import create_first_app
    from web.front import Front

    here = shop = desk(context)
    front = Front()
    with ExitStack() as closing:

        def open_pages() -> None:
            """Everything but the server itself; asked once, at the start or at the end of the first run."""
            with ExitStack() as opening:
                parts = wire(here.content, here.database)
                opening.callback(parts.store.close)
                app = opening.enter_context(pages_of(parts, host, port, worker=worker and not public, public=public))
                shop.allow("route", {rule.rule for rule in app().url_map.iter_rules()})
                if health:
                    opening.enter_context(watched(parts, health))
                if not worker or public:
                    opening.enter_context(guarded_by(watchman(parts)))
                front.follow(app)
                closing.enter_context(opening.pop_all())  # kept only when all of it is open

        run = None
        if InFolder.needed(here.content, here.database):
            pages, web = first_pages(here.content, port)
            run = InFolder(here.content, here.database, pages, open_pages)
            closing.callback(run.close)
            front.show(create_first_app(run, hosts=(host, *web.hosts), proxies=web.proxies))
        else:
            open_pages()
        server = listening(front, host, port)
        announce(_("De pagina’s staan op http://{host}:{port}/ ; stop met Ctrl+C.", host=shown(host), port=port))
        if run is not None:
            announce(_("Er is nog niets ingericht. Begin hier: {link}", link=f"{run.pages}/staff/first/{run.token}"))
        elif not public:
            announce(_("Voor medewerkers: {pages}/staff/", pages=staff_pages(here.parts.house.base_url, port)))
        log.info("the pages begin to answer")
        until_stopped(server)
        log.info("the pages stop")


def first_pages(folder: Path, port: int) -> tuple[str, Web]:
    """Where the first run is reached, and what is set of the pages: what the settings say when there are any."""
    from mailer.sections import Web
    from mailer.settings import FILE, settings_from

    if not (folder / FILE).exists():
        return f"http://localhost:{port}", Web()
    settings = settings_from(folder)
    return staff_pages(settings.base_url, port), settings.web


def pages_of(
    parts: Parts, host: str, port: int, *, worker: bool, public: bool = False, demo: Demo | None = None
) -> AbstractContextManager[Callable[[], Flask]]:
    """The application over these parts as they are at each request, with a worker in threads of this process or the
    bell of one elsewhere."""
    from contextlib import contextmanager, nullcontext

    from mailer.services.sending.doorbell import CeleryDoorbell
    from mailer.services.sending.heart import beating
    from web.app import create_app
    from web.front import Renewed
    from worker.app import make_app
    from worker.running import embedded

    @contextmanager
    def opened() -> Any:
        settings = parts.settings.web
        pages = f"http://localhost:{port}" if demo else staff_pages(parts.house.base_url, port)
        storage = parts.settings.storage
        far = CeleryDoorbell(make_app(storage.broker, storage.broker_master))
        alive = nullcontext() if worker else beating(parts.store, far.ring)
        with alive, embedded(parts.worker_office) if worker else nullcontext(far) as bell:
            hosts = (*settings.hosts, host, "localhost")
            if (warning := one_network(pages, settings.proxies)) is not None:
                announce(warning)

            def made(now: Parts) -> Flask:
                return create_app(
                    now.office(bell),
                    hosts=hosts,
                    proxies=settings.proxies,
                    pages=pages,
                    demo=demo,
                    public=public,
                    witness=parts.witness,
                )

            yield Renewed(parts.living, made)

    return opened()


def listening(front: Front, host: str, port: int) -> Any:
    """A server that listens there. Raises ServiceError when it cannot."""
    from web.server import server_for
    from wording.errors import ServiceError

    try:
        return server_for(front, host, port)
    except OSError as error:
        why = error.strerror or str(error)
        raise ServiceError(
            _(
                "Op {host}, poort {port}, kan niemand binnenkomen: {why}. Kies iets anders met --port of --host.",
                host=host,
                port=port,
                why=why,
            )
        ) from None


def one_network(pages: str, proxies: int) -> Text | None:
    """What a person is told whose pages, at this address, stand behind a server for TLS that no setting speaks of."""
    if proxies or not pages.startswith("https:"):
        return None
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


def shown(host: str) -> str:
    """The host as it is printed: the name of this machine instead of its number."""
    return "localhost" if host in {"127.0.0.1", "0.0.0.0", "::1", "::"} else host  # noqa: S104 - printed only


def until_stopped(server: Any) -> None:
    """Ctrl+C, SIGTERM and SIGQUIT let the requests on hand end (waitress catches both exceptions)."""
    from signal import SIGQUIT, SIGTERM, signal

    def stop(_number: int, _frame: Any) -> None:
        raise SystemExit

    for number in (SIGTERM, SIGQUIT):
        signal(number, stop)
    server.run()
    server.close()
