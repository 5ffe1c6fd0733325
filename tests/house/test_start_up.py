"""Ports, certificates and the note of what runs."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
from datetime import timedelta

import pytest
from cryptography import x509

from beffroi.foundation import clock
from beffroi.house import running
from beffroi.house.certificates import server_certificate
from beffroi.house.ports import NoFreePort, free_port, is_loopback

pytestmark = pytest.mark.unit


def test_the_next_free_port_is_taken():
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert free_port("127.0.0.1", port) > port


def test_an_address_that_is_not_ours_is_refused_at_once():
    with pytest.raises(NoFreePort) as refusal:
        free_port("192.0.2.1", 8420)
    assert "192.0.2.1" in refusal.value.sentence()


@pytest.mark.parametrize(
    ("host", "answer"), [("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), ("10.0.0.4", False)]
)
def test_loopback(host, answer):
    assert is_loopback(host) is answer


def test_certificate_serves_its_names_and_is_kept(tmp_path):
    certificate, key = server_certificate(tmp_path, ["veille.example.fr", "127.0.0.1"])
    first = certificate.read_bytes()
    assert (key.stat().st_mode & 0o777) == 0o600
    assert (tmp_path / "authority.key").stat().st_mode & 0o777 == 0o600
    context = ssl.create_default_context(cafile=tmp_path / "authority.pem")
    context.load_cert_chain(certificate, key)
    proven = subprocess.run(
        ["openssl", "verify", "-CAfile", tmp_path / "authority.pem", "-verify_ip", "127.0.0.1", certificate],
        capture_output=True,
        check=False,
    )
    assert proven.returncode == 0, proven.stderr
    server_certificate(tmp_path, ["veille.example.fr", "127.0.0.1"])
    assert certificate.read_bytes() == first


def test_certificate_is_renewed_before_its_end_and_when_names_change(tmp_path):
    certificate, _ = server_certificate(tmp_path, ["a.example.fr"])
    first = certificate.read_bytes()
    with clock.use(clock.FixedClock(clock.now() + timedelta(days=380))):
        server_certificate(tmp_path, ["a.example.fr"])
    renewed = certificate.read_bytes()
    assert renewed != first
    server_certificate(tmp_path, ["b.example.fr"])
    names = x509.load_pem_x509_certificate(certificate.read_bytes()).extensions
    held = names.get_extension_for_class(x509.SubjectAlternativeName).value
    assert held.get_values_for_type(x509.DNSName) == ["b.example.fr"]


def _note(pid: int) -> running.Running:
    return running.Running(
        pid=pid,
        url="http://127.0.0.1:1",
        mqtt_host="127.0.0.1",
        mqtt_port=2,
        dc09_host="127.0.0.1",
        dc09_port=3,
    )


def test_the_note_of_what_runs(tmp_path):
    assert running.read(tmp_path) is None
    running.write(tmp_path, _note(os.getpid()))
    assert running.read(tmp_path) == _note(os.getpid())
    running.clear(tmp_path)
    assert running.read(tmp_path) is None


def test_a_note_left_by_a_killed_process_counts_for_nothing(tmp_path):
    gone = subprocess.Popen(["true"])
    gone.wait()
    running.write(tmp_path, _note(gone.pid))
    assert running.read(tmp_path) is None


def test_half_a_note_counts_for_nothing(tmp_path):
    (tmp_path / "running.json").write_bytes(b'{"pid": 1')
    assert running.read(tmp_path) is None


def test_a_port_for_panels_is_free_for_datagrams_too() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        taken = other.getsockname()[1]
        assert free_port("127.0.0.1", taken) == taken
        assert free_port("127.0.0.1", taken, datagrams=True) != taken
