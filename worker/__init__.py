"""When something is done: Celery tasks that carry ids, and the clock that asks for a sweep."""
