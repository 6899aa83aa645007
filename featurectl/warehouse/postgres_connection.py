"""A session of PostgreSQL as a dbt target describes it: dbt-postgres' keys, and the settings that reading depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg

from featurectl.errors import WarehouseError

if TYPE_CHECKING:
    from featurectl.warehouse.profile import Target

# Key of dbt-postgres -> libpq's parameter.
_PARAMETERS = {
    "host": "host",
    "port": "port",
    "user": "user",
    "pass": "password",
    "password": "password",
    "database": "dbname",
    "dbname": "dbname",
    "sslmode": "sslmode",
    "sslcert": "sslcert",
    "sslkey": "sslkey",
    "sslrootcert": "sslrootcert",
    "connect_timeout": "connect_timeout",
    "keepalives_idle": "keepalives_idle",
}
_CONNECT_TIMEOUT_SECONDS = 10  # dbt's own
# A cursor must plan for all of its rows, and a slow online store must not end the transaction.
_SESSION = {
    "timezone": "UTC",
    "cursor_tuple_fraction": "1",
    "idle_in_transaction_session_timeout": "0",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "datestyle": "ISO",
}


def database_of(target: Target) -> str:
    """The database that a target names.

    Raises:
        WarehouseError: It names none.
    """
    database = _parameters(target).get("dbname")
    if database is None:
        raise WarehouseError(
            f"{target.where}: dbname: expected the name of a database, got {database!r}",
            hint="Check it with `dbt debug`.",
        )
    return str(database)


def connect(target: Target) -> psycopg.Connection[Any]:
    """A session in autocommit, in UTC, with the target's role and search path.

    Args:
        target: Of type postgres; its host may be a folder of sockets.

    Raises:
        WarehouseError: The server cannot be reached, does not let us in, or refuses the role.
    """
    try:
        connection: psycopg.Connection[Any] = psycopg.connect(**_parameters(target), autocommit=True)
    except psycopg.Error as error:
        message = first_line(error)
        raise WarehouseError(
            f"{target.where}: expected a PostgreSQL server that lets us in, got: {message}",
            hint=_connection_hint(message),
        ) from error
    named = {key: str(target.settings[key]) for key in ("search_path", "role") if _is_given(target, key)}
    try:
        for name, value in (_SESSION | named).items():
            connection.execute("select set_config(%s, %s, false)", (name, value))
    except psycopg.Error as error:
        connection.close()
        raise WarehouseError(
            f"{target.where}: expected a session as the target describes it, got: {first_line(error)}",
            hint="Check its role and search_path with `dbt debug`.",
        ) from error
    return connection


def _parameters(target: Target) -> dict[str, Any]:
    ours = {"connect_timeout": _CONNECT_TIMEOUT_SECONDS, "application_name": "featurectl"}
    return ours | {name: target.settings[key] for key, name in _PARAMETERS.items() if _is_given(target, key)}


def _is_given(target: Target, key: str) -> bool:
    return target.settings.get(key) not in (None, "")


def _connection_hint(message: str) -> str:
    """What to do about a refusal; libpq tells them apart by their text alone."""
    if "authentication" in message or "password" in message:
        return "Check user and password of the target, and pg_hba.conf of the server."
    if "does not exist" in message and "database" in message:
        return "Check dbname, or create the database."
    if "refused" in message or "No such file" in message or "timeout" in message or "translate host" in message:
        return "Is the server up, and are host and port right? Check it with `dbt debug`."
    return "Check it with `dbt debug`."


def first_line(error: Exception) -> str:
    """What an error says, without its context."""
    return str(error).strip().split("\n", 1)[0]
