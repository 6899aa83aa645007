select tailnum, score from {{ ref('scored') }}
