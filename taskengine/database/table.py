"""A model's rows by statements that are put together once.

Django compiles a query anew each time it is asked, which for a row by its key takes several times longer
than to carry it out. Where that is most of a request, ask here; everywhere else, ask the model.
"""

from collections import namedtuple
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from functools import cache, cached_property
from itertools import chain, zip_longest
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.base import ModelState

from taskengine.database.shapes import Build, Shapes, Values
from taskengine.database.statements import later, prepared

M = TypeVar("M", bound=models.Model)

_ANYBODY: Final = UUID(int=0)  # stands for the owner in a query for each of many


@cache
def _row_of(names: tuple[str, ...]) -> Any:
    return namedtuple("Row", names)


class Table(Generic[M]):
    """The table of a model, with all its columns, whichever it has.

    Nothing else that Django does on the way is done: no signals, no defaults of the database.

    Attributes:
        model: Whose rows.

    Args:
        model: Whose rows; its primary key may be composite.
    """

    def __init__(self, model: type[M]) -> None:
        self.model = model
        self._shapes = Shapes()

    @cached_property
    def _fields(self) -> list[Any]:
        # What PostgreSQL generates nobody writes, and nobody here reads it.
        return [field for field in self.model._meta.concrete_fields if field.column and not field.generated]

    @cached_property
    def _names(self) -> list[str]:
        return [field.attname for field in self._fields]

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self._names)

    @cached_property
    def _converted(self) -> list[tuple[int, Any]]:
        """The fields that the database has in another form than Python, with their places."""
        return [(place, field) for place, field in enumerate(self._fields) if hasattr(field, "from_db_value")]

    @cached_property
    def _constants(self) -> dict[str, Any]:
        """The defaults that are the same for all instances."""
        return {
            field.attname: field.get_default() for field in self._fields if field.attname not in self._makers
        }

    @cached_property
    def _makers(self) -> dict[str, Callable[[], Any]]:
        """The defaults that each instance has made for it."""
        return {
            field.attname: field.default
            for field in self._fields
            if field.has_default() and callable(field.default)
        }

    @cached_property
    def columns(self) -> str:
        """All columns, for a SELECT that names the table by its first letter."""
        return ", ".join(f'{self.alias}."{field.column}"' for field in self._fields)

    @property
    def name(self) -> str:
        """The table's name."""
        return self.model._meta.db_table

    @cached_property
    def alias(self) -> str:
        """What the table is called within a statement."""
        return self.model._meta.model_name[0]  # type: ignore[index]  # every model has a name

    @cached_property
    def _select(self) -> str:
        return f'SELECT {self.columns} FROM "{self.name}" AS {self.alias} WHERE '  # noqa: S608 (names of ours)

    @cached_property
    def _insert(self) -> str:
        columns = ", ".join(f'"{field.column}"' for field in self._fields)
        values = ", ".join(["%s"] * len(self._fields))
        return f'INSERT INTO "{self.name}" ({columns}) VALUES ({values})'  # noqa: S608

    @cached_property
    def _update(self) -> str:
        columns = ", ".join(f'"{field.column}" = %s' for field in self._fields)
        return f'UPDATE "{self.name}" SET {columns} WHERE "{self.model._meta.pk.column}" = %s'  # noqa: S608

    def first(self, condition: str, values: Sequence[Any]) -> M | None:
        """Return a row, or None where there is none.

        Args:
            condition: What follows WHERE, with `%s` for each value; ours, never a client's.
            values: What stands in their places.
        """
        with prepared() as cursor:
            cursor.execute(self._select + condition, values)
            row = cursor.fetchone()
        return self.read(row) if row is not None else None

    def first_and(self, also: str, condition: str, values: Sequence[Any]) -> tuple[M, Any] | None:
        """Return a row as `first` does, and what an expression is for it."""
        with prepared() as cursor:
            cursor.execute(
                f'SELECT {self.columns}, {also} FROM "{self.name}" AS {self.alias} WHERE {condition}',  # noqa: S608
                values,
            )
            row = cursor.fetchone()
        return (self.read(row), row[-1]) if row is not None else None

    def rows(self, queryset: models.QuerySet[M]) -> list[M]:
        """Return all rows of a query, as tuples that have the model's attributes, what is annotated, and no more.

        Fifty instances of a model take as long to make as their JSON.

        Args:
            queryset: Asks for the model's rows, whole.
        """
        try:
            statement, values = queryset.query.sql_with_params()
        except EmptyResultSet:
            return []
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return self._tuples(cursor.fetchall(), queryset.query.annotation_select)

    def rows_of_shape(self, shape: Hashable, build: Build, values: Values) -> list[M]:
        """Return the same of a query that was asked before with other values (`Shapes.statement`)."""
        statement = self._shapes.statement(shape, build, values)
        with prepared() as cursor:
            cursor.execute(statement.text, statement.filled(values))
            return self._tuples(cursor.fetchall(), statement.names)

    def _tuples(self, found: Sequence[Sequence[Any]], annotations: Iterable[str]) -> list[M]:
        make = _row_of((*self._names, *annotations))._make
        return [make(self._converted_row(row)) for row in found]

    def rows_of_each(
        self, rows_of: Callable[[UUID], models.QuerySet[M]], owners: Collection[UUID]
    ) -> dict[UUID, list[M]]:
        """Return the rows of one query for each of many owners, by one statement; as tuples, as `rows` does.

        Each owner's query is carried out by itself, with its limit, so that it goes by the same index.

        Args:
            rows_of: The query for one owner; it compares with the owner, and takes the limit, at one place.
            owners: Whose; those without rows are left out.
        """
        statement, values = rows_of(_ANYBODY).query.sql_with_params()
        pieces = statement.split("%s")
        marks = ["o.id" if value == _ANYBODY else "%s" for value in values]
        assert marks.count("o.id") == 1, "the query is not about one owner"
        each = "".join(chain.from_iterable(zip_longest(pieces, marks, fillvalue="")))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT o.id, r.* FROM unnest(%s::uuid[]) AS o (id) CROSS JOIN LATERAL ({each}) AS r",  # noqa: S608
                [list(owners), *(value for value in values if value != _ANYBODY)],
            )
            found = cursor.fetchall()
        make = _row_of(tuple(self._names))._make
        rows: dict[UUID, list[M]] = {}
        for owner, *row in found:
            rows.setdefault(owner, []).append(make(self._converted_row(row)))
        return rows

    def _converted_row(self, row: Sequence[Any]) -> Sequence[Any]:
        if not self._converted:
            return row
        values = list(row)
        for place, field in self._converted:
            values[place] = field.from_db_value(values[place], None, connection)
        return values

    def read(self, row: Sequence[Any]) -> M:
        """Return the model's instance for a row that begins with `columns`.

        As Django's `from_db` makes it, but for the signals that nobody hears: that one sets each field by itself, which
        takes as long as to ask for the row.
        """
        instance = self.model.__new__(self.model)
        state = instance._state = ModelState()
        state.adding, state.db = False, DEFAULT_DB_ALIAS
        instance.__dict__.update(zip(self._names, self._converted_row(row), strict=False))
        return instance

    def new(self, **fields: Any) -> M:
        """Return an instance that is yet to be written, with the model's defaults for what is not given.

        As the model itself makes it, but for the signals that nobody hears and the many ways of saying a value, which
        take three times as long.

        Args:
            fields: By the names of the attributes: a foreign key's ends with `_id`.

        Raises:
            TypeError: The model has no such attribute.
        """
        if unknown := fields.keys() - self._known:
            raise TypeError(f"{self.model.__name__} has no {', '.join(sorted(unknown))}.")
        instance = self.model.__new__(self.model)
        instance._state = ModelState()
        made = {name: make() for name, make in self._makers.items() if name not in fields}
        instance.__dict__.update({**self._constants, **made, **fields})
        return instance

    def insert(self, instance: M, *, wait: bool = True) -> None:
        """Write a new row.

        Args:
            instance: It.
            wait: Whether somebody has to know that it is well; otherwise it is written with the next statement.
        """
        values = self._written(instance)
        if wait:
            with prepared() as cursor:
                cursor.execute(self._insert, values)
        else:
            later(self._insert, values)
        instance._state.adding, instance._state.db = False, DEFAULT_DB_ALIAS

    def update(self, instance: M) -> None:
        """Write all of a row that is there, with the next statement."""
        later(self._update, [*self._written(instance), instance.pk])

    def _written(self, instance: M) -> list[Any]:
        values = [getattr(instance, name) for name in self._names]
        for place, field in self._converted:
            values[place] = field.get_db_prep_save(values[place], connection)
        return values
