"""Compile snippets in the consumer project within one process of dbt, and print what each one said.

    python inline.py <project dir> <json list of snippets>

The last line is a JSON list: the error of each snippet, or its SQL.
"""

from __future__ import annotations

import json
import sys

from dbt.cli.main import dbtRunner


def chain(error: BaseException | None) -> list[str]:
    """An exception and those it came from; dbt says what is wrong in the innermost."""
    return [] if error is None else [str(error), *chain(error.__cause__ or error.__context__)]


def main() -> None:
    """Answer one snippet after the other."""
    project, snippets = sys.argv[1], json.loads(sys.argv[2])
    options = ["--quiet", "--project-dir", project, "--profiles-dir", project]
    answers = []
    for snippet in snippets:
        done = dbtRunner().invoke(["compile", "--inline", snippet, *options])
        if done.success:
            answers.append(done.result.results[0].node.compiled_code)
        else:
            failures = [result.message for result in done.result.results] if done.result else []
            answers.append("\n".join([*chain(done.exception), *failures]))
    print(json.dumps(answers))  # noqa: T201 - its answer


if __name__ == "__main__":
    main()
