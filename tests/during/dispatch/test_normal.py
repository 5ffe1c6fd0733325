"""The normal law without scipy, against the standard library and against scipy itself."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.during.dispatch.methods.normal import gauss, middles, phi, quantiles

pytestmark = pytest.mark.unit


@given(st.floats(-8, 8))
def test_the_distribution_function_is_the_library_s(x: float) -> None:
    assert float(phi(np.array([x]))[0]) == pytest.approx(NormalDist().cdf(x), abs=2e-7)


def test_it_keeps_its_digits_far_out_and_takes_infinities() -> None:
    from scipy.special import ndtr

    far = np.linspace(-30, -8, 997)
    assert np.allclose(phi(far) / ndtr(far), 1, atol=1e-3)
    assert phi(np.array([-math.inf, math.inf])).tolist() == pytest.approx([0, 1], abs=1e-16)


def test_points_of_equal_weight_are_symmetric_and_increase() -> None:
    points = middles(31)
    assert np.all(np.diff(points) > 0)
    assert np.allclose(points, -points[::-1], atol=1e-12)
    assert float(np.mean(points < NormalDist().inv_cdf(0.9))) == pytest.approx(0.9, abs=1 / 31)


@pytest.mark.parametrize("power", range(9))
def test_gauss_is_exact_for_powers(power: int) -> None:
    points, weights = gauss(5)
    moment = 0 if power % 2 else math.prod(range(1, power, 2))
    assert float(weights @ points**power) == pytest.approx(moment, abs=1e-9)


def test_quantiles_of_weighted_values_in_any_order() -> None:
    random = np.random.default_rng(5)
    values = random.permutation(np.arange(1000.0))[None, :]
    found = quantiles(values, np.ones(1000), (0.1, 0.5, 0.9))[0]
    assert found == pytest.approx([99.5, 499.5, 899.5], abs=0.01)
    heavy = quantiles(np.array([[3.0, 1.0, 2.0]]), np.array([0.0, 1.0, 1.0]), (0.5,))
    assert float(heavy[0, 0]) == pytest.approx(1.5)
