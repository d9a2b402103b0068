"""A slip in the settings, and a database that is ahead of the program: a sentence, 78, and nothing is touched."""

import pytest
from sqlalchemy import text
from tests.journeys.house import House


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_wrong_key_is_named_with_its_line_and_the_nearest_right_one(house: House) -> None:
    lines = house.config.read_text().splitlines()
    number = next(index for index, line in enumerate(lines) if line.startswith("password_file"))
    lines[number] = lines[number].replace("password_file", "pasword_file")
    house.config.write_text("\n".join(lines))

    said = house.ticketbot("run", code=78)

    assert f"line {number + 1}" in said
    assert "pasword_file" in said
    assert "did you mean password_file" in said
    assert "Traceback" not in said


def test_a_database_from_the_future_is_refused_and_left_as_it_is(house: House) -> None:
    with house.store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    said = house.ticketbot("run", code=78)

    assert "newer ticketbot" in said
    assert "9999" in said
    assert "Traceback" not in said
    assert house.store.revision() == "9999"
    assert not list(house.folder.glob("*before-upgrade*"))
