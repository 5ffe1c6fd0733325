"""Django's settings for tests: a data directory that is thrown away, whatever the developer's own is.

pytest reads this module before any of the tests' own files. Processes that a test starts inherit its
name: for them `BEFFROI_TESTS` is set already, and the directory that the test chose stands.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

_KEPT = {
    "BEFFROI_DATABASE_URL",
    "BEFFROI_SHARED_DATA",
    "BEFFROI_REQUIRE_SERVICES",
    "BEFFROI_KILLS",
    "BEFFROI_BAD_DAYS",
    "BEFFROI_FUZZ",
}

if "BEFFROI_TESTS" not in os.environ:
    for _name in [name for name in os.environ if name.startswith("BEFFROI_") and name not in _KEPT]:
        del os.environ[_name]
    _data = tempfile.mkdtemp(prefix="beffroi-test-")
    atexit.register(shutil.rmtree, _data, ignore_errors=True)
    os.environ.update(BEFFROI_TESTS="1", BEFFROI_DATA_DIR=_data, BEFFROI_CONFIG=os.devnull)

from django.contrib.auth.hashers import Argon2PasswordHasher  # noqa: E402 - the environment comes first - once the directory is chosen

from beffroi.house.django_settings import *  # noqa: E402, F403 - the same settings, elsewhere


class CheapArgon2(Argon2PasswordHasher):
    """The same hashing with the least work that Argon2 takes: most tests need people, few need passwords.

    What a town pays (a fifth of a second and 100 MB each) is looked at by `tests/house/test_security.py`.
    """

    time_cost, memory_cost, parallelism = 1, 8, 1


PASSWORD_HASHERS = [f"{__name__}.CheapArgon2"]
