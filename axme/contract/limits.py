"""Sizes and ranges of the protocol (contract 1.8, 1.9, 1.11)."""

PAYLOAD_BYTES = 131_072
REQUEST_BYTES = 262_144
MEDIA_BYTES = 104_857_600
ANSWER_BYTES = 16 * 1024 * 1024
EVENT_BYTES = 1024 * 1024
JSON_DEPTH = 200
#: Answers wrap what was asked in levels of their own, and must stay readable.
REQUEST_DEPTH = 180

ADDRESS_CHARS = 383
KEY_CHARS = 255
REASON_CHARS = 2000
CORRELATION_ID_CHARS = 255
MESSAGE_CHARS = 131_072

WAIT_SECONDS = (1, 60)
DEFAULT_WAIT_SECONDS = 15
#: An open stream is never silent for longer: a comment goes out.
HEARTBEAT_SECONDS = 5
#: Counts and periods asked for end here: 68 years in seconds, and no column or calendar overflows.
LARGEST_WHOLE = 2_147_483_647
#: How long a claim lasts unless it is renewed, and how long a worker or a sender may wait for an answer.
LEASE_SECONDS = (5, 3600)
DEFAULT_LEASE_SECONDS = 30
CLAIM_LIMIT = (0, 100)
#: How many claims one request may end.
MOST_SETTLED = 100
CLAIM_WAIT_SECONDS = 30
RUN_WAIT_SECONDS = 60
WORKER_ID_CHARS = 128
#: Far beyond what is sensible: they stop a program that has run wild, or somebody who wants to fill the disk.
KEYS_PER_ACCOUNT = 100
ACCOUNTS_PER_WORKSPACE = 10_000
WORKSPACES_PER_ORGANIZATION = 1000
ORGANIZATIONS_PER_OWNER = 10_000
STREAMS_PER_KEY = 10_000
LIST_LIMIT = (1, 1000)
DEFAULT_LIST_LIMIT = 50
IDEMPOTENCY_HOURS = 24
#: How long deliveries, what webhooks were told, and mails are kept after their end.
HISTORY_DAYS = 30
#: How long an actor token may live.
TOKEN_SECONDS = (1, 30 * 86_400)
#: How long a link to a task is good, unless the task has more time than that.
LINK_DAYS = 30
LINK_SECONDS = (60, 366 * 86_400)
