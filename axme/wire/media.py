"""Media: files that are too large for a payload (contract 3.17).

A file is announced, its bytes are sent to where the answer says, and then it is finalized.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from axme.transport import ByteStream, Call, Transfer, quoted_path
from axme.wire._base import WireCalls


class MediaCalls(WireCalls):
    """The flat calls about media."""

    def create_media_upload(
        self, payload: Mapping[str, Any], *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Announce a file. ``POST /v1/media/create-upload``

        Args:
            payload: ``owner_agent``, ``filename``, ``mime_type``, ``size_bytes``, and perhaps ``sha256`` (in
                hexadecimal) and ``ttl_seconds``, the time there is to send and finalize it.

        Returns:
            ``{"ok": True, "upload_id": …, "upload_url": …, "status": "pending", …}``.

        Raises:
            AxmeValidationError: the file is larger than the server takes.
        """
        return self._call(
            "create_media_upload",
            "POST",
            "/v1/media/create-upload",
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def upload_media_bytes(
        self,
        upload_url: str,
        source: BinaryIO,
        *,
        size_bytes: int,
        mime_type: str,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Send the bytes of an announced file, once. ``PUT /v1/media/upload/{upload_id}``

        No key goes along: the URL itself is the permission.

        Args:
            upload_url: as ``create_media_upload`` answered.
            source: a file opened for reading bytes, standing where they begin.
            size_bytes: how many they are.
            progress: called with the number of bytes of each piece that is sent.

        Raises:
            AxmeValidationError: the upload is ready already, has expired, or is another.
            AxmeTransportError: there was no usable answer; sending the same bytes again does no harm.
        """
        self.transport.transfer(
            Transfer(
                url=self._reachable(upload_url), source=source, size=size_bytes, mime_type=mime_type, progress=progress
            )
        )

    def finalize_media_upload(
        self, payload: Mapping[str, Any], *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Say that all bytes were sent. ``POST /v1/media/finalize-upload``

        Args:
            payload: ``upload_id``, ``size_bytes``, and perhaps ``sha256``.

        Returns:
            ``{"ok": True, "upload_id": …, "status": "ready", "sha256": …, …}``.

        Raises:
            AxmeConflictError: no bytes have arrived, or the upload has expired or is ready.
            AxmeValidationError: what has arrived is not what was announced.
        """
        return self._call(
            "finalize_media_upload",
            "POST",
            "/v1/media/finalize-upload",
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def get_media_upload(self, upload_id: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """One upload. ``GET /v1/media/{upload_id}``

        Returns:
            ``{"ok": True, "upload": {…}}``.

        Raises:
            AxmeNotFoundError: there is none with this id.
        """
        return self._call("get_media_upload", "GET", "/v1/media/{}", upload_id, trace_id=trace_id)

    def download_media_bytes(self, upload_id: str, *, trace_id: str | None = None) -> ByteStream:
        """The bytes of an upload that is ready, as they arrive. ``GET /v1/media/download/{upload_id}``

        Returns:
            An open stream: ``read()`` until it gives ``b""``, then ``close()``; it is a context manager as well.

        Raises:
            AxmeNotFoundError: there is none with this id.
            AxmeConflictError: it is not ready.
        """
        return self._bytes("download_media_bytes", "/v1/media/download/{}", upload_id, trace_id)

    def preview_media_bytes(self, upload_id: str, *, trace_id: str | None = None) -> ByteStream:
        """The same under the type it was announced with. ``GET /v1/media/preview/{upload_id}``"""
        return self._bytes("preview_media_bytes", "/v1/media/preview/{}", upload_id, trace_id)

    def _bytes(self, operation: str, template: str, upload_id: str, trace_id: str | None) -> ByteStream:
        call = Call(method="GET", path=quoted_path(template, upload_id), operation=operation, trace_id=trace_id)
        return self.transport.open(call, idle_timeout=self.config.timeout_seconds, accept="*/*")

    def _reachable(self, upload_url: str) -> str:
        """The URL by which this client reaches the server: behind a proxy, a gateway does not know its own scheme."""
        given, own = urlsplit(upload_url), urlsplit(self.config.base_url)
        return given._replace(scheme=own.scheme).geturl() if given.netloc == own.netloc else upload_url
