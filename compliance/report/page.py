"""Pages out of contents: HTML that opens by itself and prints well, and Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compliance.audit.fields import in_words
from compliance.errors import BadInput
from compliance.report.contents import RunReport

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).with_name("templates")
FORMS = ("html", "md", "pdf")


def pdf(page: str) -> bytes:
    """An HTML page of ours as PDF. Raises BadInput without WeasyPrint or Pango, which it draws text with."""
    try:
        from weasyprint import HTML
    except (ImportError, OSError):  # OSError: the library is there, and Pango is not
        raise BadInput("PDF needs WeasyPrint and Pango: pip install 'entity-compliance[pdf]', and libpango") from None
    written: bytes = HTML(string=page, url_fetcher=_nothing).write_pdf()
    return written


def _nothing(url: str) -> dict[str, object]:
    """A page of ours needs nothing from elsewhere, and must not get anything."""
    raise ValueError(f"{url} is not fetched")


def run_page(report: RunReport, form: str) -> str:
    """The report of a run as `html` or `md`. Raises BadInput without the libraries of the extra `report`."""
    plots = _plots(report) if form == "html" else {}
    return rendered(f"run.{form}", report=report, run=report.run, plots=plots)


def rendered(template: str, **values: Any) -> str:
    """A page from one of our templates. Raises BadInput without Jinja."""
    return _environment().get_template(template).render(**values)


def _plots(report: RunReport) -> dict[str, str]:
    """Plots by their caption; none where nothing was hit."""
    from compliance.report.plots import bars, histogram

    if not report.cases:
        return {}
    low = min([float(report.run.asked.threshold), *report.scores()])
    return {
        "Rows by best score": histogram(report.scores(), low // 1, xlabel="best score", ylabel="rows"),
        "Hits by list": bars(report.by_list(), xlabel="hits"),
        "Rows hit by country of the listed party": bars(report.by_country(), xlabel="rows"),
    }


def _environment() -> Environment:
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
    except ImportError:
        raise BadInput("reports need Jinja: pip install 'entity-compliance[report]'") from None
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["thousands"] = lambda number: f"{number:,}"
    environment.filters["cell"] = _cell
    environment.filters["joined"] = lambda parts: "; ".join(map(str, parts))
    environment.filters["visible"] = visible
    environment.filters["words"] = in_words
    return environment


def visible(text: Iterable[str]) -> str:
    """The text with what would be invisible, or turn the line around, written out: names come from other people."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def _cell(text: object) -> str:
    """Text that stands in one cell of a Markdown table and is nothing but text there."""
    plain = visible(" ".join(str(text).split()))
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>|#~" else c for c in plain)
