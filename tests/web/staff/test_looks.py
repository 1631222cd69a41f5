"""Colour and logo in the browser: seen everywhere before they are kept, and no picture does harm."""

from __future__ import annotations

import html
import io
import re
import zlib

from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from tests.web.staff.conftest import SAME_ORIGIN, Desks
from tests.web.staff.own_house import (
    carried,
    written,
)

LOOK = "/staff/organisation/look"


def picture(width: int, height: int, colour: str = "#b03060") -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(data, "PNG")
    return data.getvalue()


def upload(desks: Desks, client: FlaskClient, data: bytes, **fields: str) -> TestResponse:
    form = {"csrf": desks.csrf(client), "accent": "#0b5f58", "accent_dark": "#7fd6cd", "do": "try", **fields}
    files = {"picture": (io.BytesIO(data), "logo.png")}
    return client.post(LOOK, data={**form, **files}, headers=SAME_ORIGIN, base_url=desks.base)


def test_a_look_is_seen_everywhere_before_it_is_kept(desks: Desks) -> None:
    noor, before = desks.as_("Noor"), written(desks)
    tried = upload(desks, noor, picture(120, 40), accent="#7b2d4f")
    assert tried.status_code == 200
    page = tried.get_data(as_text=True)
    frames = [html.unescape(one) for one in re.findall(r'<iframe[^>]*src="([^"]*)"', page)]
    assert [one.partition("?")[0].rpartition("/")[2] for one in frames] == ["mail", "archive", "public"]
    for one in frames:
        shown_there = noor.get(one, base_url=desks.base)
        assert "#7b2d4f" in shown_there.get_data(as_text=True), one
        policy = shown_there.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "form-action 'none'" in policy
        assert "script-src" not in policy
    assert "data:image/png;base64," in noor.get(frames[0], base_url=desks.base).get_data(as_text=True)
    assert noor.get(frames[0].replace("/mail", "/paper"), base_url=desks.base).data.startswith(b"%PDF")
    assert written(desks) == before
    assert desks.parts().house.organisation.look.accent == "#0b5f58"
    form = {**carried(page), "accent": "#7b2d4f", "accent_dark": "#7fd6cd", "do": "save"}
    other = desks.post(noor, LOOK, **{**form, "accent": "#2d4f7b"})  # was not shown: it is shown first
    assert other.status_code == 200
    assert written(desks) == before
    assert desks.post(noor, LOOK, **form).status_code == 303
    look = desks.parts().house.organisation.look
    assert (look.accent, look.accent_dark) == ("#7b2d4f", "#7fd6cd")
    assert look.logo is not None
    assert desks.parts().content.logo(look.logo).width == 120
    noor = desks.as_("Noor")
    form = {
        "csrf": desks.csrf(noor),
        "accent": "#7b2d4f",
        "accent_dark": "#7fd6cd",
        "logo": look.logo,
        "without": "yes",
    }
    page = desks.post(noor, LOOK, **form, do="try").get_data(as_text=True)
    assert desks.post(noor, LOOK, **{**form, **carried(page), "logo": ""}, do="save").status_code == 303
    assert desks.parts().house.organisation.look.logo is None


def test_an_accent_that_no_one_can_read_is_told_and_corrected(desks: Desks) -> None:
    noor = desks.as_("Noor")
    csrf = desks.csrf(noor)
    page = desks.post(noor, LOOK, csrf=csrf, accent="#ffee00", accent_dark="#7fd6cd").get_data(as_text=True)
    assert "Lezers krijgen daarom" in page
    refused = desks.post(noor, LOOK, csrf=csrf, accent="geel", accent_dark="#7fd6cd")
    assert refused.status_code == 422


def test_a_logo_that_is_a_bomb_or_no_picture_is_refused_and_nothing_is_kept(desks: Desks) -> None:
    noor = desks.as_("Noor")
    folder = desks.staff.office.content.folder
    bomb = bytearray(picture(1, 1))
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2  # the header says 3.6 billion pixels
    bomb[29:33] = zlib.crc32(bytes(bomb[12:29])).to_bytes(4, "big")
    for data in (bytes(bomb), b"<svg onload=alert(1)>", b""):
        answer = upload(desks, noor, data)
        assert answer.status_code == 422, data[:10]
    assert not (folder / "look").exists()
    for logo in ("../postduif.toml", "postduif.toml", "look/logo-niets.png", "/etc/passwd"):
        assert (
            desks.post(
                noor, LOOK, csrf=desks.csrf(noor), accent="#0b5f58", accent_dark="#7fd6cd", logo=logo
            ).status_code
            == 422
        )
        for what in ("mail", "public", "archive", "paper", "niets"):
            query = f"{LOOK}/{what}?accent=%230b5f58&accent_dark=%237fd6cd&logo={logo}"
            assert noor.get(query, base_url=desks.base).status_code in {404, 422}, query
