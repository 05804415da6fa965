"""Stories that server and page are both held to: what can happen to all that a person has, told by the services."""

from collections.abc import Callable
from typing import Any

from ai.errors import QuotaExceeded
from taskengine.organisation import services as organisation
from taskengine.planning import applying, attempts, step_services
from taskengine.planning import services as planning
from taskengine.planning.lifecycle import GIVE_UP_AFTER
from taskengine.tasks import places, services
from tests.support.breakdowns import STEPS, plan, planned
from tests.support.world import DAY, HOUR, LEASE, World


def every_verb(world: World) -> None:
    """Everything that can happen to a task, once."""
    world.make("Send invoice", HOUR)
    world.make("No deadline", None)
    world.make("Too late already", -HOUR)
    world.change(0, title="Send the invoice", notes="To *Ben*", priority=1, estimate_min=45)
    world.change(1, parent=world.tasks[0].id)
    world.do(services.complete_task, 1)
    world.do(services.reopen_task, 1)
    world.pass_time(HOUR, engine=True)
    world.do(services.complete_task, 0)
    world.do(services.delete_task, 2)
    world.do(services.restore_task, 2)
    world.do(services.delete_task, 1)


def projects_and_labels(world: World) -> None:
    """Projects and labels come, change, are put in order and go; what is in them follows, and comes back."""
    for name in ("Work", "Home", "Work"):
        world.name("project", name)
    for name in ("urgent", "phone"):
        world.name("label", name)
    for number in range(4):
        world.make(f"Task {number}", None if number else HOUR)
        world.place(number, project=number % 2, labels=(0, 1)[: number % 3])
    world.organise(organisation.update_project, 0, fields={"name": "Office", "colour": "teal"})
    world.organise(organisation.move_project, 2, before=world.projects[0].id)
    world.organise(organisation.update_project, 2, fields={"archived": True})
    world.organise(organisation.update_label, 1, fields={"name": "call"})
    world.move(3, 0, before=True)
    world.move(2, 3, before=False)
    world.organise(places.delete_label, 0)
    world.undo(0)
    world.organise(places.delete_label, 1)
    world.organise(places.delete_project, 0, tasks=places.Tasks.MOVE)
    world.organise(places.delete_project, 1, tasks=places.Tasks.DELETE)
    world.undo(0)
    world.organise(places.delete_project, 2)


def a_tree_and_a_journey(world: World) -> None:
    """A task is completed with its parts, and days end elsewhere when their person travels."""
    world.make("Thesis", None)
    world.make("Outline", HOUR)
    world.make("Sources", None)
    world.change(1, parent=world.tasks[0].id)
    world.change(2, parent=world.tasks[1].id)
    world.complete_all(0)
    world.undo(0)
    for number, days in ((0, 0), (1, -1), (2, 1)):
        world.change(number, due_date=(world.now + days * DAY).date())
    world.travel("America/Los_Angeles")
    world.travel("Pacific/Kiritimati")


def a_deadline_that_moves(world: World) -> None:
    """Missed, moved, missed again, moved into the past, cleared."""
    world.make("Moving target", HOUR)
    world.pass_time(HOUR, engine=True)
    world.change(0, deadline=world.now + HOUR)
    world.pass_time(HOUR, engine=False)
    world.change(0, deadline=world.now - DAY)
    world.make("Due as the story ends", HOUR)
    world.pass_time(HOUR, engine=False)


def thirty_days(world: World) -> None:
    """What was closed long ago leaves the state without an event."""
    world.make("Closed first", None)
    world.make("Closed later", DAY)
    world.make("Still open", -HOUR)
    world.do(services.complete_task, 0)
    world.pass_time(DAY - HOUR, engine=True)
    world.do(services.complete_task, 1)
    world.pass_time(29 * DAY + HOUR, engine=True)


