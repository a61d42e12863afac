"""A classifier as one piece of bytes for the database: the files of models/store.py in an archive. Nothing in it can run."""

import io
import tempfile
import zipfile
from pathlib import Path

from liandong.models.files import FileFault
from liandong.models.model import Classifier
from liandong.models.store import load

NAME, VERSION = "model", "1"  # of the folder that it is unpacked into for a moment
LARGEST = 2 * 1024**3


def pack(place: Path) -> bytes:
    """The files of one version, as models/store.py wrote them."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(place.iterdir()):
            archive.writestr(file.name, file.read_bytes())
    return written.getvalue()


def unpack(files: bytes) -> Classifier:
    """Checked against the digests of its card. Raises FileFault where it is not what was packed."""
    with tempfile.TemporaryDirectory(prefix="liandong-model-") as folder:
        place = Path(folder) / NAME / VERSION
        place.mkdir(parents=True)
        try:
            with zipfile.ZipFile(io.BytesIO(files)) as archive:
                for one in archive.infolist():
                    if "/" in one.filename or "\\" in one.filename or one.file_size > LARGEST:
                        raise FileFault(f"模型包里有不该有的文件：{one.filename}（not a file of a model）")
                    (place / one.filename).write_bytes(archive.read(one))
        except zipfile.BadZipFile as error:
            raise FileFault("模型的文件已损坏（the files are damaged）") from error
        return load(Path(folder), NAME, VERSION)[0]
