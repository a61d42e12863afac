"""The report as a file."""

import asyncio
from enum import StrEnum

from liandong.assessment.periods import Period
from liandong.assessment.reading import Assessor
from liandong.assessment.report import Report, gather


class Form(StrEnum):
    PDF = "pdf"
    XLSX = "xlsx"


MEDIA = {
    Form.PDF: "application/pdf",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


async def written(assessor: Assessor, period: Period, *, form: Form) -> bytes:
    """The file's bytes."""
    report = await gather(assessor, period)
    # A second or two of pure computing: other requests of this process go on meanwhile.
    return await asyncio.to_thread(_write, report, form)


def _write(report: Report, form: Form) -> bytes:
    if form == Form.XLSX:  # imported here: these libraries weigh 36 MB that a node at rest does not need
        from liandong.assessment.xlsx import workbook_of

        return workbook_of(report)
    from liandong.assessment.pdf import pdf_of

    return pdf_of(report)
