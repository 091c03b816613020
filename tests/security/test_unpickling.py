"""Nothing that was stored or sent is ever made into code: no pickle, no eval, no YAML."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

import axme.gateway
from tests.plain import admin

ROOT = Path(axme.gateway.__file__).parent
SOURCES = sorted(ROOT.rglob("*.py"))
FORBIDDEN = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "yaml", "joblib"}
CALLS = {"eval", "exec", "compile", "__import__"}
#: In every process started with it on its path: pickles break the process instead of being read.
HOOK = """
import os, sys

def watch(event, arguments):
    if event in ("pickle.find_class", "marshal.loads") and not _importing():
        os.write(2, b"a pickle was read\\n")
        os._exit(99)

def _importing():
    frame = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False

sys.addaudithook(watch)
"""


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_can_make_code_of_data(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            assert not FORBIDDEN & {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").partition(".")[0] not in FORBIDDEN
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in CALLS


def test_a_gateway_at_work_reads_no_pickle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text(HOOK)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    with axme.gateway.start(tmp_path / "gateway") as gateway, admin(gateway) as caller:
        intent_id = caller.create(payload={"__reduce__": ["os.system", "id"], "py/object": "os.system"})
        caller.post(f"/v1/intents/{intent_id}/resume", {"action": "complete", "result": {"!!python": "x"}})
        caller.post("/v1/schemas", {"semantic_type": "pickle.test.v1", "schema_json": {}, "compatibility_mode": "warn"})
        pickled = b"cos\nsystem\n(S'id'\ntR."
        for kind in ("application/json", "application/x-python-pickle", "application/octet-stream"):
            answer = caller.send("POST", "/v1/intents", data=pickled, headers={"content-type": kind})
            assert answer.status_code in (400, 415)
        gateway.kill()
        gateway.restart()
        with admin(gateway) as again:
            assert again.get(f"/v1/intents/{intent_id}")["intent"]["status"] == "COMPLETED"
