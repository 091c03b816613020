"""Send one intent and read it back. Set AXME_API_KEY; AXME_BASE_URL for a gateway that is not the cloud's."""

from __future__ import annotations

from axme import AxmeClient


def main() -> None:
    with AxmeClient.from_env() as client:
        intent = client.intents.create(
            "order.fulfillment.v1",
            to="fulfillment",
            payload={"order": "A-1002", "items": 1},
        )
        print(f"sent     {intent.id}")

        again = client.intents.get(intent.id)
        print(f"status   {again.status}")
        print(f"payload  {again.payload}")


if __name__ == "__main__":
    main()
