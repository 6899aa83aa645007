"""The macros in a dbt project that is there already."""

from __future__ import annotations

import pytest

from featurectl.errors import ProjectError
from featurectl.init.dbt_package import PACKAGES_YML
from featurectl.init.existing import add_macros


@pytest.fixture
def project(tmp_path):
    (tmp_path / "dbt_project.yml").write_text("name: mine\n")
    return tmp_path


def test_a_project_without_packages_gets_the_whole_of_it(project):
    """The copy and packages.yml; a second run finds nothing to do."""
    first, second = add_macros(project), add_macros(project)

    assert (project / "packages.yml").read_text() == PACKAGES_YML
    assert "packages/featurectl/macros/training_set.sql" in first.written
    assert first.to_add is None
    assert (second.written, second.to_add, second.brought_up_to_date) == ([], None, False)


@pytest.mark.parametrize("name", ["packages.yml", "dependencies.yml"])
@pytest.mark.parametrize(
    "text", ["packages:\n  - package: dbt-labs/dbt_utils\n    version: 1.3.0\n", "packages:\n", "{{ odd }}"]
)
def test_a_package_file_that_is_there_is_left_alone(project, name, text):
    """The lines it lacks are told in the place of writing them."""
    (project / name).write_text(text)

    addition = add_macros(project)

    assert (project / name).read_text() == text
    assert addition.to_add == (name, PACKAGES_YML)
    assert not (project / "packages.yml").exists() or name == "packages.yml"


@pytest.mark.parametrize("entry", ["local: ../featurectl", "git: https://git.example.com/features/featurectl"])
def test_a_package_file_that_has_the_entry_needs_nothing(project, entry):
    """From wherever it takes the package."""
    (project / "packages.yml").write_text(f"packages:\n  - {entry}\n")

    assert add_macros(project).to_add is None


def test_an_older_copy_is_brought_up_to_date(project):
    """A macro that is no longer there goes, a changed one comes back."""
    add_macros(project)
    macros = project / "packages" / "featurectl" / "macros"
    (macros / "gone.sql").write_text("old")
    (macros / "training_set.sql").write_text("old")

    assert add_macros(project).brought_up_to_date
    assert not (macros / "gone.sql").exists()
    assert "training_set" in (macros / "training_set.sql").read_text()


def test_a_folder_of_that_name_with_something_else_is_refused(project):
    """It is not ours to replace."""
    other = project / "packages" / "featurectl"
    other.mkdir(parents=True)
    (other / "dbt_project.yml").write_text("name: other\n")

    with pytest.raises(ProjectError, match="expected the dbt package `featurectl` or no such folder"):
        add_macros(project)
    assert [path.name for path in other.iterdir()] == ["dbt_project.yml"]
