"""Media (contract 3.17). Bytes go past the body limit of other requests, and past nobody's memory."""

from __future__ import annotations

from urllib.parse import quote

from starlette.types import Send

from axme.contract import jsontext
from axme.contract.codes import NOT_FOUND
from axme.contract.schemas import media as schemas
from axme.gateway.actions import media
from axme.gateway.errors import GatewayError
from axme.gateway.policy import roles
from axme.gateway.routes.answers import Headers, send_json
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Transfers, Writes
from axme.gateway.routes.request import Request
from axme.gateway.routes.services import Services
from axme.gateway.store import Tx
from axme.gateway.store.files import MediaFiles, pieces
from axme.gateway.store.tx import Row

_ANY_TYPE = "application/octet-stream"
#: What is sent was uploaded by somebody: no browser may run it, guess its type or frame it.
_SAFE: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cache-control", b"private, no-store"),
    (b"accept-ranges", b"none"),
]


def create(tx: Tx, asked: Asked) -> Body:
    """Announce a file."""
    return media.create(tx, asked.who, asked.body, base_url=asked.base_url)


def finalize(tx: Tx, asked: Asked) -> Body:
    """Accept what has arrived."""
    return media.finalize(tx, asked.who, asked.body)


def get(tx: Tx, asked: Asked) -> Body:
    """One upload."""
    return media.get(tx, asked.who, asked.params["upload_id"], base_url=asked.base_url)


async def upload(services: Services, request: Request, asked: Asked | None, send: Send) -> None:
    """Take the bytes; the id, which cannot be guessed, is what lets them in."""
    upload_id: str = request.scope["path_params"]["upload_id"].lower()
    kind = request.headers.get("content-type", "")
    declared = request.headers.get("content-length", "")
    size = int(declared[:18]) if declared.isdigit() else None
    files = _files(services)
    limit = await services.store.read(lambda tx: media.expected(tx, upload_id, mime_type=kind, size=size))
    received = await files.receive(request.chunks(), limit)
    try:
        unneeded = await services.store.write(lambda tx: media.receive(tx, upload_id, received))
    except Exception:
        files.remove([received.name])
        raise
    files.remove(unneeded)
    body = {"ok": True, "upload_id": upload_id, "size_bytes": received.size, "sha256": received.sha256}
    await send_json(send, 200, jsontext.encode(body), request.echo())


async def download(services: Services, request: Request, asked: Asked | None, send: Send) -> None:
    """The bytes, as a file to keep."""
    row = await _row(services, asked)
    await _send_file(services, request, row, _ANY_TYPE, send)


async def preview(services: Services, request: Request, asked: Asked | None, send: Send) -> None:
    """The bytes under the type they were announced with."""
    row = await _row(services, asked)
    await _send_file(services, request, row, row["mime_type"], send)


async def _row(services: Services, asked: Asked | None) -> Row:
    if asked is None:
        raise TypeError("media is read by who has a key")
    seen = asked
    return await services.store.read(lambda tx: media.readable(tx, seen.who, seen.params["upload_id"]))


async def _send_file(services: Services, request: Request, row: Row, mime_type: str, send: Send) -> None:
    try:
        file = open(_files(services).path_of(row["stored_name"]), "rb")  # noqa: SIM115 (closed below)
    except FileNotFoundError:
        raise GatewayError(
            NOT_FOUND, f"the bytes of {row['upload_id']} are not on this node: nodes share the directory media"
        ) from None
    with file:
        headers: Headers = [
            (b"content-type", mime_type.encode("ascii")),
            (b"content-length", b"%d" % row["received_bytes"]),
            (b"content-disposition", _disposition(row["filename"])),
            *_SAFE,
            *request.echo(),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if request.method != "HEAD":
            async for piece in pieces(file):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def _disposition(filename: str) -> bytes:
    """``attachment``, with the name in the two spellings clients read; neither can leave its place."""
    plain = "".join(char if (char.isalnum() and char.isascii()) or char in "._- " else "_" for char in filename)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}".encode("ascii")


def _files(services: Services) -> MediaFiles:
    return MediaFiles(services.settings.media_dir)


OPERATIONS = (
    Operation(
        methods=("POST",),
        path="/v1/media/create-upload",
        name="create_media_upload",
        about="Announce a file; the answer says where to PUT its bytes.",
        access=Access.MACHINE,
        action=Writes(create),
        body=schemas.MediaCreate,
        may=roles.MEDIA_WRITE,
        answer=schemas.MediaUpload,
    ),
    Operation(
        methods=("PUT",),
        path="/v1/media/upload/{upload_id}",
        name="upload_media_bytes",
        about="Send the bytes of an upload.",
        access=Access.PUBLIC,
        action=Transfers(upload),
        answer=schemas.MediaReceived,
    ),
    Operation(
        methods=("POST",),
        path="/v1/media/finalize-upload",
        name="finalize_media_upload",
        about="Accept what has arrived, if it is what was announced.",
        access=Access.MACHINE,
        action=Writes(finalize),
        body=schemas.MediaFinalize,
        may=roles.MEDIA_WRITE,
        answer=schemas.MediaUpload,
    ),
    Operation(
        methods=("GET",),
        path="/v1/media/{upload_id}",
        name="get_media_upload",
        about="Read one upload.",
        access=Access.MACHINE,
        action=Reads(get),
        may=roles.MEDIA_READ,
        answer=schemas.MediaAnswer,
    ),
    Operation(
        methods=("GET",),
        path="/v1/media/download/{upload_id}",
        name="download_media_bytes",
        about="Get the bytes of an upload that is ready.",
        access=Access.MACHINE,
        action=Transfers(download),
        may=roles.MEDIA_READ,
    ),
    Operation(
        methods=("GET",),
        path="/v1/media/preview/{upload_id}",
        name="preview_media_bytes",
        about="Get the bytes under the type they were announced with.",
        access=Access.MACHINE,
        action=Transfers(preview),
        may=roles.MEDIA_READ,
    ),
)
