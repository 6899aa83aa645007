{# UTC microseconds since 1970 of an ISO date or timestamp; none where the text is no such thing. #}
{% macro _micros_of_text(text) %}
    {% set sixty = '[0-5][0-9]' %}
    {% set clock = '([01][0-9]|2[0-3]):' ~ sixty %}
    {% set date = '(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])' %}
    {% set pattern = date ~ '([ T]' ~ clock ~ '(:' ~ sixty ~ '([.][0-9]{6})?)?(Z|[+-]' ~ clock ~ ')?)?' %}
    {% if text is not string or not modules.re.fullmatch(pattern, text) %}{{ return(none) }}{% endif %}
    {% set year, month, day = text[:4] | int, text[5:7] | int, text[8:10] | int %}
    {% set is_leap_year = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) %}
    {% set month_days = [31, 29 if is_leap_year else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] %}
    {% if day > month_days[month - 1] %}{{ return(none) }}{% endif %}
    {% set at = modules.datetime.datetime.fromisoformat(text | replace('Z', '+00:00')) %}
    {% set utc = modules.pytz.utc.localize(at) if at.tzinfo is none else at %}
    {% set epoch = modules.pytz.utc.localize(modules.datetime.datetime(1970, 1, 1)) %}
    {{ return((utc - epoch) // modules.datetime.timedelta(microseconds=1)) }}
{% endmacro %}
