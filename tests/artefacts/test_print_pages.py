"""Step 5 for paper, at the door `Typesetter`: an edition becomes a PDF, looked at with other people's tools."""

from __future__ import annotations

import re
import subprocess
import sys
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest
import zxingcpp
from PIL import Image

from devtools.print_editions import DAY, LOCALES, WORDS, edition, house, photograph, plain
from devtools.print_tools import check, fonts_in, places_on, sizes_on, words_on
from mailer.artefacts.paper.contact_sheet import contact_sheet
from mailer.artefacts.paper.gray import to_device_gray
from mailer.artefacts.paper.job import PrintJob
from mailer.artefacts.paper.tree import print_tree_from
from mailer.document import nodes as n
from mailer.typesetting.typesetter import CHECKOUT, TEMPLATES, Typesetter, TypesettingError
from wording.interface import interface


def job(locale: str, *, times: int = 1, large: bool = False, qr: bool = False) -> PrintJob:
    tree = print_tree_from(edition(locale, times=times), house(), interface(locale), large=large, qr=qr)
    return PrintJob("newsletter", tree, DAY, {"photo.jpg": photograph()})


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The edition in each language as a file."""
    folder = tmp_path_factory.mktemp("printed")
    files = {locale: folder / f"{locale}.pdf" for locale in LOCALES}
    for locale, pdf in zip(LOCALES, Typesetter().pdfs([job(locale) for locale in LOCALES]), strict=True):
        files[locale].write_bytes(pdf)
    return files


@pytest.mark.parametrize("locale", LOCALES)
def test_an_edition_is_a_booklet_with_the_helpline_on_its_first_and_last_page(
    printed: dict[str, Path], locale: str
) -> None:
    with pikepdf.open(printed[locale]) as pdf:
        pages = len(pdf.pages)
        assert pages % 4 == 0
        width, height = (round(float(side) / 72 * 25.4) for side in pdf.pages[0].mediabox[2:])
    assert (width, height) == (148, 210)
    for page in (1, pages):
        found = words_on(printed[locale], page=page).replace("\u2011", "-").replace("\u00a0", " ")
        assert "0800-000 0199" in found
        assert str(pages) in found


@pytest.mark.parametrize("locale", LOCALES)
def test_a_phone_number_reads_from_left_to_right_on_one_line(printed: dict[str, Path], locale: str) -> None:
    """Where the two halves of the number stand on the page; mirrored, the second would be left of the first."""
    words = places_on(printed[locale])
    halves = [
        (one, two) for one, two in pairwise(words) if (one.text, two.text.strip(".،,:\u202c")) == ("0800‑000", "0199")
    ]
    assert len(halves) >= 3
    assert all(one.right < two.left and one.top == pytest.approx(two.top, abs=1) for one, two in halves)


def test_from_six_pages_on_a_list_says_where_things_are(printed: dict[str, Path], tmp_path: Path) -> None:
    short = tmp_path / "short.pdf"
    tree = dict(job("nl").data)
    short.write_bytes(Typesetter().pdf(PrintJob("newsletter", {**tree, "sections": []}, DAY)))
    assert "In dit nummer" not in words_on(short, page=1)
    with pikepdf.open(short) as pdf:
        assert len(pdf.pages) == 4
    assert "In dit nummer" in words_on(printed["nl"], page=1)


def test_a_table_repeats_its_head_on_every_page_and_no_heading_ends_a_page(tmp_path: Path) -> None:
    rows = tuple((plain(f"Rij {number}"), plain(str(number))) for number in range(80))
    table = n.Table(("start", "end"), (plain("Onderwerp van de rij"), plain("Aantal")), rows)
    heading = n.Heading(3, plain("Een tussenkop"))
    tree = print_tree_from(edition("nl", extra=(table, heading)), house(), interface("nl"))
    long = tmp_path / "long.pdf"
    long.write_bytes(Typesetter().pdf(PrintJob("newsletter", tree, DAY, {"photo.jpg": photograph()})))
    pages = words_on(long, drawn=True).split("\f")
    with_rows = [page for page in pages if "Rij " in page]
    assert len(with_rows) > 2
    assert all("Onderwerp van de rij" in page for page in with_rows)
    at = [page for page in pages if "Een tussenkop" in page][-1]  # the first is the list of contents
    assert "Meldingen in cijfers" in at.partition("Een tussenkop")[2]


@pytest.mark.parametrize("length", range(60, 340, 40))
def test_no_line_of_a_paragraph_stands_alone_at_the_top_or_bottom_of_a_page(length: int, tmp_path: Path) -> None:
    """Paragraphs whose first and last words tell where they begin and end, so many that pages end in each of them."""
    texts = [f"Begin{number} {'en dan nog wat ' * (length // 15 + number % 3)}einde{number}" for number in range(60)]
    tree = print_tree_from(
        edition("nl", extra=tuple(n.Paragraph(plain(text)) for text in texts)), house(), interface("nl")
    )
    pdf = tmp_path / "paragraphs.pdf"
    pdf.write_bytes(Typesetter().pdf(PrintJob("newsletter", tree, DAY, {"photo.jpg": photograph()})))
    cut = 0
    for page in words_on(pdf, drawn=True).split("\f"):
        lines = [line for line in page.splitlines() if re.search("Begin|en dan|einde", line)]
        if len(lines) > 10:
            first, last = lines[0], lines[-1]
            assert "einde" not in first or "Begin" in first, first
            assert "Begin" not in last or "einde" in last, last
            cut += "Begin" not in first
    assert bool(cut) == (length > 150), "two or three lines stay together; what is longer is cut somewhere"


@pytest.mark.parametrize(("locale", "word"), [("nl", "vreemdelingenbewaring"), ("en", "administrative")])
def test_long_words_are_divided_as_their_language_divides_them(locale: str, word: str, tmp_path: Path) -> None:
    """And never in Arabic, which knows no hyphen."""
    words = " ".join([word] * 60)
    tree = print_tree_from(edition(locale, extra=(n.Paragraph(plain(words)),)), house(), interface(locale))
    pdf = tmp_path / "hyphens.pdf"
    pdf.write_bytes(Typesetter().pdf(PrintJob("newsletter", tree, DAY, {"photo.jpg": photograph()})))
    parts = {
        ("nl", "vreemdelingenbewaring"): {
            "vreem",
            "vreemde",
            "vreemdelin",
            "vreemdelingen",
            "vreemdelingenbe",
            "vreemdelingenbewa",
        },
        ("en", "administrative"): {"ad", "admin", "adminis", "administra"},
    }[locale, word]
    divided = set(re.findall(rf"({word[:2]}\w*)[-\u2010\u00ad]\n", words_on(pdf, drawn=True)))
    assert divided
    assert divided <= parts


@pytest.mark.parametrize("locale", LOCALES)
def test_nine_of_ten_words_come_back_from_the_page(printed: dict[str, Path], locale: str) -> None:
    found = set(_words(words_on(printed[locale])))
    written = _words(" ".join(_strings(WORDS[locale]["sections"]) + WORDS[locale]["lead"]))
    assert sum(word in found for word in written) / len(written) >= 0.9


@pytest.mark.parametrize("locale", LOCALES)
def test_every_font_is_embedded_and_subset_and_the_file_is_sound(printed: dict[str, Path], locale: str) -> None:
    assert {(embedded, subset) for _, embedded, subset, _ in fonts_in(printed[locale])} == {("yes", "yes")}
    check(printed[locale])


def test_the_same_edition_makes_the_same_bytes(printed: dict[str, Path]) -> None:
    assert Typesetter().pdf(job("ar")) == printed["ar"].read_bytes()


def test_everything_is_black_toner_only(printed: dict[str, Path], tmp_path: Path) -> None:
    gray = tmp_path / "gray.pdf"
    gray.write_bytes(to_device_gray(printed["nl"].read_bytes()))
    check(gray)
    with pikepdf.open(gray) as pdf:
        assert not [found for found in pdf.objects if found == pikepdf.Name.DeviceRGB]
        images = [image for page in pdf.pages for image in page.get_images().values()]
        assert images
        assert all(list(image.ColorSpace) == [pikepdf.Name.DeviceGray] for image in images)
        assert b"ICCBased" not in gray.read_bytes()
    assert words_on(gray) == words_on(printed["nl"])


def test_a_picture_loses_its_colour_and_the_name_of_the_camera(printed: dict[str, Path]) -> None:
    assert b"Camera of somebody" not in printed["nl"].read_bytes()
    with pikepdf.open(printed["nl"]) as pdf:
        images = [image for page in pdf.pages for image in page.get_images().values()]
        found = [image for image in images if isinstance(image, pikepdf.Stream)]
        assert len(found) == len(images) > 0
        assert all(pikepdf.PdfImage(image).as_pil_image().mode == "L" for image in found)


def test_a_character_without_a_letterform_is_an_error_that_names_it() -> None:
    with pytest.raises(TypesettingError, match="ꦏ"):
        Typesetter().pdf(_with_title("ꦏꦗ"))
    with pytest.raises(TypesettingError, match="𐎀"):
        Typesetter().pdf(_with_title("Goed nieuws 𐎀"))
    with pytest.raises(TypesettingError, match="𐎀"):
        Typesetter().pictures(_with_title("Goed nieuws 𐎀"), ppi=40)


@pytest.mark.promise("P9")
def test_a_word_that_is_markup_to_a_typesetter_or_a_browser_is_printed_as_it_stands(tmp_path: Path) -> None:
    hostile = '#image("/etc/passwd") @preview/x:1.0.0 <script>*b*</script> $x^2$ \\#'
    pdf = tmp_path / "hostile.pdf"
    pdf.write_bytes(Typesetter().pdf(_with_title(hostile)))
    assert '#image("/etc/passwd")@preview/x:1.0.0' in re.sub(r"\s", "", words_on(pdf, page=1))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (photograph()[:3000], "beschadigd"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "geen JPEG"),
        (b"", "geen JPEG"),
    ],
)
def test_an_unusable_image_is_an_error_that_names_the_file(data: bytes, reason: str) -> None:
    broken = PrintJob("newsletter", job("nl").data, DAY, {"photo.jpg": data})
    with pytest.raises(TypesettingError, match=rf"photo\.jpg is {reason}"):
        Typesetter().pdf(broken)


def test_an_image_bomb_is_refused_by_its_header() -> None:
    file = BytesIO()
    Image.new("1", (20_000, 20_000)).save(file, "PNG")
    bomb = PrintJob("newsletter", job("nl").data, DAY, {"photo.jpg": file.getvalue()})
    with pytest.raises(TypesettingError, match="te groot"):
        Typesetter().pdf(bomb)


@pytest.mark.promise("F25")
def test_a_page_that_takes_too_long_or_too_much_is_ended() -> None:
    with pytest.raises(TypesettingError, match="te veel"):
        Typesetter(seconds=1).pdf(job("nl", times=300))
    with pytest.raises(TypesettingError, match=r"te veel|mislukt"):
        Typesetter(megabytes=120).pdf(job("nl", times=10))


@pytest.mark.promise("row 22")
def test_the_typesetter_reaches_no_network_and_keeps_to_its_limits() -> None:
    """From Python no socket can be made; and where the kernel allows it, the process has no network at all."""
    script = (
        "import resource, socket\n"
        "from mailer.typesetting.child import limit\n"
        "limit(5, 700)\n"
        "print(resource.getrlimit(resource.RLIMIT_AS)[0] // 1024 // 1024, resource.getrlimit(resource.RLIMIT_CPU)[0])\n"
        "socket.socket()\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert ended.stdout == "700 5\n"
    assert "PermissionError: socket" in ended.stderr


def test_the_editor_sees_an_arabic_booklet_from_right_to_left() -> None:
    pages = [_page(shade) for shade in (0, 255, 255)]
    dutch, arabic = (Image.open(BytesIO(contact_sheet(pages, right_to_left=rtl))) for rtl in (False, True))
    assert dutch.getpixel((20, 20)) == arabic.getpixel((dutch.width - 20, 20)) == 0
    assert dutch.getpixel((dutch.width - 20, 20)) == arabic.getpixel((20, 20)) == 255


def _page(shade: int) -> bytes:
    file = BytesIO()
    Image.new("L", (30, 40), shade).save(file, "PNG")
    return file.getvalue()


def test_large_print_is_a4_with_letters_of_sixteen_points(tmp_path: Path) -> None:
    pdf = tmp_path / "large.pdf"
    pdf.write_bytes(Typesetter().pdf(job("nl", large=True)))
    with pikepdf.open(pdf) as opened:
        assert [round(float(side) / 72 * 25.4) for side in opened.pages[0].mediabox[2:]] == [210, 297]
    check(pdf)


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_large_print_is_never_made_smaller_to_save_a_sheet(times: int, tmp_path: Path) -> None:
    pdf = tmp_path / "large.pdf"
    pdf.write_bytes(Typesetter().pdf(job("nl", times=times, large=True)))
    assert sizes_on(pdf).most_common(1)[0][0] == 16


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("large", [False, True])
def test_a_code_on_the_last_page_leads_to_the_same_issue_on_the_web(locale: str, large: bool) -> None:
    """Read back by a decoder from a picture as coarse as a bad copy; nothing is near enough to be in its way."""
    first, *_between, last = Typesetter().pictures(job(locale, large=large, qr=True), ppi=100)
    assert zxingcpp.read_barcodes(Image.open(BytesIO(first))) == []
    [code] = zxingcpp.read_barcodes(Image.open(BytesIO(last)).convert("L"))
    assert code.text == f"https://nieuws.voorbeeld.example/{locale}/archief/meldpunt-2026-3"


def test_a_code_stands_there_only_when_the_editor_asked_for_it() -> None:
    assert zxingcpp.read_barcodes(Image.open(BytesIO(Typesetter().pictures(job("nl"), ppi=100)[-1]))) == []


def test_the_editor_sees_a_picture_of_every_page() -> None:
    pictures = Typesetter().pictures(job("nl"), ppi=40)
    sizes = {Image.open(BytesIO(picture)).size for picture in pictures}
    assert len(pictures) == 8
    assert sizes == {(233, 331)}


@pytest.mark.promise("P9", "row 22")
def test_no_template_imports_a_package_or_evaluates_text() -> None:
    for template in TEMPLATES.glob("*.typ"):
        source = template.read_text(encoding="utf-8")
        assert not re.search(r"@(preview|local)\b|\beval\b|\bplugin\(", source.replace("never evaluated", "")), template


def _with_title(title: str) -> PrintJob:
    made = job("nl")
    meta = {**made.data["meta"], "title": [{"t": "text", "v": title}]}
    return PrintJob("newsletter", {**made.data, "meta": meta}, DAY, made.images)


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    nested = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for part in nested for text in _strings(part)]


def _words(text: str) -> list[str]:
    """Words of letters only: not addresses, amounts or what stands between signs."""
    without = re.sub(r"\{[^}]*\}|\]\([^)]*\)|\u00ad|-\n", " ", text)
    words: list[str] = re.findall(r"[^\W\d_]{2,}", re.sub("[\u064b-\u0652]", "", without))
    return words
