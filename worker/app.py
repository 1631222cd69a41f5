"""The Celery application. The database is the queue; a message is a doorbell that may be lost, doubled or late."""

from __future__ import annotations

from typing import Any

from celery import Celery
from kombu import Queue

from mailer.broker import QUEUES, transport


def make_app(broker: str, master: str = "") -> Celery:
    """An application on this broker (`memory://`, `redis://…`), without tasks; `worker.tasks.register` adds them.

    `master` is the name by which a broker `sentinel://…` knows its server.
    """
    app = Celery("postduif", broker=broker, set_as_current=False)
    app.conf.update(options(broker, master))
    return app


def options(broker: str, master: str = "") -> dict[str, Any]:
    """Every Celery option that differs from its default, with the reason."""
    return {
        # A message is two numbers; pickle would let whoever reaches the broker run code.
        "accept_content": ["json"],
        "task_serializer": "json",
        # Outcomes are in the ledger. A result backend would be a second truth.
        "task_ignore_result": True,
        "result_backend": None,
        # Keep a message until its task has ended, so that a killed worker's batch is rung again by the broker, too.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        # A failed task is not rung again and again by the broker: the sweep does that, every half minute.
        "task_acks_on_failure_or_timeout": True,
        # One message per process: what is prefetched by a busy process waits behind a whole batch.
        "worker_prefetch_multiplier": 1,
        "task_default_queue": "send",
        "task_queues": [Queue(name, routing_key=name) for name in QUEUES],
        # A queue by a wrong name would collect messages that nobody reads.
        "task_create_missing_queues": False,
        "broker_transport_options": transport(broker, master),
        "broker_connection_retry_on_startup": True,
        # The broker may be away for a night; the worker must be there when it returns.
        "broker_connection_max_retries": None,
        # Nor may it end because the broker is full, or a replica that may only be read: that passes, too.
        "broker_channel_error_retry": True,
        # Logging belongs to whoever starts the worker.
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        # Gives every process a fresh start now and then; a leak in a C library must not grow for weeks.
        "worker_max_tasks_per_child": 1000,
        # Nobody listens to events.
        "worker_send_task_events": False,
        "worker_enable_remote_control": False,
        "timezone": "UTC",
    }
