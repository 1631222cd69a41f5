"""What a person's browser sends to the staff pages, without drawing them: for many people at once."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable


class Browser:
    """What one person's browser sends; a page that is away is asked again after a while."""

    def __init__(self, base: str, cookie: str, wrong: Callable[[str], None]) -> None:
        """`wrong` hears of every answer of 500 and above but 503: its status and its path."""
        self._base, self._cookie, self._wrong = base, cookie, wrong

    def get(self, path: str) -> str:
        return self._asked(path, None)[1]

    def post(self, path: str, fields: dict[str, str] | list[tuple[str, str]]) -> int:
        """The status; 0 when no answer came: whether it was done is not known."""
        return self._asked(path, urllib.parse.urlencode(fields).encode())[0]

    def _asked(self, path: str, data: bytes | None) -> tuple[int, str]:
        headers = {"Sec-Fetch-Site": "same-origin", "Cookie": f"staff-localhost={self._cookie}"}
        request = urllib.request.Request(f"{self._base}{path}", data, headers)  # noqa: S310 - http, to ourselves
        try:
            with _OPENER.open(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            if error.code >= 500 and error.code != 503:
                self._wrong(f"{error.code} {path.partition('?')[0]}")
            return error.code, error.read().decode("utf-8", "replace")
        except Exception:  # no answer, or half an answer of a process that was killed
            return 0, ""


class _Stays(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer."""

    def redirect_request(self, *_args: object, **_more: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_Stays)
