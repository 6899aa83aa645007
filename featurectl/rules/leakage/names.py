"""What the name of a column says about it, where nothing else does."""

from __future__ import annotations

import re

_TIME = re.compile(
    r"(?:^|_)(?:ts|time|times|timestamp|datetime|date|day|days|dt|hour|minute|second|week|month|quarter|year|us|ms|ns|epoch|tstamp)(?:$|_(?:utc|key|sk|id|us|ms|tz|start|end|trunc|local)$)"
    r"|(?:^|_)(?:at|on|from|to|until|since|start|end|begin|started|ended)$"
    r"|^(?:valid|effective|expir)\w*$|^(?:event|start|end|created|updated|observed|occurred|order|landing)_?(?:time|date|day|ts|hour)\w*$"
)
_LOAD = re.compile(
    r"^_?(?:dbt|etl|elt|dwh|dw|edw|bi|warehouse|lake|raw|stg|source|record|row|meta|batch|file)?_?"
    r"(?:loaded|load|ingested|ingest|ingestion|synced|sync|extracted|extraction|replicated|imported|import|batched|landed_in_lake)"
    r"_?(?:at|ts|time|timestamp|date|datetime|dt|on|tstamp|utc|at_utc|ts_utc)$"
    r"|^_(?:fivetran_synced|partitiontime|partitiondate|dlt_load_time|dlt_load_id|processed_at|inserted_at|loaded|ingested)$"
    r"|^_airbyte_\w+_at$|^_sdc_(?:batched|extracted|received)_at$|^_sdc_sequence$"
    r"|^dbt_(?:updated|loaded|run|created|inserted|processed)_(?:at|ts|time)$"
    r"|^(?:etl|elt|dwh|dw|edw)_(?:inserted|updated|created|processed|insert|update|create)_?(?:at|ts|time|timestamp|date|dt)?$"
    r"|^_(?:load|ingest|ingestion|etl|elt|dwh)_\w*(?:at|ts|time|timestamp|date)$"
    r"|^_metadata_\w*(?:modification_time|ingested_at)$"
)
_EVENT_ID = re.compile(
    r"^(?:\w+_)?(?:order|line|item|event|transaction|txn|payment|invoice|booking|reservation|flight|shipment|delivery|message"
    r"|request|claim|checkout|receipt|bill|ticket|click|impression|refund|return|purchase|sale|row|reading|measurement)"
    r"_?(?:id|key|number|no|nr|uuid|guid|sk|pk|hash)$"
)
_STRETCH_ID = re.compile(
    r"^(?:\w+_)?(?:session|trip|ride|visit|basket|cart|match|game|call)_?(?:id|key|number|no|nr|uuid|guid|sk|pk|hash)$"
)
_CURRENT_FLAG = re.compile(
    r"^(?:is_|_)?(?:current|latest|active_record|current_record|current_row|most_recent|newest)(?:_flag|_ind|_record|_row|_version)?$"
    r"|^(?:current|latest)_(?:flag|ind|indicator|record|row)$|^is_(?:current|latest|active)_\w+$"
)
_VALIDITY_END = re.compile(
    r"^(?:dbt_|row_|_)?(?:valid_to|valid_until|effective_to|effective_until|effective_end\w*|valid_end\w*|expired_at|end_valid\w*|expiry_\w+|expires_at|record_end\w*|dw_end\w*)$"
)


def is_time(name: str) -> bool:
    """Whether a column is called like an instant or a period: ``ordered_at``, ``event_ts``, ``month``."""
    return _TIME.search(_snake(name)) is not None


def is_load_time(name: str) -> bool:
    """Whether a column is called like the instant at which a tool wrote the row: ``_fivetran_synced``, ``loaded_at``."""
    return _LOAD.search(name.lower()) is not None


def is_event_id(name: str) -> bool:
    """Whether a column is called like the identity of one event: ``order_id``, ``session_key``."""
    return _EVENT_ID.search(_snake(name)) is not None


def is_stretch_id(name: str) -> bool:
    """Whether a column is called like the identity of something that goes on for a while: ``session_id``, ``trip_id``."""
    return _STRETCH_ID.search(_snake(name)) is not None


def is_current_flag(name: str) -> bool:
    """Whether a column is called like the mark of the newest version of a row: ``is_current``."""
    return _CURRENT_FLAG.search(name.lower()) is not None


def is_validity_end(name: str) -> bool:
    """Whether a column is called like the end of a row's validity: ``valid_to``, ``dbt_valid_to``."""
    return _VALIDITY_END.search(name.lower()) is not None


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
