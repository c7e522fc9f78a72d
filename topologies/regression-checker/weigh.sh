#!/bin/sh
# A check that says weight 10; or, while /run/weigh-hangs is there, nothing for longer than misc_timeout.
[ ! -e /run/weigh-hangs ] || sleep 30
exit 12
