"""Media: files that are too large for a payload (contract 3.17)."""

from __future__ import annotations

import hashlib
import mimetypes
import os
import tempfile
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from axme.exceptions import AxmeProtocolError, AxmeTransportError, AxmeValueError
from axme.resources._arguments import Recipient, address_of, given, seconds
from axme.resources._gathered import Gathered
from axme.resources._progress import Progress, Tell, told
from axme.resources.base import short
from axme.resources.collections import Collection
from axme.resources.fields import field, optional

if TYPE_CHECKING:
    from marshmallow import Schema

    from axme.transport import ByteStream

_ANY_TYPE = "application/octet-stream"


class MediaUpload(Gathered):
    """A file at the gateway; ``status`` is ``pending``, ``ready`` or ``expired``. Its id is what intents refer to."""

    __slots__ = ()
    _ID = "upload_id"
    _KEY = "upload"
    _WHOLE = "created_at"

    owner_agent = field("owner_agent", str)
    filename = field("filename", str)
    mime_type = field("mime_type", str)
    size_bytes = field("size_bytes", int)
    sha256 = optional("sha256", str)
    status = field("status", str)
    created_at = field("created_at", datetime)
    expires_at = field("expires_at", datetime)
    finalized_at = optional("finalized_at", datetime)
    download_url = optional("download_url", str)
    preview_url = optional("preview_url", str)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.media import MediaUpload as Shape

        return Shape

    def download(self, path: str | os.PathLike[str], *, progress: Progress = False) -> Path:
        """Write it to a file, which appears once it is whole and right. ``GET /v1/media/download/{upload_id}``

        Args:
            path: the file, or a directory to write it into under its own name.
            progress: ``True`` shows a bar; or a function of bytes done and bytes in all.

        Returns:
            The file.

        Raises:
            AxmeConflictError: it is not ready.
            AxmeProtocolError: other bytes came than were uploaded; no file was written.
        """
        target = Path(path)
        if target.is_dir():
            target /= _safe(self.filename, self.id)
        handle, name = tempfile.mkstemp(prefix=".axme-", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                self._fetch_into(file, progress)
            os.replace(name, target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return target

    def read(self) -> bytes:
        """All of it, in memory. ``GET /v1/media/download/{upload_id}``; errors as of :meth:`download`."""
        whole = BytesIO()
        self._fetch_into(whole, False)
        return whole.getvalue()

    def preview(self) -> ByteStream:
        """Open it under the type it was announced with, for those who show files. ``GET /v1/media/preview/{upload_id}``

        Returns:
            A stream to close: ``read()`` gives what has arrived and ``b""`` at the end, ``headers`` name the type.

        Raises:
            AxmeConflictError: it is not ready.
        """
        return self._api.preview_media_bytes(self.id)

    def _fetch_into(self, file: BinaryIO, progress: Progress) -> None:
        size, wanted = self.size_bytes, self.sha256
        done, digest = 0, hashlib.sha256()
        with told(progress, size, self.filename) as tell, self._api.download_media_bytes(self.id) as stream:
            while piece := stream.read():
                done += len(piece)
                if done > size:
                    raise AxmeProtocolError(f"{self.id} has {size} bytes, but more than that came")
                file.write(piece)
                digest.update(piece)
                tell(done, size)
        if done != size or (wanted is not None and digest.hexdigest() != wanted):
            raise AxmeProtocolError(f"what came of {self.id} is not what was uploaded: {done} of {size} bytes")

    def _fetch(self) -> dict[str, Any]:
        return self._api.get_media_upload(self.id)

    def _summary(self) -> str:
        return " ".join(filter(None, (short(self.id), self._seen("filename"), self._seen("status"))))


class Media(Collection):
    """The files of the workspace."""

    __slots__ = ()

    def upload(
        self,
        source: str | os.PathLike[str] | bytes,
        *,
        filename: str | None = None,
        mime_type: str | None = None,
        owner: Recipient | None = None,
        ttl: timedelta | None = None,
        progress: Progress = False,
    ) -> MediaUpload:
        """Send a file, and have the gateway check that it arrived whole.

        ``POST /v1/media/create-upload``, ``PUT /v1/media/upload/{upload_id}``, ``POST /v1/media/finalize-upload``

        Args:
            source: the path of a file, or the bytes themselves.
            filename: what it is called; by default as the file is.
            mime_type: what it is; by default what the name suggests.
            owner: the agent whose file it is; the caller's own by default.
            ttl: how long sending it may take: a minute to 7 days, by default a day.
            progress: ``True`` shows a bar; or a function of bytes done and bytes in all.

        Returns:
            The upload, ready.

        Raises:
            AxmeValueError: it is empty, or bytes without a filename.
            AxmeValidationError: it is larger than the gateway takes.
            AxmeTransportError: it did not get through.

        Example:
            >>> report = client.media.upload("report.pdf", progress=True)  # doctest: +SKIP
            >>> client.intents.create("report.review.v1", to="anna", payload={"report": report.id})  # doctest: +SKIP
        """
        name = filename or _name_of(source)
        kind = mime_type or mimetypes.guess_type(name)[0] or _ANY_TYPE
        with _opened(source) as file:
            size, sha256 = _measured(file, name)
            announced = self._api.create_media_upload(
                given(
                    owner_agent=self._api.config.default_owner_agent if owner is None else address_of(owner),
                    filename=name,
                    mime_type=kind,
                    size_bytes=size,
                    sha256=sha256,
                    ttl_seconds=seconds("ttl", ttl),
                )
            )
            url = announced.pop("upload_url", None)
            upload = MediaUpload._from(self._api, announced | {"filename": name}, complete=False)
            if not isinstance(url, str):
                raise AxmeProtocolError("the server named no place to send the file to")
            with told(progress, size, name) as tell:
                self._send(url, file, size, kind, tell)
        body = {"upload_id": upload.id, "size_bytes": size, "sha256": sha256}
        return upload._absorb({"upload": self._api.finalize_media_upload(body)})

    def get(self, upload_id: str) -> MediaUpload:
        """One upload. ``GET /v1/media/{upload_id}``

        Raises:
            AxmeNotFoundError: there is none with this id.
        """
        return self.handle(upload_id).refresh()

    def handle(self, upload_id: str) -> MediaUpload:
        """A handle on an upload whose id is known; asks nobody until it is used."""
        return MediaUpload(self._api, upload_id)

    def _send(self, url: str, file: BinaryIO, size: int, kind: str, tell: Tell) -> None:
        """Send the bytes; again from the start where the connection broke."""
        wait = self._api.config.retry_backoff_seconds
        for left in range(self._api.config.max_retries, -1, -1):
            done = 0

            def count(piece: int) -> None:
                nonlocal done
                done += piece
                tell(done, size)

            file.seek(0)
            try:
                self._api.upload_media_bytes(url, file, size_bytes=size, mime_type=kind, progress=count)
            except AxmeTransportError as error:
                if not (left and error.retryable):
                    raise
                self._api.transport.sleep(wait)
                wait *= 2
            else:
                return


def _name_of(source: str | os.PathLike[str] | bytes) -> str:
    if isinstance(source, bytes):
        raise AxmeValueError("bytes have no name: say filename=…")
    return Path(source).name


def _opened(source: str | os.PathLike[str] | bytes) -> AbstractContextManager[BinaryIO]:
    return BytesIO(source) if isinstance(source, bytes) else open(source, "rb")


def _measured(file: BinaryIO, name: str) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    while piece := file.read(1 << 20):
        digest.update(piece)
        size += len(piece)
    if not size:
        raise AxmeValueError(f"{name} is empty: there is nothing to upload")
    return size, digest.hexdigest()


def _safe(filename: str, upload_id: str) -> str:
    """The last part of a name somebody else gave; nothing in it leads out of the directory."""
    last = filename.replace("\\", "/").rpartition("/")[2].strip().lstrip(".")
    return last if last and last.isprintable() else upload_id
