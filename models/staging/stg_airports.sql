{# The source lists no airport of the territories, yet 7,602 flights go to these four; they are an hour east of New York in winter. #}
with missing_airports as (

    select 'BQN' as airport, 'Rafael Hernandez' as name, 'America/Puerto_Rico' as time_zone
    union all
    select 'PSE', 'Mercedita', 'America/Puerto_Rico'
    union all
    select 'SJU', 'Luis Munoz Marin Intl', 'America/Puerto_Rico'
    union all
    select 'STT', 'Cyril E King', 'America/St_Thomas'

),

listed_airports as (

    select
        faa as airport,
        name,
        nullif(tzone, '\N') as time_zone
    from {{ source('nycflights13', 'airports') }}

)

select airport, name, time_zone from listed_airports
union all
select airport, name, time_zone from missing_airports
