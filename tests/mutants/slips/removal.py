"""Slips in what removes: `erase` an entity everywhere, `gc` nothing that is in use, and nothing of anybody else."""

from __future__ import annotations

from slips.slip import slips

_COLLECTING = "tests/integration/online/test_collecting.py"
_ERASING = "tests/integration/online/test_erasing.py"
_RULES = "tests/unit/online/test_retired.py"
DAYS = f"{_RULES}::test_seven_days_and_not_a_second_less"
USED = f"{_RULES}::test_a_view_that_a_service_uses_is_not_collected"
GONE = f"{_RULES}::test_a_view_goes_with_the_service_that_used_it"
NEVER = f"{_RULES}::test_what_is_not_retired_is_never_due"
WHOLE = f"{_COLLECTING}::test_everything_of_a_view_goes_and_nothing_else[sqlite]"
VERSIONS = f"{_COLLECTING}::test_schemas_stay_for_another_version_of_the_view[sqlite]"
SERVICE = f"{_COLLECTING}::test_a_service_goes_from_the_catalog[sqlite]"
DRY = f"{_COLLECTING}::test_a_dry_run_counts_and_changes_nothing[sqlite]"
ASKED = f"{_COLLECTING}::test_the_command_removes_only_when_told"
HALF = f"{_COLLECTING}::test_a_collection_that_dies_half_way_leaves_no_state_and_is_finished_by_the_next[sqlite]"
RUNNING = f"{_COLLECTING}::test_a_view_that_is_being_synced_is_not_collected[sqlite]"
EVERYWHERE = f"{_ERASING}::test_an_entity_is_erased_from_every_view_of_it[sqlite]"
NOT_IN_MANIFEST = f"{_ERASING}::test_a_view_that_is_only_in_the_catalog_is_erased_too[sqlite]"
ODD_KEYS = f"{_ERASING}::test_a_key_is_read_as_the_view_declares_it"
SOME = f"{_ERASING}::test_views_of_another_entity_are_left_alone"
COMES_BACK = (
    "tests/integration/online/test_removal.py"
    "::test_an_erased_entity_that_is_still_in_the_warehouse_comes_back_as_it_is_there[sqlite]"
)
NO_CATALOG = f"{_ERASING}::test_a_view_that_is_only_in_the_manifest_is_erased_too[sqlite]"

SLIPS = [
    *slips(
        "featurectl/online/removal.py",
        # What is due
        ("RETIRED_FOR = timedelta(days=7)", "RETIRED_FOR = timedelta(days=6)", DAYS),
        ("+ RETIRED_FOR <= now", "+ RETIRED_FOR < now", DAYS),
        ("+ RETIRED_FOR <= now", "<= now", DAYS),
        ("entry.retired_at is not None and datetime", "entry.retired_at is None or datetime", NEVER),
        (" and at not in used]", "]", USED),
        ("        if entry not in services\n", "        if entry in services\n", USED),
        ("        if entry not in services\n", "", GONE),
        # What a collection removes
        ("        if not is_dry:\n", "        if is_dry:\n", SERVICE),
        ("    if is_dry:\n        return", "    if False:\n        return", DRY),
        ("len(set(writer.scan_keys(view, version))))", "0)", DRY),
        (
            "[keyspace.state(view, version), sentinel_key(keyspace, view, version)])\n        removed",
            "[sentinel_key(keyspace, view, version)])\n        removed",
            WHOLE,
        ),
        (
            "[keyspace.state(view, version), sentinel_key(keyspace, view, version)])\n        removed",
            "[keyspace.state(view, version)])\n        removed",
            WHOLE,
        ),
        (
            "        writer.delete_rows(lock, [keyspace.state(view, version), sentinel_key(keyspace, view, version)])\n        removed",
            "        removed",
            HALF,
        ),
        ("                removed += writer.delete_rows(lock, batch)\n", "", WHOLE),
        ("        removed += writer.delete_rows(lock, batch)\n        catalog", "        catalog", WHOLE),
        ("at[0] == view and at[1] != version for at", "at[0] == view for at", WHOLE),
        ("at[0] == view and at[1] != version for at", "at[1] != version for at", WHOLE),
        ("not any(at[0] == view and at[1] != version for at in catalog.views)", "True", VERSIONS),
        (
            'keyspace.schema(view, 0).removesuffix("00000000")',
            'keyspace.schema(view, 0).removesuffix(":00000000")',
            WHOLE,
        ),
        (
            "        writer.publish_catalog([], removed=[entry.field])\n    return",
            "    return",
            WHOLE,
        ),
        (
            "        removed = 0\n        batch: list[str] = []\n",
            "        writer.publish_catalog([], removed=[entry.field])\n        removed = 0\n        batch: list[str] = []\n",
            HALF,
        ),
        (
            "    with held_lock(writer, open_writer, view, version) as lock:\n        writer.delete",
            "    with held_lock(writer, open_writer, view + '_', version) as lock:\n        writer.delete",
            RUNNING,
        ),
        # What erases
        ("    for at, entry in catalog.views.items() if catalog else ():", "    for at, entry in ():", NOT_IN_MANIFEST),
        ("        for view in views\n    }\n    for at", "        for view in ()\n    }\n    for at", NO_CATALOG),
        (
            "            removals.append(Removal(view.reference_name, int(is_there)))\n    return",
            "            removals.append(Removal(view.reference_name, int(is_there)))\n        return",
            EVERYWHERE,
        ),
        ("[sentinel_key(keyspace, view.name, view.version), key])", "[key])", COMES_BACK),
        (
            "[sentinel_key(keyspace, view.name, view.version), key])",
            "[sentinel_key(keyspace, view.name, view.version)])",
            EVERYWHERE,
        ),
        ("writer.read_rows([key]) != [None]", "True", EVERYWHERE),
        ('[text] if len(names) == 1 else text.split("|")', 'text.split("|")', ODD_KEYS),
        ("        elif set(entity) == set(names):\n", "        elif list(entity) == names:\n", ODD_KEYS),
        ("            return int(text)\n", "            return text\n", ODD_KEYS),
        ('{"true": True, "false": False}.get(text.lower(), text)', "bool(text)", ODD_KEYS),
        ("        if set(entity) == {view.entity}:\n", "        if len(entity) == 1:\n", SOME),
    ),
    *slips("featurectl/cli/gc.py", ("is_dry=not yes", "is_dry=False", ASKED), ("is_dry=not yes", "is_dry=True", ASKED)),
]
