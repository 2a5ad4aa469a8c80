import pytest
def test_bad(): assert 1 == 2, "one is not two"
@pytest.fixture
def broken(): raise ValueError("no fixture")
def test_err(broken): pass
