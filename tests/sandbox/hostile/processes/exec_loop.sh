# family: processes
# language: bash
# expect: time_limit
# limits: wall=1
# breach: a program that becomes another one again and again loses its limits
exec /usr/bin/bash "$0"
