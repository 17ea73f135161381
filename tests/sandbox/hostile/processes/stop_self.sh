# family: processes
# language: bash
# expect: time_limit
# limits: wall=1
# breach: a stopped program is waited for without end
echo before
kill -STOP $$
