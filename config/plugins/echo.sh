#!/bin/sh
# Is done with every job at once, and shows it in the log: to try out a pipeline, or to see what a plugin is sent.
#
#     consumer: { plugin: echo.sh }
#
# There is no JSON parser here, and no need of one: inside a string each quote has a backslash before it, so that
# "id": with plain quotes is the field, whatever the item says.

while IFS= read -r line; do
    case $line in
    *'"type":"hello"'*)
        echo '{"type":"hello","protocol":1,"kind":"handler","name":"echo"}' ;;
    *'"type":"job"'*)
        printf '%s\n' "$line" >&2
        id=${line#*'"id":'}                     # what comes after it,
        echo "{\"type\":\"done\",\"id\":${id%%[!0-9]*}}" ;;     # as far as there are digits
    *'"type":"goodbye"'*)
        exit 0 ;;
    esac
done
exit 1                                          # closed without a goodbye: katad is gone
