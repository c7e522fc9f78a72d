#!/bin/sh
# A check that says the weight in /run/weight, or 10; or, while /run/weigh-hangs is there, nothing for longer than
# misc_timeout. misc_dynamic takes the exit code less 2 for the weight.
[ ! -e /run/weigh-hangs ] || sleep 30
weight=$(cat /run/weight 2>/dev/null || echo 10)
exit $((weight + 2))
