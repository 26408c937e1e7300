import threading

import pytest

from skmnist._engine.programs import ProgramPool


def test_what_comes_back_is_lent_again():
    pool = ProgramPool(size=2)
    with pool.borrow("a", object) as first:
        pass
    with pool.borrow("a", object) as again:
        assert again is first


def test_one_borrower_at_a_time():
    pool = ProgramPool(size=2)
    with pool.borrow("a", object) as first, pool.borrow("a", object) as second:
        assert first is not second
    assert len(pool) == 2


def test_the_one_unused_for_longest_goes_first():
    pool = ProgramPool(size=2)
    for key in "abac":
        with pool.borrow(key, lambda key=key: key):
            pass
    made = []
    with pool.borrow("a", lambda: made.append("a")):
        pass
    assert made == []
    with pool.borrow("b", lambda: made.append("b")):
        pass
    assert made == ["b"]


def test_nothing_comes_back_after_an_exception():
    pool = ProgramPool(size=2)
    with pytest.raises(KeyError), pool.borrow("a", object):
        raise KeyError
    assert len(pool) == 0


def test_threads_never_share():
    pool, together, borrowed = ProgramPool(size=8), threading.Barrier(4, timeout=10), []

    def borrow():
        for _ in range(20):
            with pool.borrow("a", object) as program:
                together.wait()  # all four hold one now
                borrowed.append(program)
                together.wait()

    threads = [threading.Thread(target=borrow) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rounds = [borrowed[i : i + 4] for i in range(0, 80, 4)]
    assert all(len(set(map(id, held))) == 4 for held in rounds)
