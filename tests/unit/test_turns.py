"""Turns: how many things one person has under way at once, and who is next."""

import asyncio

import pytest

from taskengine.lanes import LaneFull, Turns


async def test_who_comes_third_waits_and_others_do_not() -> None:
    turns = Turns(at_once=2, line=8)
    assert turns.enter("ada") is None
    assert turns.enter("ada") is None
    third, fourth = turns.enter("ada"), turns.enter("ada")
    assert third is not None
    assert fourth is not None
    assert turns.enter("bob") is None
    await asyncio.to_thread(turns.leave, "ada")  # as a thread does that has answered
    await third
    assert not fourth.done()


async def test_who_gives_up_holds_up_nobody_whenever_it_is() -> None:
    turns = Turns(at_once=1, line=8)
    assert turns.enter("ada") is None
    early, just_called, last = (turns.enter("ada") for _ in range(3))
    assert early is not None
    assert just_called is not None
    assert last is not None
    turns.give_up("ada", early)
    turns.leave("ada")
    turns.give_up("ada", just_called)  # before the loop has told it
    await asyncio.wait_for(last, 1)
    turns.give_up("ada", last)  # after
    assert turns.enter("ada") is None


async def test_the_line_has_an_end() -> None:
    turns = Turns(at_once=1, line=1)
    turns.enter("ada")
    turns.enter("ada")
    with pytest.raises(LaneFull):
        turns.enter("ada")
    assert turns.enter("bob") is None
