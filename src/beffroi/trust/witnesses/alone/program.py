"""Un témoin des journaux de Beffroi. / A witness of Beffroi's journals.

    python3 temoin.pyz init  --name prefecture-35
    python3 temoin.pyz trust INSTALLATION FINGERPRINT
    python3 temoin.pyz take  PROPOSAL.json          counter-sign a head that came by mail or on a key
    python3 temoin.pyz serve --port 8600            the same over HTTP: POST a proposal to /
    python3 temoin.pyz show

A witness keeps the heads of a journal and counter-signs each new one (C2SP cosignature/v1) only when it is
proven to extend the last that it kept. Whoever runs the journal can then no longer rewrite it unseen.
Needs nothing but Python >= 3.8 and the program `openssl` (3.0 or later): Beffroi itself need not be here.

Refused, with both signed heads kept as proof: a journal that was cut, rewritten or forked; a restore that
hides what was lost. An honest restore opens an epoch that names the head last witnessed: it is taken, told.
"""

# Runs on Python 3.8, without anything of the house: older forms are meant.
# ruff: noqa: UP006, UP032, UP035, UP045

from __future__ import annotations

import argparse
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Dict, List, Optional, Tuple

from .folder import Folder
from .judging import Refused, fingerprint

LARGEST = 1024 * 1024
#: What a refusal means, for who reads French.
FRENCH = {
    "malformed": "ce n'est pas une tête proposée par Beffroi",
    "unknown": "cette installation n'est pas de celles à qui vous faites confiance (`trust`)",
    "key": "aucune des clés n'est celle à qui vous faites confiance",
    "signature": "aucune clé de confiance n'a signé cette tête",
    "old": "la preuve ne part pas de la dernière tête que vous gardez",
    "base": "la preuve ne part pas de la dernière tête gardée avant la restauration",
    "epoch": "une nouvelle époque n'est ouverte par aucune écriture prouvée",
    "cut": "LA MAIN COURANTE A ÉTÉ COUPÉE : gardez les deux têtes et prévenez",
    "fork": "LA MAIN COURANTE A ÉTÉ REFAITE ET SIGNÉE DE NOUVEAU : gardez les deux têtes et prévenez",
    "rewritten": "LA MAIN COURANTE A ÉTÉ RÉÉCRITE : gardez les deux têtes et prévenez",
    "hidden": "UNE RESTAURATION CACHE CE QUI A ÉTÉ PERDU : gardez les deux têtes et prévenez",
}


def answer(folder: Folder, body: bytes) -> Tuple[int, Dict[str, Any]]:
    """What a proposal is answered: an HTTP status and a JSON object."""
    try:
        proposal = json.loads(body)
    except (ValueError, RecursionError):
        return 400, {"code": "malformed", "why": "this is not JSON"}
    try:
        return 200, folder.take(proposal)
    except Refused as refusal:
        status = {"malformed": 400, "unknown": 404}.get(refusal.code, 409)
        told: Dict[str, Any] = {"code": refusal.code, "why": str(refusal), "grave": refusal.grave}
        return status, dict(told, **folder.position(proposal))


def serve(folder: Folder, port: int) -> None:
    """Answer proposals over HTTP on this machine; put a web server with TLS before it."""

    class Door(BaseHTTPRequestHandler):
        """One proposal a request."""

        timeout = 30

        def do_POST(self) -> None:
            """A proposal."""
            length = self.headers.get("Content-Length", "")
            if not length.isdigit() or int(length) > LARGEST:
                return self._said(413, {"code": "malformed", "why": "no length, or too long"})
            return self._said(*answer(folder, self.rfile.read(int(length))))

        def do_GET(self) -> None:
            """Who this witness is."""
            self._said(200, about(folder))

        def _said(self, status: int, told: Dict[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = HTTPServer(("127.0.0.1", port), Door)
    print("witness {} on http://127.0.0.1:{}/".format(folder.about["name"], server.server_port), flush=True)
    server.serve_forever()


def about(folder: Folder) -> Dict[str, Any]:
    """The witness's name and key, as those who ask for its signatures need them."""
    public = folder.public()
    return {"name": folder.about["name"], "key": public.hex(), "fingerprint": fingerprint(public)}


def show(folder: Folder) -> None:
    """Who the witness is, whom it trusts, and what it kept."""
    told = about(folder)
    print("{}\n  key {}\n  fingerprint {}".format(told["name"], told["key"], told["fingerprint"]))
    for installation, print_ in sorted(folder.about["trusted"].items()):
        print("trusts {} ({}...)".format(installation, print_[:16]))
    for log, lines in folder.everything():
        losses = sum(each["lost"] for each in lines)
        more = ", {} entries declared lost by restores".format(losses) if losses else ""
        print("{}: {} heads, the last of {} entries{}".format(log, len(lines), lines[-1]["size"], more))
    for name in folder.refusals():
        print("REFUSED: {}".format(name))


def _take(folder: Folder, path: str, out: str) -> int:
    with open(path, "rb") as file:
        status, told = answer(folder, file.read(LARGEST + 1))
    if status != 200:
        print("REFUSED ({}): {}".format(told["code"], told["why"]), file=sys.stderr)
        print("REFUSÉ : {}".format(FRENCH.get(told["code"], told["why"])), file=sys.stderr)
        return 2 if told.get("grave") else 1
    with open(out or path + ".cosigned", "w", encoding="utf-8") as file2:
        json.dump(told, file2)
    if told["lost"]:
        print("taken; a restore declares {} entries lost".format(told["lost"]))
        print("attestée ; une restauration déclare {} écritures perdues".format(told["lost"]))
    else:
        print("taken / attestée")
    return 0


def main(arguments: Optional[List[str]] = None) -> int:
    """The command line; exit status 0 when done, 1 when refused, 2 when a history was rewritten."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", default="temoin", help="where the witness keeps what it keeps")
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("init").add_argument("--name", required=True)
    trust = acts.add_parser("trust")
    trust.add_argument("installation")
    trust.add_argument("fingerprint")
    take = acts.add_parser("take")
    take.add_argument("proposal")
    take.add_argument("--out", default="")
    acts.add_parser("serve").add_argument("--port", type=int, default=8600)
    acts.add_parser("show")
    given = parser.parse_args(arguments)
    folder = Folder(os.path.abspath(given.folder))
    try:
        if given.act == "init":
            folder.make(given.name)
            show(folder)
        elif given.act == "trust":
            folder.trust(given.installation, given.fingerprint)
        elif given.act == "take":
            return _take(folder, given.proposal, given.out)
        elif given.act == "serve":
            serve(folder, given.port)
        else:
            show(folder)
    except Refused as refusal:
        print("{}: {}".format(refusal.code, refusal), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0
