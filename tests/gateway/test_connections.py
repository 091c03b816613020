"""How answers leave the gateway: at once, and in one piece."""

from __future__ import annotations

import asyncio
import socket

from axme.gateway import LocalGateway
from axme.gateway.server import listen


def test_accepted_connections_do_not_wait_for_more_to_send() -> None:
    async def scene() -> int:
        accepted: asyncio.Future[asyncio.StreamWriter] = asyncio.get_running_loop().create_future()
        with listen("127.0.0.1", 0) as listener:
            server = await asyncio.start_server(lambda _, writer: accepted.set_result(writer), sock=listener)
            _, client = await asyncio.open_connection(*listener.getsockname())
            writer = await accepted
            found: int = writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            for end in (client, writer):
                end.close()
                await end.wait_closed()
            server.close()
        return found

    assert asyncio.run(scene()) == 1


def test_an_answer_arrives_in_one_piece(fresh_gateway: LocalGateway) -> None:
    with socket.create_connection(("127.0.0.1", fresh_gateway.port), timeout=5) as connection:
        for _ in range(20):
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            head, _, body = connection.recv(65536).partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
            assert len(body) == length > 0
