"""The report as a file."""

import asyncio
from enum import StrEnum

from liandong.assessment.pdf import pdf_of
from liandong.assessment.periods import Period
from liandong.assessment.reading import Assessor
from liandong.assessment.report import gather
from liandong.assessment.xlsx import workbook_of


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
    return await asyncio.to_thread(workbook_of if form == Form.XLSX else pdf_of, report)