def a_breakdown(world: World) -> None:
    """A goal is broken down, tried again by another worker, edited, split, applied, and taken back."""
    world.make("Write my thesis", 3 * DAY)
    world.ask(None, task_id=world.tasks[0].id)
    world.work(None, 0)
    world.work(attempts.add_step, 0, STEPS[0])
    world.pass_time(LEASE, engine=False)
    world.work(None, 0)
    for made in STEPS:
        world.work(attempts.add_step, 1, made)
    world.work(attempts.add_step, 0, planned("late", "Come too late"))
    world.work(attempts.finish, 1, plan(risks=("The library closes early.",)))
    world.plan(0, step_services.edit_step, key="sources", fields={"locked": True, "title": "Find sources"})
    world.plan(0, step_services.add_step, fields={"title": "Ask Ben", "estimate_min": 30, "after": "sources"})
    world.plan(0, step_services.remove_step, key="proof")
    world.plan(0, planning.update_breakdown, fields={"deadline": world.now + HOUR})
    world.plan(0, planning.update_breakdown, fields={"deadline": world.now + 4 * DAY})
    world.plan(0, planning.split_step, key="draft")
    world.work(None, 0)
    world.work(attempts.add_step, 2, planned("begin", "Begin it"))
    world.work(attempts.finish, 2, plan([planned("begin", "Begin it"), planned("end", "End it", "begin")]))
    world.plan(0, planning.regenerate)
    world.work(None, 0)
    world.work(attempts.fail, 3, QuotaExceeded(retry_after_s=30))
    world.plan(0, applying.apply_breakdown)
    world.undo(0)


def breakdowns_that_end(world: World) -> None:
    """One is applied, one fails, one is cancelled in the making, and one still waits."""
    for goal in ("Learn to swim", "Plan the party", "Paint the fence", "Clear the attic"):
        world.ask(goal, 3 * DAY)
    world.work(None, 0)
    world.work(attempts.finish, 0, plan())
    world.plan(0, applying.apply_breakdown)
    world.work(None, 1)
    world.work(attempts.add_step, 1, STEPS[0])
    world.work(attempts.fail, 1, QuotaExceeded())
    world.work(None, 2)
    world.work(attempts.add_step, 2, STEPS[0])
    world.plan(2, planning.cancel)


def seven_days(world: World) -> None:
    """What nobody touched for a week leaves the state without an event."""
    world.ask("Touched first", None)
    world.ask("Touched later", None)
    world.work(None, 0)
    world.work(attempts.finish, 0, plan(STEPS[:1]))
    world.pass_time(DAY, engine=False)
    world.work(None, 1)
    world.work(attempts.finish, 1, plan(STEPS[:1]))
    world.pass_time(6 * DAY, engine=False)


def what_is_taken_back(world: World) -> None:
    """Every edit of a draft, its cancel and its apply are taken back, some twice; one is given up."""
    world.ask("Learn to swim", 3 * DAY)
    world.work(None, 0)
    world.work(attempts.finish, 0, plan())
    edits: list[tuple[Callable[..., Any], dict[str, Any]]] = [
        (step_services.edit_step, {"key": "sources", "fields": {"title": "Find a pool"}}),
        (step_services.add_step, {"fields": {"title": "Ask Ben", "estimate_min": 30}}),
        (step_services.remove_step, {"key": "outline"}),
        (planning.update_breakdown, {"fields": {"goal": "Learn to dive", "deadline": None}}),
        (planning.update_breakdown, {"fields": {}, "drop": ["proof"]}),
        (planning.cancel, {}),
        (applying.apply_breakdown, {}),
    ]
    for verb, arguments in edits:
        before = world.head()
        world.plan(0, verb, **arguments)
        assert world.head() > before, "it was done"
        for _ in ("back", "done again", "back"):
            before = world.head()
            world.undo(0)
            assert world.head() > before, "it was taken back"
    world.plan(0, step_services.add_step, fields={"title": "Buy a cap", "estimate_min": 30, "after": None})
    world.plan(0, step_services.edit_step, key="step-5", fields={"after": "proof"})
    world.ask("Asked of nobody", None)
    world.pass_time(GIVE_UP_AFTER, engine=False)
    assert attempts.give_up(now=world.now)


STORIES = [
    every_verb,
    projects_and_labels,
    a_tree_and_a_journey,
    a_deadline_that_moves,
    thirty_days,
    a_breakdown,
    breakdowns_that_end,
    what_is_taken_back,
    seven_days,
]
