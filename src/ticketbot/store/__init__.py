"""Keeps rows: the only room that knows SQLAlchemy and Alembic, and decides no policy."""
