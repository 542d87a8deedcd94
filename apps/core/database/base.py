"""Django's PostgreSQL, with a pool whose connections are looked at instead of asked before they are used.

`ORIGINAL_BACKEND` of django-tenants, which adds the search path to it.
"""

import select
from typing import Any

from django.db.backends.postgresql import base, operations
from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool


class DatabaseOperations(operations.DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """Of a statement whose values were not written into it, its text without them."""
        return super().last_executed_query(cursor, sql, params) or str(sql)


class DatabaseWrapper(base.DatabaseWrapper):
    """Gives what the server has ended back to the pool, which replaces it, and takes another."""

    ops_class = DatabaseOperations

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        while True:
            connection = super().get_new_connection(conn_params)
            if self.pool is None or usable(connection):
                return connection
            connection.close()
            self.pool.putconn(connection)


def usable(connection: Connection[Any]) -> bool:
    """Whether the server still holds this idle connection.

    It says nothing on one unasked but that it ends it. A question ("CONN_HEALTH_CHECKS") would cost a round trip for
    each request, a fifth of the shortest; only where something was said the question is asked.
    """
    poll = select.poll()
    try:
        poll.register(connection.pgconn.socket, select.POLLIN)
        if poll.poll(0):
            ConnectionPool.check_connection(connection)
    except OperationalError:
        return False
    return True
